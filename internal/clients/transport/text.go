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

// plain makes vendor text fit for a terminal: no secrets, no markup, no control or direction characters, one line,
// at most maxMessage bytes.
func (s *Scrubber) plain(vendorText string) string {
	text := s.replace(strings.ReplaceAll(vendorText, hiddenMark, ""), hiddenMark)
	text = strings.ToValidUTF8(text, "�")
	text = unread.ReplaceAllString(text, " ")
	text = html.UnescapeString(markup.ReplaceAllString(text, " "))
	text = markup.ReplaceAllString(text, " ") // of what was escaped
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unseen(r):
			return -1
		}
		return r
	}, text)
	// Once more, since each step may have put a secret together.
	text = s.replace(strings.Join(strings.Fields(text), " "), hiddenMark)
	return shorten(strings.ReplaceAll(text, hiddenMark, redacted), maxMessage)
}

// shorten cuts text to most bytes, between characters.
func shorten(text string, most int) string {
	const ellipsis = "…"
	if len(text) <= most {
		return text
	}
	cut := most - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + ellipsis
}
