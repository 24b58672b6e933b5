package transport

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzDecodeError: whatever a vendor sends, the error is readable, short and without the secret that it echoes.
func FuzzDecodeError(f *testing.F) {
	for _, body := range []string{
		``, `null`, `"text"`, `[]`, `["a",{"errors":{"b":"c"}}]`, `{"errors":{"company":["taken"]}}`, `{"errors":{"errors":["no"]}}`,
		`{"title":"t","status":400,"detail":"d","traceId":"00-1","errors":[{"message":"m","properties":["p"]}]}`,
		`{"message":"no","trial":["CDN"],"active":[]}`, `{"exception_class":"X","invalid_fields":{"a":["b"]},"request_id":"r"}`,
		`<html><head><title>t</title></head><body>Bad&nbsp;Gateway</body></html>`, "caf\xe9 \x1b[31m \u202e", `{"a":{"b":{"c":[1,null,true]}}}`,
		"\xef\xbb\xbf{}", `{"errors":{"\u0000":"\ud800"}}`, `hun<b>ter2</b> "hunter2" hunter2`, strings.Repeat("[", 100),
		`{"errors":[[["hunter2"]]]}`,
	} {
		f.Add([]byte(body))
	}
	const secret = "hunter2"
	c := New(Options{Vendor: "Vendor", Scrubber: &Scrubber{}})
	c.Scrubber.Add(NewSecret(secret))
	f.Fuzz(func(t *testing.T, body []byte) {
		said := decodeError(http.Header{"X-Request-Id": {string(body)}}, body)
		e := c.complete(Request{Operation: "create"}, &Error{Status: 400, Message: said.message, Fields: said.fields, RequestID: said.requestID})
		text := e.Error()
		if !utf8.ValidString(text) || strings.Contains(text, secret) || strings.ContainsFunc(text, Invisible) || strings.Contains(text, "\n") {
			t.Errorf("%q gives %q", body, text)
		}
		if len(e.Message) > maxMessage || len(text) > maxFieldText+4*maxMessage {
			t.Errorf("%d bytes", len(text))
		}
	})
}

// FuzzScrub: of a secret that stands in a text, in any of the usual forms, nothing is left.
func FuzzScrub(f *testing.F) {
	for _, seed := range [][3]string{
		{"hunter2", "", ""},
		{"hunter2", "Bad token: ", "…"},
		{"red", "[redacted] ", " redacted"},
		{"aba", "ab", "ba"},
		{awkward, "%", ";"},
		{"7$abcdef0123456789abcdef", "7$abcdef", "0123"},
		{"a\xffb", "\xc3", "\xa4"},
		{"\u202e\u202e\u202e", "", ""},
		{"[redacted]", "[", "]"},
		{"&lt;x", "&amp;", "gt;"},
		{`\u0041`, `\`, `u0041`},
		{"%41%", "%", "41"},
		{"…" + hiddenMark, hiddenMark, "<b>"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < shortestScrubbed {
			return
		}
		s := &Scrubber{}
		s.Add(NewSecret(secret))
		marshalled, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{secret, url.QueryEscape(secret), string(marshalled[1 : len(marshalled)-1])} {
			cleaned := s.Clean(before + form + after)
			if !strings.Contains(cleaned, redacted) {
				t.Errorf("%q as %q is not found: %q", secret, form, cleaned)
			}
			for part := range strings.SplitSeq(cleaned, redacted) {
				if strings.Contains(part, secret) || strings.Contains(part, form) {
					t.Errorf("%q as %q is left: %q", secret, form, cleaned)
				}
			}
			for part := range strings.SplitSeq(s.plain(before+form+after), redacted) {
				if strings.Contains(part, secret) {
					t.Errorf("%q as %q is left in %q", secret, form, part)
				}
			}
		}
	})
}
