package transport

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A shorter secret is not searched for: it would hide ordinary words, and protect nothing.
const shortestScrubbed = 3

// Vendors echo tokens cut short. A run of shortestPrefix bytes from the start of a secret of at least longSecret
// bytes counts as the secret; shorter ones may begin like an ordinary word.
const (
	longSecret     = 20
	shortestPrefix = 8
)

// Scrubber removes every secret that it knows from text: as it is, in base64, escaped for URLs, JSON, Go or HTML,
// and cut up by markup or characters that don't show. It is safe for concurrent use.
type Scrubber struct {
	mu    sync.RWMutex
	forms []string
}

// Add makes the scrubber remove these secrets from now on.
func (s *Scrubber) Add(secrets ...Secret) {
	for _, secret := range secrets {
		if value := secret.Reveal(); len(value) >= shortestScrubbed {
			s.remember(formsOf(value)...)
			if part := secretPart.FindStringSubmatch(value); part != nil {
				s.remember(formsOf(part[1])...)
			}
		}
	}
}

// secretPart is what follows the id in a token that begins with one: Gcore's 42_… and 42$…, SoftwareOne's
// idt:TKN-1234-5678:….
var secretPart = regexp.MustCompile(`^(?:[0-9]+[_$]|idt:TKN-[0-9-]+:)(.{6,})$`)

// proxyVariables are those from which net/http takes proxies.
var proxyVariables = []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"}

// addProxies makes the scrubber remove the passwords in the addresses of proxies: errors may repeat those.
func (s *Scrubber) addProxies(getenv func(string) string) {
	for _, name := range proxyVariables {
		// By hand, since an address that can't be parsed is repeated in an error as well.
		_, rest, found := strings.Cut(getenv(name), "://")
		if !found {
			rest = getenv(name)
		}
		end := strings.LastIndexByte(rest, '@')
		if end < 0 {
			continue
		}
		username, password, hasPassword := strings.Cut(rest[:end], ":")
		if !hasPassword {
			username, password = "", username // a token
		}
		s.AddBasic(username, NewSecret(password))
		plainName, _ := url.PathUnescape(username)
		if plain, err := url.PathUnescape(password); err == nil {
			s.AddBasic(plainName, NewSecret(plain))
		}
	}
}

// AddBasic makes the scrubber remove a password, and the pair as HTTP Basic encodes it; the user name by itself stays.
func (s *Scrubber) AddBasic(username string, password Secret) {
	s.Add(password)
	pair := []byte(username + ":" + password.Reveal())
	s.remember(base64.RawStdEncoding.EncodeToString(pair), base64.RawURLEncoding.EncodeToString(pair))
}

func (s *Scrubber) remember(forms ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, form := range forms {
		for _, f := range []string{form, visible(form)} {
			if len(f) >= shortestScrubbed && !slices.Contains(s.forms, f) {
				s.forms = append(s.forms, f)
			}
		}
	}
}

// formsOf lists how a value may be written. Escapes are also undone while searching, since they have many spellings.
func formsOf(value string) []string {
	raw := []byte(value)
	forms := append(within(base64.RawStdEncoding, raw), within(base64.RawURLEncoding, raw)...)
	return append(forms,
		value,
		strings.ToValidUTF8(value, "�"), // what JSON makes of it
		base64.RawStdEncoding.EncodeToString(raw), // also found inside the padded form
		base64.RawURLEncoding.EncodeToString(raw),
		url.QueryEscape(value),
		url.PathEscape(value),
		jsonInner(value, true),
		jsonInner(value, false),
	)
}

// within lists what raw always looks like in the base64 of something that holds it, such as a whole header: three bytes
// make four characters, so that it depends on where it stands. Forms as short as a word are left out.
func within(encoding *base64.Encoding, raw []byte) (forms []string) {
	for before, first := range []int{0, 2, 3} { // bytes before it; the first character that is all its own
		encoded := encoding.EncodeToString(append(make([]byte, before), raw...))
		form := encoded[first : (before+len(raw))*8/6]
		if len(form) >= shortestPrefix {
			forms = append(forms, form)
		}
	}
	return forms
}

// jsonInner is the value as it stands between the quotes of a JSON string.
func jsonInner(value string, escapeHTML bool) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(escapeHTML)
	if err := enc.Encode(value); err != nil {
		return value
	}
	quoted := bytes.TrimSpace(out.Bytes())
	return string(quoted[1 : len(quoted)-1])
}

// Clean returns text without the secrets.
func (s *Scrubber) Clean(text string) string { return s.replace(text, redacted) }

