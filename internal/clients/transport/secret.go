package transport

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// redacted stands wherever a secret would.
const redacted = "[redacted]"

// Secret is a password, token or key. It prints, formats, logs and marshals as "[redacted]"; only Reveal gives the
// value, and only code that puts it on the wire calls that.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return s.value }

// IsEmpty tells whether there is no value.
func (s Secret) IsEmpty() bool { return s.value == "" }

// String implements fmt.Stringer.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// Format implements fmt.Formatter, so that no verb reaches the value.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// A shorter secret is not looked for: it would blank out ordinary words, and protect nothing.
const shortestScrubbed = 3

// Vendors echo tokens cut short. A run of shortestPrefix bytes from the start of a secret of at least longSecret
// bytes counts as the secret; shorter ones may begin like an ordinary word.
const (
	longSecret     = 20
	shortestPrefix = 8
)

// Scrubber removes every secret it has been told from text: as it is, in base64, and escaped for URLs and JSON.
// It is safe for concurrent use.
type Scrubber struct {
	mu    sync.RWMutex
	forms []string // longest first, so that a form is never cut by a shorter one
}

// Add makes the scrubber remove these secrets from now on.
func (s *Scrubber) Add(secrets ...Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret.value) >= shortestScrubbed {
			s.remember(formsOf(secret.value)...)
		}
	}
}

// AddBasic makes the scrubber remove a password, and the pair as HTTP Basic encodes it; the user name alone stays.
func (s *Scrubber) AddBasic(username string, password Secret) {
	s.Add(password)
	pair := []byte(username + ":" + password.value)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remember(base64.RawStdEncoding.EncodeToString(pair), base64.RawURLEncoding.EncodeToString(pair))
}

func (s *Scrubber) remember(forms ...string) {
	for _, form := range forms {
		if !slices.Contains(s.forms, form) {
			s.forms = append(s.forms, form)
		}
	}
	slices.SortFunc(s.forms, func(a, b string) int { return len(b) - len(a) })
}

// Clean returns text without the secrets.
func (s *Scrubber) Clean(text string) string {
	if s == nil {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, form := range s.forms {
		text = strings.ReplaceAll(text, form, redacted)
	}
	for _, form := range s.forms {
		text = cutPrefixes(text, form)
	}
	return text
}

// cutPrefixes replaces each run in text that starts like form, by at least shortestPrefix bytes.
func cutPrefixes(text, form string) string {
	if len(form) < longSecret {
		return text
	}
	head := form[:shortestPrefix]
	var out strings.Builder
	for {
		at := strings.Index(text, head)
		if at < 0 {
			break
		}
		end := at + shortestPrefix
		for end < len(text) && end-at < len(form) && text[end] == form[end-at] {
			end++
		}
		out.WriteString(text[:at])
		out.WriteString(redacted)
		text = text[end:]
	}
	out.WriteString(text)
	return out.String()
}

func formsOf(value string) []string {
	raw := []byte(value)
	return []string{
		value,
		base64.RawStdEncoding.EncodeToString(raw), // also found inside the padded form
		base64.RawURLEncoding.EncodeToString(raw),
		url.QueryEscape(value),
		url.PathEscape(value),
		jsonInner(value, true),
		jsonInner(value, false),
		strings.Trim(fmt.Sprintf("%q", value), `"`),
	}
}

// jsonInner is the value as it stands between the quotes of a JSON string.
func jsonInner(value string, escapeHTML bool) string {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(escapeHTML)
	if err := enc.Encode(value); err != nil {
		return value
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(out.String()), `"`), `"`)
}
