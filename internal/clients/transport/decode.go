package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessage caps vendor text in an error, in bytes.
const maxMessage = 1024

// reply is what an error body says.
type reply struct {
	message   string
	fields    []FieldError
	requestID string
}

// decodeError reads an error body in any of the shapes that the three vendors and their gateways use: field maps,
// lists of messages, problem details, {"message"}, JSON strings, plain text and HTML pages.
func decodeError(header http.Header, body []byte) reply {
	var r reply
	body = bytes.TrimSpace(body)
	var value any
	if len(body) > 0 && decodeJSON(body, &value) == nil {
		r.read(value)
	} else {
		r.message = string(body)
	}
	if r.requestID == "" {
		for _, name := range []string{"X-Request-Id", "X-Trace-Id", "X-Correlation-Id"} {
			if id := header.Get(name); id != "" {
				r.requestID = id
				break
			}
		}
	}
	return r
}

func (r *reply) read(value any) {
	switch v := value.(type) {
	case map[string]any:
		r.readObject(v)
	case []any:
		for _, item := range v {
			if object, ok := item.(map[string]any); ok {
				r.readObject(object)
			} else {
				r.say(text(item))
			}
		}
	default:
		r.say(text(v))
	}
}

// Keys of error objects that carry no field name.
var (
	messageKeys   = []string{"detail", "details", "message", "error_description", "error", "title", "non_field_errors"}
	requestIDKeys = []string{"traceId", "request_id", "requestId", "trace_id"}
	otherKeys     = []string{"type", "status", "statusCode", "code", "instance", "exception_class", "id", "parameters"}
)

func (r *reply) readObject(object map[string]any) {
	for _, key := range requestIDKeys {
		if id, ok := object[key].(string); ok && r.requestID == "" {
			r.requestID = id
		}
	}
	// The most telling key alone: a problem's title only repeats its status where there is a detail.
	for _, key := range messageKeys {
		if value, ok := object[key]; ok && text(value) != "" {
			if nested, ok := value.(map[string]any); ok {
				r.readObject(nested)
			} else {
				r.say(text(value))
			}
			break
		}
	}
	known := slices.Concat(messageKeys, requestIDKeys, otherKeys, []string{"errors", "invalid_fields", "properties"})
	for _, key := range sortedKeys(object) {
		switch {
		case key == "errors" || key == "invalid_fields":
			r.readFields(object[key])
		case slices.Contains(known, key):
		default:
			// Field maps come without the "errors" wrapper too, and refusals list products beside their message.
			if said := texts(object[key]); len(said) > 0 {
				r.field(key, said...)
			}
		}
	}
}

func (r *reply) readFields(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			said := texts(v[key])
			if nested, ok := v[key].(map[string]any); ok {
				for _, inner := range sortedKeys(nested) {
					r.field(key+"."+inner, texts(nested[inner])...)
				}
				continue
			}
			if key == "errors" || key == "" || key == "non_field_errors" {
				r.say(said...)
				continue
			}
			r.field(key, said...)
		}
	case []any:
		for _, item := range v {
			object, ok := item.(map[string]any)
			if !ok {
				r.say(text(item))
				continue
			}
			names := texts(object["properties"])
			said := text(object["message"])
			if len(names) == 0 {
				r.readObject(object)
				continue
			}
			for _, name := range names {
				r.field(name, said)
			}
		}
	default:
		r.say(text(v))
	}
}

func (r *reply) say(messages ...string) {
	for _, m := range messages {
		if m == "" || strings.Contains(r.message, m) {
			continue
		}
		r.message = strings.TrimSpace(r.message + " " + m)
	}
}

func (r *reply) field(name string, messages ...string) {
	messages = slices.DeleteFunc(messages, func(m string) bool { return m == "" })
	if len(messages) == 0 {
		return
	}
	for i := range r.fields {
		if r.fields[i].Field == name {
			r.fields[i].Messages = append(r.fields[i].Messages, messages...)
			return
		}
	}
	r.fields = append(r.fields, FieldError{Field: name, Messages: messages})
}

// text flattens a JSON value into one line.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return strings.Join(texts(v), " ")
	case map[string]any:
		if len(v) == 0 {
			return ""
		}
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}

func texts(value any) []string {
	list, ok := value.([]any)
	if !ok {
		if said := text(value); said != "" {
			return []string{said}
		}
		return nil
	}
	var out []string
	for _, item := range list {
		if said := text(item); said != "" {
			out = append(out, said)
		}
	}
	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

var (
	invisible = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)\s*>`)
	markup    = regexp.MustCompile(`<[^<>]*>`)
)

// plain makes vendor text fit for a terminal: no secrets, no markup, no control or direction characters, one line,
// at most maxMessage bytes.
func (s *Scrubber) plain(vendorText string) string {
	vendorText = s.Clean(strings.ToValidUTF8(vendorText, "�"))
	vendorText = invisible.ReplaceAllString(vendorText, " ")
	vendorText = html.UnescapeString(markup.ReplaceAllString(vendorText, " "))
	vendorText = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, vendorText)
	// Once more, since taking characters out may have put a secret together.
	vendorText = s.Clean(strings.Join(strings.Fields(vendorText), " "))
	if len(vendorText) > maxMessage {
		cut := maxMessage
		for cut > 0 && !utf8.RuneStart(vendorText[cut]) {
			cut--
		}
		vendorText = vendorText[:cut] + "…"
	}
	return vendorText
}

// decodeJSON decodes one whole JSON document, numbers as json.Number where the target is untyped.
func decodeJSON(body []byte, target any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(target); err != nil {
		return err
	}
	if dec.More() {
		return fmt.Errorf("more than one JSON document")
	}
	return nil
}