// replace puts mark in place of every secret.
func (s *Scrubber) replace(text, mark string) string {
	if s == nil || text == "" {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.forms) == 0 {
		return text
	}
	var found []span
	for _, v := range viewsOf(text) {
		for _, form := range s.forms {
			found = v.find(form, found)
		}
	}
	if len(found) == 0 {
		return text
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	end := 0
	for _, f := range found {
		if f.from >= end {
			out.WriteString(text[end:f.from])
			out.WriteString(mark)
		}
		end = max(end, f.to)
	}
	out.WriteString(text[end:])
	return out.String()
}

// span is a part of a text, in bytes.
type span struct{ from, to int }

// view is a text with one kind of escapes undone. Byte i of it stands for the part origin[i] of the text itself.
type view struct {
	text   string
	origin []span // nil: the text itself
}

// viewsOf returns the text as it is, and each way of reading it that makes a difference.
func viewsOf(text string) []view {
	views := []view{{text: text}}
	for _, read := range []func(string) (string, int){readPlain, readBackslash, readPercent, readHTML} {
		if v := viewOf(text, read); v.text != text {
			views = append(views, v)
		}
	}
	return views
}

// viewOf reads text with read, which returns what the start of its argument stands for and how many bytes that took;
// 0 where nothing special stands there. Characters that don't show are left out.
func viewOf(text string, read func(string) (string, int)) view {
	var out strings.Builder
	var origin []span
	for at := 0; at < len(text); {
		means, took := read(text[at:])
		if took == 0 {
			_, took = utf8.DecodeRuneInString(text[at:])
			means = text[at : at+took]
		}
		means = visible(means)
		out.WriteString(means)
		for range len(means) {
			origin = append(origin, span{at, at + took})
		}
		at += took
	}
	return view{text: out.String(), origin: origin}
}

// find adds the parts of the text that hold form, or enough of its beginning.
func (v view) find(form string, found []span) []span {
	head := form
	if len(form) >= longSecret {
		head = form[:shortestPrefix]
	}
	for start := 0; ; start++ {
		at := strings.Index(v.text[start:], head)
		if at < 0 {
			return found
		}
		start += at
		end := start + len(head)
		for end < len(v.text) && end-start < len(form) && v.text[end] == form[end-start] {
			end++
		}
		if v.origin == nil {
			found = append(found, span{start, end})
		} else {
			found = append(found, span{v.origin[start].from, v.origin[end-1].to})
		}
	}
}

func readPlain(string) (string, int) { return "", 0 }

// readBackslash reads an escape of JSON, Go or JavaScript.
func readBackslash(s string) (string, int) {
	if len(s) < 2 || s[0] != '\\' {
		return "", 0
	}
	switch s[1] {
	case 'u':
		for _, n := range []int{12, 6} { // a pair of surrogates is one character
			var means string
			if len(s) >= n && json.Unmarshal([]byte(`"`+s[:n]+`"`), &means) == nil && utf8.RuneCountInString(means) == 1 {
				return means, n
			}
		}
	case 'U':
		if r, _, rest, err := strconv.UnquoteChar(s, '"'); err == nil {
			return string(r), len(s) - len(rest)
		}
	case 'x':
		return readByte(s, 2)
	case 'n', 't', 'r', 'a', 'b', 'f', 'v':
		return string("\n\t\r\a\b\f\v"[strings.IndexByte("ntrabfv", s[1])]), 2
	case '"', '\'', '\\', '/':
		return s[1:2], 2
	}
	return "", 0
}

// readPercent reads an escape of a URL.
func readPercent(s string) (string, int) {
	if s[0] != '%' {
		return "", 0
	}
	return readByte(s, 1)
}

// readHTML reads a character reference, and tags as nothing.
func readHTML(s string) (string, int) {
	switch s[0] {
	case '<':
		return "", len(tag.FindString(s))
	case '&':
		const longest = 32
		if end := strings.IndexByte(s[:min(len(s), longest)], ';'); end > 0 {
			if means := html.UnescapeString(s[:end+1]); means != s[:end+1] {
				return means, end + 1
			}
		}
	}
	return "", 0
}

// readByte reads a byte in two hexadecimal digits.
func readByte(s string, from int) (string, int) {
	to := from + 2
	if len(s) < to {
		return "", 0
	}
	b, err := hex.DecodeString(s[from:to])
	if err != nil {
		return "", 0
	}
	return string(b), to
}

// visible leaves out the characters that a terminal doesn't show, or obeys: controls, line breaks, directions.
func visible(s string) string {
	var out strings.Builder
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		if !Invisible(r) {
			out.WriteString(s[at : at+size]) // bytes that are not UTF-8 stay as they are
		}
		at += size
	}
	return out.String()
}
