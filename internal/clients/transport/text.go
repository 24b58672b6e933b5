package transport

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessage caps vendor text in an error, in bytes.
const maxMessage = 1024

// hiddenMark stands for a secret until the text is done, so that no later step takes it for text. Unicode will never
// make a character of it.
const hiddenMark = "\uFDD0"

var (
	tag    = regexp.MustCompile(`^</?[A-Za-z!][^<>]*>`)
	markup = regexp.MustCompile(`</?[A-Za-z!][^<>]*>`)
	unread = regexp.MustCompile(`(?is)<(script|style|head)\b.*?(</(script|style|head)\s*>|$)`)
)

// SafeText makes any text of a vendor's, such as a name, an id or a status, fit for a terminal: one line of at most 1 KiB,
// without control characters, escapes, characters that change the direction of text, or others that don't show. Markup and
// secrets stay: the texts of errors have been cleaned of those as well.
func SafeText(vendorText string) string {
	text, _ := cutLong(vendorText)
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case Invisible(r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	return shorten(text, maxMessage)
}

// Invisible reports whether a character doesn't show, or acts on those around it: controls, marks that change the
// direction of text, spaces without width, fillers, and the byte order mark. White space, other than controls, shows.
func Invisible(r rune) bool {
	const brailleBlank = '\u2800'
	return unicode.IsControl(r) || r == brailleBlank || unicode.In(r,
		unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

const (
	// maxRead caps what is looked at of a text, in bytes.
	maxRead = 16 << 10
	// maxCutSecret is more than what the cut at maxRead can leave of a secret whose beginning isn't enough to find it.
	maxCutSecret = 256
)

// cutLong keeps the beginning of a text, and reports whether there is more.
func cutLong(text string) (string, bool) {
	if len(text) <= maxRead {
		return text, false
	}
	return text[:maxRead], true
}

// plain makes vendor text in errors fit for a terminal: no secrets, no markup, no invisible characters, one line, at most
// maxMessage bytes.
func (s *Scrubber) plain(vendorText string) string {
	text, cut := cutLong(vendorText)
	text = s.replace(strings.ReplaceAll(text, hiddenMark, ""), hiddenMark)
	text = strings.ToValidUTF8(text, "�")
	text = unread.ReplaceAllString(text, " ")
	text = html.UnescapeString(markup.ReplaceAllString(text, " "))
	text = markup.ReplaceAllString(text, " ") // of what was escaped
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case Invisible(r):
			return -1
		}
		return r
	}, text)
	// Once more, since each step may have put a secret together.
	text = s.replace(strings.Join(strings.Fields(text), " "), hiddenMark)
	if cut && len(text) <= maxMessage+maxCutSecret {
		text = shorten(text, max(len(text)-maxCutSecret, 0))
	}
	return shorten(strings.ReplaceAll(text, hiddenMark, redacted), maxMessage)
}

// shorten cuts text to most bytes, between characters.
func shorten(text string, most int) string {
	const ellipsis = "…"
	if len(text) <= most {
		return text
	}
	cut := max(most-len(ellipsis), 0)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + ellipsis
}
