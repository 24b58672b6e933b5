package transport

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
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
		for name, test := range map[string]struct {
			form  string
			bytes bool   // a form of what is no text, too
			cut   string // what the value must not contain, since it is cut by it
		}{
			"plain":              {form: value, bytes: true},
			"base64":             {form: base64.StdEncoding.EncodeToString([]byte(value)), bytes: true},
			"base64, raw":        {form: base64.RawStdEncoding.EncodeToString([]byte(value))},
			"base64 for URLs":    {form: base64.URLEncoding.EncodeToString([]byte(value))},
			"base64 of both":     {form: base64.RawURLEncoding.EncodeToString([]byte(value))},
			"query":              {form: url.QueryEscape(value)},
			"path":               {form: url.PathEscape(value)},
			"URL, all of it":     {form: escape("%%%02X")},
			"URL, lower case":    {form: strings.ToLower(escape("%%%02x"))},
			"JSON":               {form: strings.Trim(string(marshalled), `"`), bytes: true},
			"JSON, decoded":      {form: strings.ToValidUTF8(value, "�"), bytes: true},
			"JSON, twice":        {form: string(twice)},
			"JSON, all of it":    {form: utf16.String()},
			"Go":                 {form: fmt.Sprintf("%q", value)},
			"Go, ASCII":          {form: fmt.Sprintf("%+q", value)},
			"bytes":              {form: escape(`\x%02x`), bytes: true},
			"HTML":               {form: html.EscapeString(value)},
			"HTML, by number":    {form: "&#" + strings.Trim(strings.ReplaceAll(fmt.Sprint([]rune(value)), " ", ";&#"), "[]") + ";"},
			"URL in JSON":        {form: strings.ReplaceAll(url.QueryEscape(value), "%", `\u0025`)},
			"cut by markup":      {form: cutBy(value, "<b>"), cut: "<\t&"},
			"cut by a line":      {form: cutBy(value, "\r\n"), cut: "<\t"},
			"cut by a control":   {form: cutBy(value, "\x00"), cut: "<\t"},
			"cut by a direction": {form: cutBy(value, "\u202e"), cut: "<\t"},
			"escaped and cut":    {form: cutBy(html.EscapeString(value[:1]), "") + "<i>" + html.EscapeString(value[1:]), cut: "<\t"},
		} {
			if !utf8.ValidString(value) && !test.bytes || strings.ContainsAny(value, test.cut) {
				continue
			}
			s := &Scrubber{}
			s.Add(NewSecret(value))
			for how, clean := range map[string]func(string) string{"Clean": s.Clean, "plain": s.plain} {
				got := clean("before " + test.form + " after")
				rest := strings.Trim(strings.TrimPrefix(strings.TrimSuffix(got, " after"), "before "), `"=\`)
				if rest != redacted {
					t.Errorf("%s, %s of %q: %q leaves %q", how, name, value, test.form, got)
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
