package transport

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

const awkward = `p"a\s</w>&o r+d%/ä😀'` + "\t=?"

// TestScrubberForms: a secret is found however it is written.
func TestScrubberForms(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		"abc", "hunter2", awkward, "idt:TKN-1234-5678:a+b/c=d", "7$abcdef0123456789abcdef", "a?b>c~d?e>f~", "päss", "a\xffb",
		`%41\u0041&amp;xx%41\u0041&amp;`,
	} {
		marshalled, _ := json.Marshal(value)
		twice, _ := json.Marshal(string(marshalled))
		escape := func(format string) string {
			var out strings.Builder
			for _, b := range []byte(value) {
				fmt.Fprintf(&out, format, b)
			}
			return out.String()
		}
		var utf16 strings.Builder // as .NET and Python escape
		for _, r := range value {
			if r > 0xffff {
				r -= 0x10000
				fmt.Fprintf(&utf16, `\u%04X\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
			} else {
				fmt.Fprintf(&utf16, `\u%04X`, r)
			}
		}
		for name, form := range map[string]string{
			"plain":              value,
			"base64":             base64.StdEncoding.EncodeToString([]byte(value)),
			"base64, raw":        base64.RawStdEncoding.EncodeToString([]byte(value)),
			"base64 for URLs":    base64.URLEncoding.EncodeToString([]byte(value)),
			"base64 of both":     base64.RawURLEncoding.EncodeToString([]byte(value)),
			"query":              url.QueryEscape(value),
			"path":               url.PathEscape(value),
			"URL, all of it":     escape("%%%02X"),
			"URL, lower case":    strings.ToLower(escape("%%%02x")),
			"JSON":               strings.Trim(string(marshalled), `"`),
			"JSON, decoded":      strings.ToValidUTF8(value, "�"),
			"JSON, twice":        string(twice),
			"JSON, all of it":    utf16.String(),
			"Go":                 fmt.Sprintf("%q", value),
			"Go, ASCII":          fmt.Sprintf("%+q", value),
			"bytes":              escape(`\x%02x`),
			"HTML":               html.EscapeString(value),
			"HTML, by number":    "&#" + strings.Trim(strings.ReplaceAll(fmt.Sprint([]rune(value)), " ", ";&#"), "[]") + ";",
			"URL in JSON":        strings.ReplaceAll(url.QueryEscape(value), "%", `\u0025`),
			"cut by markup":      cutBy(value, "<b>"),
			"cut by a line":      cutBy(value, "\r\n"),
			"cut by a control":   cutBy(value, "\x00"),
			"cut by a direction": cutBy(value, "\u202e"),
			"escaped and cut":    cutBy(html.EscapeString(value[:1]), "") + "<i>" + html.EscapeString(value[1:]),
		} {
			if value == "a\xffb" && !slices.Contains([]string{"plain", "base64", "JSON", "JSON, decoded", "bytes"}, name) {
				continue // no text, so no text form
			}
			if strings.Contains(name, "cut") && strings.ContainsAny(value, "<\t") || name == "cut by markup" && strings.Contains(value, "&") {
				continue // what cuts it is in it
			}
			s := &Scrubber{}
			s.Add(NewSecret(value))
			for how, clean := range map[string]func(string) string{"Clean": s.Clean, "plain": s.plain} {
				got := clean("before " + form + " after")
				rest := strings.Trim(strings.TrimPrefix(strings.TrimSuffix(got, " after"), "before "), `"=\`)
				if rest != redacted {
					t.Errorf("%s, %s of %q: %q leaves %q", how, name, value, form, got)
				}
			}
		}
	}
}

func cutBy(value, with string) string {
	middle := len(value) / 2
	for !strings.HasPrefix(value[middle:], string([]rune(value[middle:])[:1])) {
		middle--
	}
	return value[:middle] + with + value[middle:]
}

func TestScrubber(t *testing.T) {
	t.Parallel()
	const token = "7$abcdef0123456789abcdef"
	for name, tt := range map[string]struct {
		secrets    []string
		text, want string
	}{
		"nothing to hide":       {nil, "text", "text"},
		"nothing of it":         {[]string{"hunter2"}, "text", "text"},
		"all of it":             {[]string{"hunter2"}, "hunter2", redacted},
		"twice":                 {[]string{"hunter2"}, "hunter2hunter2", redacted + redacted},
		"in a word":             {[]string{"abc"}, "xabcx", "x" + redacted + "x"},
		"too short":             {[]string{"ab"}, "cab", "cab"},
		"one in another":        {[]string{"abc", "xabcx"}, "xabcx", redacted},
		"overlapping":           {[]string{"abcdef", "efghij"}, "abcdefghij", redacted},
		"itself overlapping":    {[]string{"aba"}, "xababax", "x" + redacted + "x"},
		"a part of the mark":    {[]string{"red", "hunter2"}, "hunter2 red", redacted + " " + redacted},
		"a token cut short":     {[]string{token}, "Bad token: 7$abcdef01…", "Bad token: " + redacted + "…"},
		"cut shorter":           {[]string{token}, "Bad token: 7$abcdef", "Bad token: " + redacted},
		"cut too short to tell": {[]string{token}, "Bad token: 7$abcde", "Bad token: 7$abcde"},
		"too short to be cut":   {[]string{"hunter2hunter2"}, "hunter2hunte", "hunter2hunte"},
		"cut in base64":         {[]string{token}, base64.StdEncoding.EncodeToString([]byte(token))[:12], redacted},
		"base64 of a header": {
			[]string{token}, base64.StdEncoding.EncodeToString([]byte("Bearer " + token)), "QmVhcmVyID" + redacted + "==",
		},
		"base64 of a longer one": {
			[]string{token}, base64.StdEncoding.EncodeToString([]byte("APIKeys " + token + "!")), "QVBJS2V5cyA" + redacted + "h",
		},
		"base64 within base64":     {[]string{"abc"}, base64.StdEncoding.EncodeToString([]byte("abcdef")), redacted + "ZGVm"},
		"a line break after it":    {[]string{"hunter2"}, "hunter2\nnext", redacted + "\nnext"},
		"a character of two bytes": {[]string{"äöü"}, "xäöüx", "x" + redacted + "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &Scrubber{}
			for _, secret := range tt.secrets {
				s.Add(NewSecret(secret))
			}
			if got := s.Clean(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	s := &Scrubber{}
	s.Add(NewSecret("red"), NewSecret(`hunter<2>`))
	for text, want := range map[string]string{
		"hunter<2> red":             redacted + " " + redacted,
		"hunter&amp;lt;2&amp;gt; .": redacted + " .", // escaped twice
	} {
		if got := s.plain(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	var none *Scrubber
	if none.Clean("text") != "text" || none.plain("text") != "text" {
		t.Error("no scrubber changes nothing")
	}
}

func TestScrubberBasic(t *testing.T) {
	t.Parallel()
	for _, username := range []string{"ops@example.com", "o", ""} {
		for _, password := range []string{"hunter2", "a"} {
			s := &Scrubber{}
			s.AddBasic(username, NewSecret(password))
			pair := base64.StdEncoding.EncodeToString([]byte(username + ":" + password))
			if got := s.Clean("Basic " + pair); strings.Contains(got, strings.TrimRight(pair, "=")) {
				t.Errorf("%q, %q: %s", username, password, got)
			}
			if got := s.Clean("user " + username + "!"); got != "user "+username+"!" {
				t.Errorf("the user name goes: %s", got)
			}
		}
	}
}

// TestScrubberParallel is for the race detector.
func TestScrubberParallel(t *testing.T) {
	t.Parallel()
	s := &Scrubber{}
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			s.AddBasic("user", NewSecret(fmt.Sprint("secret", i)))
			if got := s.Clean(fmt.Sprint("secret", i)); got != redacted {
				t.Error(got)
			}
		})
	}
	all.Wait()
}
