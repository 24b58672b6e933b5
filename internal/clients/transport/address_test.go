package transport_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://api.gcore.com":         "https://api.gcore.com",
		"https://api.gcore.com/":        "https://api.gcore.com",
		"https://api.gcore.com//":       "https://api.gcore.com",
		"HTTPS://api.gcore.com/a/b/":    "https://api.gcore.com/a/b",
		"https://api.gcore.com/a%2Fb/":  "https://api.gcore.com/a%2Fb",
		"https://10.0.0.1:8443":         "https://10.0.0.1:8443",
		"https://[2001:db8::1]:8443/v1": "https://[2001:db8::1]:8443/v1",
		"http://localhost":              "http://localhost",
		"http://localhost:8080/":        "http://localhost:8080",
		"http://127.0.0.1:8080":         "http://127.0.0.1:8080",
		"http://127.1.2.3":              "http://127.1.2.3",
		"http://[::1]:8080":             "http://[::1]:8080",
		"http://[::ffff:127.0.0.1]":     "http://[::ffff:127.0.0.1]",
	} {
		if got, err := transport.ParseBaseURL(raw); err != nil || got.String() != want {
			t.Errorf("%q gives %v, %v", raw, got, err)
		}
	}
	const (
		noURL, noScheme = "is not a URL", "must start with https://"
		noHost          = "names no host"
		space           = "holds whitespace; copy it again without what surrounds it"
		user            = "must not hold a user name or password"
		query, fragment = "must not hold a query (?…)", "must not hold a fragment (#…)"
		plain           = "must start with https://; http:// is accepted only for localhost and loopback addresses"
	)
	for raw, want := range map[string]string{
		"":                                     noScheme,
		"secret.example":                       noScheme,
		"//secret.example":                     noScheme,
		"ftp://secret.example":                 noScheme,
		"javascript:secret":                    noScheme,
		"secret.example:443":                   noScheme,
		"https:":                               noHost,
		"https:secret":                         noHost,
		"https:///secret":                      noHost,
		"https://:443/secret":                  noHost,
		" https://secret.example":              space,
		"https://secret.example\n":             space,
		"https://secret.example:port":          noURL,
		"https://sec ret.example":              space,
		"https://secret.example/ ":             space,
		"https://secret.example/\u00a0":        space,
		"https://secret.example/%zz":           noURL,
		"https://[secret":                      noURL,
		"https://secret@host.example":          user,
		"https://user:secret@host.example":     user,
		"https://:secret@host.example":         user,
		"https://@secret.example":              user,
		"http://secret@localhost":              user,
		"https://host.example?secret":          query,
		"https://host.example/?key=secret":     query,
		"https://host.example/secret?":         query,
		"https://host.example#secret":          fragment,
		"https://host.example/secret#":         fragment,
		"http://secret.example":                plain,
		"http://localhost.secret.example":      plain,
		"http://localhost.:8080/secret":        plain,
		"http://LOCALHOST/secret":              plain,
		"http://secret.localhost":              plain,
		"http://127.0.0.1.secret.example":      plain,
		"http://127.1/secret":                  plain,
		"http://2130706433/secret":             plain,
		"http://0.0.0.0/secret":                plain,
		"http://128.0.0.1/secret":              plain,
		"http://[::]/secret":                   plain,
		"http://[::1%25lo]/secret":             plain,
		"http://[::ffff:10.0.0.1]:8080/secret": plain,
	} {
		got, err := transport.ParseBaseURL(raw)
		if err == nil {
			t.Errorf("%q gives %v", raw, got)
			continue
		}
		if err.Error() != want {
			t.Errorf("%q: %v, want %s", raw, err, want)
		}
	}
}

func TestCheckToken(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"x", "7$abc", "7_abc", "idt:TKN-1234-5678:a+b/c=", "eyJ.e30.x-_~", `!"#$%&'()*,;<>?@[\]^{|}`} {
		if err := transport.CheckToken(token); err != nil {
			t.Errorf("%q: %v", token, err)
		}
	}
	for token, want := range map[string]string{
		"":                "is empty",
		"sec ret":         "whitespace",
		" secret":         "whitespace",
		"secret\n":        "line break",
		"secret\r\nX: y":  "line break",
		"secret\t":        "whitespace",
		"secret\u00a0":    "whitespace",
		"secret\u2028":    "whitespace",
		"secret\x00":      "character that no token has",
		"secret\x7f":      "character that no token has",
		"\x1b[31msecret":  "character that no token has",
		"secret\u200b":    "character that no token has",
		"\ufeffsecret":    "character that no token has",
		"sécret":          "character that no token has",
		"secret\xff":      "character that no token has",
		"“secret”":        "character that no token has",
		"secret…":         "character that no token has",
		"secret\u202eabc": "character that no token has",
	} {
		err := transport.CheckToken(token)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want %s", token, err, want)
		}
	}
}
