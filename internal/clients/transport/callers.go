package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// ErrCallerUnknown is the cause of the error of a request whose credential's caller can't be determined, so that
// allowed_callers can't be checked.
var ErrCallerUnknown = errors.New("allowed_callers can't be checked")

// IDIn returns the first segment of a path that valid accepts, for Request.ResourceID; "" where there is none.
func IDIn(path string, valid func(id string) error) string {
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" && valid(segment) == nil {
			return segment
		}
	}
	return ""
}

// AllowCallers returns an Options.Guard that refuses every credential whose caller is not one of allowed; nil, for no
// guard, where allowed is empty. caller returns whom the credential belongs to. Ids compare without regard to case.
func AllowCallers(allowed []string, caller func(ctx context.Context) (string, error)) func(ctx context.Context) error {
	if len(allowed) == 0 {
		return nil
	}
	return func(ctx context.Context) error {
		id, err := caller(ctx)
		switch {
		case IsStatus(err, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound): // no repetition would change it
			return fmt.Errorf("%w: %s", ErrCallerUnknown, err.Error())
		case err != nil:
			return err
		case id == "":
			return fmt.Errorf("%w: the caller can't be determined", ErrCallerUnknown)
		case !slices.ContainsFunc(allowed, func(a string) bool { return strings.EqualFold(a, id) }):
			return fmt.Errorf("the credential belongs to %s, which allowed_callers does not list", id)
		}
		return nil
	}
}
