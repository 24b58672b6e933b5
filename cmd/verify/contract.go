package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// contract is a vendor's description, as the mocks keep it. In contrast to the mocks' validator it names what is different
// without repeating any value, since that is the vendor's data.
type contract struct{ document map[string]any }

func readContract(raw []byte) (*contract, error) {
	c := &contract{}
	if err := yaml.Unmarshal(raw, &c.document); err != nil {
		return nil, err
	}
	return c, nil
}

// differences counts what differs, by place and kind, such as "[].phone: is null, documented as string".
type differences map[string]int

func (d differences) add(path, format string, args ...any) {
	d[strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, args...)]++
}

// String lists them, with how often each was seen.
func (d differences) String() string {
	const most = 20
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(d)) {
		line := strings.TrimPrefix(key, ": ")
		if n := d[key]; n > 1 {
			line = fmt.Sprintf("%s (%d times)", line, n)
		}
		lines = append(lines, line)
	}
	if more := len(lines) - most; more > 0 {
		lines = append(lines[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "; ")
}

// check compares a reply with the description of its operation.
func (c *contract) check(e *exchange, found differences) {
	method, path, _ := strings.Cut(e.operation, " ")
	operation := object(object(object(c.document["paths"])[path])[strings.ToLower(method)])
	response := c.resolve(object(operation["responses"])[strconv.Itoa(e.status)])
	if response == nil {
		found.add("", "status %d is not documented", e.status)
		return
	}
	content := object(response["content"])
	schema, plain := object(content["application/json"])["schema"], object(object(content["text/plain"])["schema"])
	_, onlyEmpty := plain["maxLength"] // the one length that the descriptions give
	media := e.header.Get("Content-Type")
	switch {
	case len(e.body) == 0 && (len(content) == 0 || plain != nil):
	case e.isJSON && schema != nil:
		c.walk(schema, e.value, "", found)
	case plain != nil && !onlyEmpty && !strings.Contains(media, "html") && !strings.Contains(media, "json"):
	default:
		found.add("", "status %d has a body that is not the documented one", e.status)
	}
}

func (c *contract) resolve(v any) map[string]any {
	o := object(v)
	for o != nil {
		ref, ok := o["$ref"].(string)
		if !ok {
			return o
		}
		var at any = c.document
		for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
			at = object(at)[part]
		}
		o = object(at)
	}
	return nil
}

// shape is a schema with what allOf adds to it.
type shape struct {
	types, required []string
	properties      map[string]any
	additional      any // what an undescribed member may be: nil or true anything, false nothing, else a schema
	items           any
	format, pattern string
	enum            []any
	choices         [][]any // of each, one schema applies
}

func (c *contract) collect(v any, s *shape) {
	schema := c.resolve(v)
	if one, ok := schema["type"].(string); ok {
		s.types = append(s.types, one)
	}
	for _, t := range list(schema["type"]) {
		s.types = append(s.types, fmt.Sprint(t))
	}
	for _, name := range list(schema["required"]) {
		s.required = append(s.required, fmt.Sprint(name))
	}
	if s.properties == nil {
		s.properties = map[string]any{}
	}
	maps.Copy(s.properties, object(schema["properties"]))
	for _, keyword := range []string{"additionalProperties", "unevaluatedProperties"} {
		if value, ok := schema[keyword]; ok {
			s.additional = value
		}
	}
	if items := schema["items"]; items != nil {
		s.items = items
	}
	if format, ok := schema["format"].(string); ok {
		s.format = format
	}
	if pattern, ok := schema["pattern"].(string); ok {
		s.pattern = pattern
	}
	if enum := list(schema["enum"]); enum != nil {
		s.enum = enum
	}
	for _, part := range list(schema["allOf"]) {
		c.collect(part, s)
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if choices := list(schema[keyword]); choices != nil {
			s.choices = append(s.choices, choices)
		}
	}
}

func (c *contract) walk(schema, value any, path string, found differences) {
	var s shape
	c.collect(schema, &s)
	for _, choices := range s.choices {
		maps.Copy(found, c.nearest(choices, value, path))
	}
	if is := typeOf(value); !s.takes(is) {
		found.add(path, "is %s, documented as %s", is, strings.Join(s.types, " or "))
		return
	}
	switch v := value.(type) {
	case map[string]any:
		c.walkObject(s, v, path, found)
	case []any:
		if s.items != nil {
			for _, item := range v {
				c.walk(s.items, item, path+"[]", found)
			}
		}
	case string:
		if s.enum != nil && !slices.Contains(s.enum, any(v)) {
			found.add(path, "has a value that is not documented")
		}
		if v != "" && !s.fits(v) {
			found.add(path, "is not of the documented form")
		}
	}
}

// takes reports whether a value of this type is allowed.
func (s shape) takes(typeName string) bool {
	return len(s.types) == 0 || slices.Contains(s.types, typeName) || typeName == "integer" && slices.Contains(s.types, "number")
}

func (c *contract) walkObject(s shape, value map[string]any, path string, found differences) {
	for _, name := range s.required {
		if _, ok := value[name]; !ok {
			found.add(path+"."+name, "is missing")
		}
	}
	for name, member := range value {
		if known, ok := s.properties[name]; ok {
			c.walk(known, member, path+"."+name, found)
		} else if s.additional == false {
			found.add(path+"."+fieldName(name), "is not documented (%s)", typeOf(member))
		} else if object(s.additional) != nil {
			c.walk(s.additional, member, path+".*", found)
		}
	}
}

// nearest returns what differs from the choice that fits best.
func (c *contract) nearest(choices []any, value any, path string) differences {
	var best differences
	fits := false // whether best has the value's type
	for _, choice := range choices {
		var s shape
		c.collect(choice, &s)
		found, typed := differences{}, s.takes(typeOf(value))
		c.walk(choice, value, path, found)
		if best == nil || typed && !fits || typed == fits && len(found) < len(best) {
			best, fits = found, typed
		}
	}
	return best
}

func typeOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if _, whole := number(map[string]any{"": v}, ""); whole {
			return "integer"
		}
		return "number"
	}
	return "unknown"
}

var (
	uuidForm  = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	plainName = regexp.MustCompile(`^([a-z$_][A-Za-z_]{0,39}|[A-Z_]{1,12})$`)
)

func (s shape) fits(v string) bool {
	var err error
	fits := true
	switch s.format {
	case "email":
		_, err = mail.ParseAddress(v)
	case "date-time":
		_, err = time.Parse(time.RFC3339, v)
	case "uuid":
		fits = uuidForm.MatchString(v)
	case "uri":
		_, err = url.Parse(v)
	}
	if pattern, bad := regexp.Compile(s.pattern); s.pattern != "" && bad == nil && len(v) < 1<<20 {
		fits = fits && pattern.MatchString(v)
	}
	return fits && err == nil
}

// fieldName is a name that an object's member has, where it looks like the name of a field. Where vendors use ids or
// addresses for names, it is an asterisk.
func fieldName(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "*"
}

// isBase64 reports whether a text is base64 in one line.
func isBase64(s string) bool {
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil && !strings.ContainsAny(s, "\r\n")
}
