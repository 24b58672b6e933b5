package transport_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// TestSecretPrinting: no way of printing a secret, or what holds one, shows it.
func TestSecretPrinting(t *testing.T) {
	t.Parallel()
	const value = "hunter2"
	secret := transport.NewSecret(value)
	type embedding struct{ transport.Secret }
	type hiding struct {
		name  string
		token transport.Secret
		inner embedding
	}
	holders := map[string]any{
		"itself":     secret,
		"pointer":    &secret,
		"field":      struct{ Token transport.Secret }{secret},
		"embedded":   embedding{secret},
		"unexported": hiding{"name", secret, embedding{secret}},
		"pointer to": &hiding{"name", secret, embedding{secret}},
		"list":       []transport.Secret{secret},
		"array":      [1]hiding{{token: secret}},
		"map":        map[string]transport.Secret{"a": secret},
		"key":        map[transport.Secret]int{secret: 1},
		"any":        []any{secret, &secret, hiding{token: secret}},
		"options": struct {
			o []struct{ t *transport.Secret }
		}{[]struct{ t *transport.Secret }{{&secret}}},
	}
	spellings := []string{value, fmt.Sprintf("%x", value), fmt.Sprintf("%X", value), fmt.Sprintf("% x", value), "104 117 110 116"}
	for name, holder := range holders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := map[string]string{}
			for _, format := range []string{
				"%v", "%+v", "%#v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%d", "%10.3s", "%T", "%t", "%!", "%w",
			} {
				out[format] = fmt.Sprintf(format, holder)
			}
			out["Print"] = fmt.Sprint(holder)
			out["error"] = fmt.Errorf("failed with %v: %w", holder, errors.New("cause")).Error()
			if raw, err := json.Marshal(holder); err == nil {
				out["json"] = string(raw)
			}
			if raw, err := xml.Marshal(holder); err == nil {
				out["xml"] = string(raw)
			}
			for handler, with := range map[string]func(*bytes.Buffer) slog.Handler{
				"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
				"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			} {
				var b bytes.Buffer
				slog.New(with(&b)).Info("m", "holder", holder, slog.Group("g", "holder", holder))
				out[handler] = b.String()
			}
			for how, text := range out {
				for _, spelling := range spellings {
					if strings.Contains(text, spelling) {
						t.Errorf("%s shows it: %s", how, text)
					}
				}
			}
		})
	}
	for _, format := range []string{"%v", "%s", "%q", "%x", "%#v", "%+v", "%d"} {
		if got := fmt.Sprintf(format, secret); got != "[redacted]" {
			t.Errorf("%s gives %s", format, got)
		}
	}
	for name, holder := range map[string]any{`"[redacted]"`: secret, `{"[redacted]":1}`: map[transport.Secret]int{secret: 1}} {
		if raw, err := json.Marshal(holder); err != nil || string(raw) != name {
			t.Errorf("JSON is %s, %v", raw, err)
		}
	}
	if secret.String() != "[redacted]" || secret.GoString() != "[redacted]" {
		t.Error("String or GoString gives something else")
	}
}

func TestSecretValue(t *testing.T) {
	t.Parallel()
	a, b := transport.NewSecret("a"), transport.NewSecret("b")
	if a.Reveal() != "a" || a.IsEmpty() || a == b || a != transport.NewSecret(strings.Clone("a")) {
		t.Error("a secret is its value")
	}
	var none transport.Secret
	if none.Reveal() != "" || !none.IsEmpty() || none != transport.NewSecret("") {
		t.Error("no secret is the empty one")
	}
}
