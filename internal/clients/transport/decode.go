package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Bounds on what is taken from an error body; what is shown is cut to maxMessage and maxFieldText once it is clean.
const (
	maxSaid   = 8 * maxMessage
	maxFields = 64
)

// reply is what an error body says.
type reply struct {
	message   string
	code      string
	fields    []FieldError
	requestID string
}

// decodeError reads an error body in any of the shapes that the three vendors and their gateways use: field maps,
// lists of messages, problem details, {"message"}, JSON strings, plain text and HTML pages.
func decodeError(header http.Header, body []byte) reply {
	var r reply
	var value any
	document := trimBOM(body)
	if json.Valid(document) && (&inspection{anyKeys: true}).run(document) == nil && decodeJSON(document, &value) == nil {
		r.read(value)
	} else {
		text := bytes.TrimSpace(body)
		r.message = string(text[:min(len(text), maxRead+1)]) // one more, so that it shows as cut
	}
	if r.requestID == "" {
		r.requestID = requestIDOf(header)
	}
	return r
}

func requestIDOf(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "X-Trace-Id", "X-Correlation-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// Keys of error objects that don't name a field of the request.
var (
	// messageKeys, the most telling first: a problem's title only repeats its status where there is a detail.
	messageKeys   = []string{"detail", "details", "message", "error_description", "error", "title", "non_field_errors"}
	requestIDKeys = []string{"traceId", "trace_id", "requestId", "request_id"}
	fieldMapKeys  = []string{"errors", "invalid_fields"}
	// fieldNameKeys name the fields that the message next to them is about.
	fieldNameKeys = []string{"properties", "field"}
	// aboutKeys describe the error. In a field map without a wrapper they may be fields, with lists of messages.
	aboutKeys = []string{"type", "status", "statusCode", "code", "instance", "exception_class", "id", "path", "timestamp"}
	// otherKeys hold values for the messages' placeholders.
	otherKeys = []string{"parameters"}
	knownKeys = slices.Concat(messageKeys, requestIDKeys, otherKeys)
)

func (r *reply) read(value any) {
	switch v := value.(type) {
	case map[string]any:
		r.readObject(v)
	case []any:
		for _, item := range v {
			r.read(item)
		}
	default:
		r.say(text(v))
	}
}

func (r *reply) readObject(object map[string]any) {
	for _, key := range requestIDKeys {
		if id, ok := object[key].(string); ok && r.requestID == "" {
			r.requestID = id
		}
	}
	if r.code == "" {
		r.code = codeOf(object)
	}
	said := r.mainMessage(object)
	var names []string
	if said != "" {
		names = namesOf(object)
	}
	for _, name := range names {
		r.field(name, said)
	}
	if len(names) == 0 {
		r.say(said)
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		_, isList := object[key].([]any)
		switch {
		case slices.Contains(fieldMapKeys, key):
			r.readFields("", object[key])
		case slices.Contains(knownKeys, key),
			slices.Contains(aboutKeys, key) && !isList,
			slices.Contains(fieldNameKeys, key) && len(names) > 0:
		default:
			r.readOther(key, object[key])
		}
	}
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// codeOf returns an error object's code: the member code where it is text, or the fragment of the problem's type, unless
// that only names a section of the standard that describes the status.
func codeOf(object map[string]any) string {
	if code, ok := object["code"].(string); ok && codeForm.MatchString(code) {
		return code
	}
	kind, _ := object["type"].(string)
	if _, code, ok := strings.Cut(kind, "#"); ok && codeForm.MatchString(code) && !strings.HasPrefix(code, "section-") {
		return code
	}
	return ""
}

// readOther reads a key that is none of an error object's own: field maps come without a wrapper too, and refusals list
// products next to their message. Numbers and booleans say nothing to a person.
func (r *reply) readOther(key string, value any) {
	switch v := value.(type) {
	case map[string]any:
		r.readFields(key, v)
	case []any, string:
		r.field(key, texts(v)...)
	}
}

// mainMessage returns the most telling message of an error object. Messages that are objects are read on the way.
func (r *reply) mainMessage(object map[string]any) string {
	for _, key := range messageKeys {
		if nested, ok := object[key].(map[string]any); ok {
			r.readObject(nested)
		} else if said := text(object[key]); said != "" {
			return said
		}
	}
	return ""
}

func namesOf(object map[string]any) []string {
	for _, key := range fieldNameKeys {
		if names := texts(object[key]); len(names) > 0 {
			return names
		}
	}
	return nil
}

// readFields reads messages by field, below the field parent where there is one.
func (r *reply) readFields(parent string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			name := key
			switch {
			case key == "errors" || key == "non_field_errors":
				name = parent // about the whole of it
			case parent != "":
				name = parent + "." + key
			}
			if _, ok := v[key].(map[string]any); ok {
				r.readFields(name, v[key])
			} else {
				r.field(name, texts(v[key])...)
			}
		}
	case []any:
		r.read(v)
	default:
		r.field(parent, text(v))
	}
}

// say adds messages that are about no field.
func (r *reply) say(messages ...string) {
	for _, m := range messages {
		if m == "" || len(r.message) > maxSaid || strings.Contains(r.message, m) {
			continue
		}
		r.message = strings.TrimSpace(r.message + " " + m)
	}
}

// field adds messages about a field, or about none where name is empty.
func (r *reply) field(name string, messages ...string) {
	messages = slices.DeleteFunc(messages, func(m string) bool { return m == "" })
	if name == "" {
		r.say(messages...)
		return
	}
	at := slices.IndexFunc(r.fields, func(f FieldError) bool { return f.Field == name })
	switch {
	case len(messages) == 0:
	case at >= 0:
		if len(r.fields[at].Messages) < maxFields {
			r.fields[at].Messages = append(r.fields[at].Messages, messages...)
		}
	case len(r.fields) < maxFields:
		r.fields = append(r.fields, FieldError{Field: name, Messages: messages})
	}
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

// texts flattens each item of a list; another value is a list of one.
func texts(value any) []string {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var out []string
	for _, item := range list {
		if said := text(item); said != "" {
			out = append(out, said)
		}
	}
	return out
}

// decodeJSON decodes one whole JSON document, numbers as json.Number where the target is untyped.
func decodeJSON(body []byte, target any) error {
	dec := json.NewDecoder(bytes.NewReader(trimBOM(body)))
	dec.UseNumber()
	if err := dec.Decode(target); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON document")
	}
	return nil
}

// trimBOM drops the byte order mark that some servers begin with.
func trimBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }
