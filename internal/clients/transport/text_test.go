package transport

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestSafeText: what a terminal obeys or doesn't show is gone, the rest stays.
func TestSafeText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                "",
		"Acme <b>& Söhne</b> 😀 日本":        "Acme <b>& Söhne</b> 😀 日本",
		"a\x1b[31mred\x1b]0;title\a\x00b": "a[31mred]0;titleb",
		"a\u009b2Jb":                      "a2Jb",
		"a\u202eb\u2066c\u200ed":          "abcd",
		"a\u200bb\u200dc\ufeffd\u2060e":   "abcde",
		"a\u3164b\u115fc\u2800d\ufe0fe\U000e0041f":   "abcdef",
		"Acme\r\nError: forged\u2028x\u2029y\u0085z": "Acme  Error: forged x y z",
		"a\tb\u00a0c\u3000d":                         "a b c d",
		"caf\xe9":                                    "caf�",
		"a\ufdd0b\uffffc":                            "abc",
		strings.Repeat("ä", 3_000_000):               strings.Repeat("ä", 510) + "…",
	} {
		if got := SafeText(text); got != want {
			t.Errorf("%.100q gives %.100q, want %.100q", text, got, want)
		}
	}
	for _, r := range "\u202e\u200b\ufeff\x00\u3164\u2800\u00ad\u2028" {
		if !Invisible(r) {
			t.Errorf("%U is invisible", r)
		}
	}
	for _, r := range "a ä\u00a0日😀\u0301" {
		if Invisible(r) {
			t.Errorf("%U is visible", r)
		}
	}
}

// FuzzSafeText: whatever a vendor sends, a terminal gets one line of text that shows.
func FuzzSafeText(f *testing.F) {
	for _, seed := range []string{
		"", "Acme", "a\x1b[2J\u202e\r\n\x00", "caf\xe9\ufdd0", strings.Repeat("ä", 600), "\xf0\x9f", "\u2028<script>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := SafeText(text)
		if !utf8.ValidString(got) || len(got) > maxMessage || SafeText(got) != got {
			t.Errorf("%q gives %q", text, got)
		}
		for _, r := range got {
			if Invisible(r) || unicode.IsSpace(r) && r != ' ' || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%q gives %q with %U", text, got, r)
			}
		}
		if text == "" && got != "" {
			t.Errorf("nothing gives %q", got)
		}
	})
}

// TestLongText: a secret that the cut of a long text has split stays hidden.
func TestLongText(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"hunter2-pass", "12$abcdefghijklmnopqrstuvwxyz"} {
		s := &Scrubber{}
		s.Add(NewSecret(secret))
		for shift := range len(secret) {
			// Markup goes, so that the end of what was read is shown.
			text := strings.Repeat("<b>", (maxRead-300)/3)
			text += strings.Repeat("x", maxRead-len(text)-shift) + secret + "x"
			if got := s.plain(text); strings.Contains(got, secret[:1]) && strings.Contains(got, secret[:min(shift+1, 3)]) {
				t.Errorf("cut after %d: %q", shift, got[max(len(got)-60, 0):])
			}
		}
	}
}
