package transport_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

func TestAllowCallers(t *testing.T) {
	t.Parallel()
	if transport.AllowCallers(nil, nil) != nil || transport.AllowCallers([]string{}, nil) != nil {
		t.Error("there is a guard without callers")
	}
	for name, test := range map[string]struct {
		caller  string
		err     error
		refusal string // "" where the caller may pass
		unknown bool
		again   bool // whether the next request asks again, since it may go well then
	}{
		"first":        {caller: "7"},
		"second":       {caller: "TKN-1"},
		"other case":   {caller: "tkn-1"},
		"another":      {caller: "8", refusal: "belongs to 8,"},
		"part":         {caller: "TKN-", refusal: "belongs to TKN-,"},
		"nobody":       {refusal: "can't be determined", unknown: true},
		"unauthorized": {err: &transport.Error{Status: 401}, refusal: "401", unknown: true},
		"forbidden":    {err: &transport.Error{Status: 403}, refusal: "403", unknown: true},
		"not found":    {err: &transport.Error{Status: 404}, refusal: "404", unknown: true},
		"out of order": {err: &transport.Error{Status: 503}, refusal: "503", again: true},
		"cancelled":    {err: context.Canceled, refusal: "canceled"},
	} {
		err := transport.AllowCallers([]string{"7", "TKN-1"}, func(context.Context) (string, error) { return test.caller, test.err })(t.Context())
		if (err != nil) != (test.refusal != "") || err != nil && !strings.Contains(err.Error(), test.refusal) ||
			errors.Is(err, transport.ErrCallerUnknown) != test.unknown {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := errors.AsType[*transport.Error](err); again != test.again {
			t.Errorf("%s: asked again: %t", name, again)
		}
	}
}

func TestIDIn(t *testing.T) {
	t.Parallel()
	valid := func(id string) error {
		if strings.Trim(id, "0123456789") != "" {
			return errors.New("not a number")
		}
		return nil
	}
	for path, want := range map[string]string{
		"": "", "/": "", "/iam/clients": "", "/iam/clients/7": "7", "/iam/clients/7/services/9": "7", "//8": "8", "/v2/x": "",
	} {
		if got := transport.IDIn(path, valid); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
