package transport_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// TestEchoedSecrets: a vendor that repeats a secret, of any length that can be told from a word, in whatever shape, has
// it in no error and no log.
func TestEchoedSecrets(t *testing.T) {
	t.Parallel()
	var secret string
	quoted := func() string { raw, _ := json.Marshal(secret); return string(raw) }
	shapes := map[string]func() string{
		"text":          func() string { return "no: " + secret },
		"JSON string":   func() string { return quoted() },
		"message":       func() string { return `{"message":` + quoted() + `}` },
		"list":          func() string { return `["no",` + quoted() + `]` },
		"field":         func() string { return `{"errors":{"password":["no ` + strings.Trim(quoted(), `"`) + `"]}}` },
		"field name":    func() string { return `{"errors":{` + quoted() + `:["no"]}}` },
		"unknown field": func() string { return `{` + quoted() + `:{` + quoted() + `:[` + quoted() + `]}}` },
		"nested":        func() string { return `{"errors":[{"message":` + quoted() + `,"properties":[` + quoted() + `]}]}` },
		"request id":    func() string { return `{"traceId":` + quoted() + `}` },
		"JSON in JSON": func() string {
			raw, _ := json.Marshal(`{"password":` + quoted() + `}`)
			return `{"message":` + string(raw) + `}`
		},
		"cut JSON":   func() string { return `{"request":{"password":` + quoted() + `,` },
		"page":       func() string { return "<html><body><p>" + html.EscapeString(secret) + "</p></body></html>" },
		"script":     func() string { return "<p>no<script>send('" + secret + "')" },
		"at the cut": func() string { return strings.Repeat("x", 1020-len(secret)/2) + secret },
		"basic":      func() string { return "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+secret)) },
	}
	for _, length := range []int{3, 4, 7, 8, 19, 20, 21, 200} {
		secret = randomSecret(length)
		for name, shape := range shapes {
			for _, status := range []int{200, 301, 400} {
				body := shape()
				client := newFake(t, func(*http.Request) (*http.Response, error) {
					return reply(status, body, "X-Request-Id", secret, "Location", "https://x/"+secret)
				}, func(o *transport.Options) {
					o.Clock = &instant{}
					o.Scrubber.AddBasic("user", transport.NewSecret(secret))
				})
				_, err := client.Do(t.Context(), request(transport.NonIdempotent))
				if err == nil {
					continue // the body is the JSON that was asked for
				}
				for format, text := range map[string]string{
					"%v": err.Error(), "%+v": fmt.Sprintf("%+v", err), "%#v": fmt.Sprintf("%#v", err), "%q": fmt.Sprintf("%q", err),
				} {
					mustHide(t, name+" "+format, text, secret)
				}
			}
		}
	}
}

func mustHide(t *testing.T, where, text, secret string) {
	t.Helper()
	raw := base64.RawStdEncoding.EncodeToString([]byte("user:" + secret))
	quoted := fmt.Sprintf("%q", secret)
	for _, form := range []string{secret, raw, html.EscapeString(secret), quoted[1 : len(quoted)-1]} {
		if strings.Contains(text, form) {
			t.Errorf("%s shows %q: %s", where, form, text)
		}
	}
	if len(secret) > 8 && strings.Contains(text, secret[:8]) {
		t.Errorf("%s shows the start of %q: %s", where, secret, text)
	}
}

// randomSecret has no run of letters that a message of ours has too.
func randomSecret(length int) string {
	const letters = `QXZJKVW0123456789!$%&'"\+=/~<>`
	var out strings.Builder
	for range length {
		out.WriteByte(letters[rand.N(len(letters))])
	}
	return out.String()
}

// TestSecretOnTheWay: what goes wrong before a reply may repeat a secret as well.
func TestSecretOnTheWay(t *testing.T) {
	t.Parallel()
	const secret = "hunter2 and more"
	v := newVendor(t, nil, func(o *transport.Options) {
		o.RoundTripper = roundTrip(func(*http.Request) (*http.Response, error) {
			return nil, fmt.Errorf("write %s: %w", secret, io.ErrUnexpectedEOF)
		})
		o.Scrubber.Add(transport.NewSecret(secret))
	})
	_, err := v.Do(t.Context(), request(transport.NonIdempotent))
	mustHide(t, "error", err.Error(), secret)
	mustHide(t, "log", fmt.Sprint(v.logged), secret)
	if !strings.Contains(err.Error(), "write [redacted]: unexpected EOF") {
		t.Errorf("error is %v", err)
	}
}
