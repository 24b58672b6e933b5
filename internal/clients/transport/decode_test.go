package transport

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDecodeError: every shape that the vendors, their frameworks and gateways answer with.
func TestDecodeError(t *testing.T) {
	t.Parallel()
	field := func(name string, messages ...string) FieldError { return FieldError{Field: name, Messages: messages} }
	for name, tt := range map[string]struct {
		body    string
		header  http.Header
		message string
		fields  []FieldError
		id      string
	}{
		// Gcore
		"map of lists": {
			body:   `{"errors":{"company":["Company with this name already exists"]}}`,
			fields: []FieldError{field("company", "Company with this name already exists")},
		},
		"map of strings": {body: `{"errors":{"email":"taken"}}`, fields: []FieldError{field("email", "taken")}},
		"several": {
			body:   `{"errors":{"email":["taken","too long"],"company":["short"]}}`,
			fields: []FieldError{field("company", "short"), field("email", "taken", "too long")},
		},
		"errors in errors":        {body: `{"errors":{"errors":["Wrong password","Locked"]}}`, message: "Wrong password Locked"},
		"errors in errors, a map": {body: `{"errors":{"errors":{"email":["taken"]}}}`, fields: []FieldError{field("email", "taken")}},
		"errors, a list":          {body: `{"errors":["no","never"]}`, message: "no never"},
		"errors, a string":        {body: `{"errors":"no"}`, message: "no"},
		"errors, nothing":         {body: `{"errors":null,"message":""}`},
		"errors about the whole":  {body: `{"errors":{"":["a"],"non_field_errors":["b"]}}`, message: "a b"},
		"bad JSON":                {body: `{"message":"JSON parse error - Expecting value"}`, message: "JSON parse error - Expecting value"},
		"list of strings": {
			body: `["User a@b.example has already been invited to client 7"]`, message: "User a@b.example has already been invited to client 7",
		},
		"list of objects": {
			body:   `[{"errors":{"new_email":"Client with email x already exists"}}]`,
			fields: []FieldError{field("new_email", "Client with email x already exists")},
		},
		"list of both": {body: `["a",{"message":"b"},["c"]]`, message: "a b c"},
		"availability": {
			body:    `{"message":"Products are in use","trial":["CDN"],"activating":[],"active":["DNS","CLOUD"]}`,
			message: "Products are in use", fields: []FieldError{field("active", "DNS", "CLOUD"), field("trial", "CDN")},
		},
		"cloud API": {
			body:    `{"exception_class":"ValidationError","message":"Invalid","request_id":"req-1","invalid_fields":{"name":["too long"]}}`,
			message: "Invalid", fields: []FieldError{field("name", "too long")}, id: "req-1",
		},
		"invalid fields, none": {body: `{"exception_class":"X","message":"no","invalid_fields":null}`, message: "no"},
		"not wrapped": {
			body: `{"email":["taken"],"status":["not a choice"]}`, fields: []FieldError{field("email", "taken"), field("status", "not a choice")},
		},
		"not wrapped, nested": {body: `{"address":{"city":["short"]}}`, fields: []FieldError{field("address.city", "short")}},
		"only a detail": {
			body: `{"detail":"Authentication credentials were not provided."}`, message: "Authentication credentials were not provided.",
		},
		"about a field":       {body: `{"field":"email","message":"taken"}`, fields: []FieldError{field("email", "taken")}},
		"a field named field": {body: `{"field":["taken"]}`, fields: []FieldError{field("field", "taken")}},

		// SoftwareOne
		"problem, map": {
			body: `{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"Bad Request","status":400,"detail":"See errors",` +
				`"instance":"/x","traceId":"00-1-00","errors":{"name":["required"],"Address.City":["long"]}}`,
			message: "See errors", fields: []FieldError{field("Address.City", "long"), field("name", "required")}, id: "00-1-00",
		},
		"problem, map of strings": {
			body: `{"title":"Bad Request","status":"400","errors":{"name":"required"}}`, message: "Bad Request",
			fields: []FieldError{field("name", "required")},
		},
		"problem, nested map": {
			body: `{"title":"t","errors":{"address":{"city":["long"],"state":{"code":"no"}}}}`, message: "t",
			fields: []FieldError{field("address.city", "long"), field("address.state.code", "no")},
		},
		"problem, list": {
			body: `{"title":"Validation","status":400,"errors":[{"message":"too long","properties":["externalId","name"],` +
				`"id":"E1","parameters":{"max":250}},{"message":"no","properties":[]}],"traceId":"00-2-00"}`,
			message: "Validation no", fields: []FieldError{field("externalId", "too long"), field("name", "too long")}, id: "00-2-00",
		},
		"problem, details":   {body: `{"title":"t","details":"more"}`, message: "more"},
		"problem, no detail": {body: `{"title":"Not Found","status":404,"detail":null}`, message: "Not Found"},
		"gateway":            {body: `{"message":"Service unavailable","statusCode":503}`, message: "Service unavailable"},
		"error, an object":   {body: `{"error":{"code":"x","message":"no"}}`, message: "no"},
		"message, a map": {
			body: `{"message":{"email":["taken"]},"error":"Bad Request"}`, message: "Bad Request", fields: []FieldError{field("email", "taken")},
		},
		"message, a list": {body: `{"message":["a","b"],"error":"Bad Request"}`, message: "a b"},
		"oauth":           {body: `{"error":"invalid_grant","error_description":"expired"}`, message: "expired"},
		"byte order mark": {body: "\xef\xbb\xbf" + `{"message":"no"}`, message: "no"},
		"flags":           {body: `{"success":false,"count":3,"message":"no","timestamp":"now","path":"/x"}`, message: "no"},

		// Fortanix
		"plain text":    {body: "  Quota Exceeded\n", message: "Quota Exceeded"},
		"JSON string":   {body: `"account name is taken"`, message: "account name is taken"},
		"JSON number":   {body: `42`, message: "42"},
		"JSON null":     {body: `null`},
		"empty object":  {body: `{}`},
		"empty list":    {body: `[]`},
		"empty":         {},
		"blank":         {body: " \r\n"},
		"HTML":          {body: "<html><body>Bad Gateway</body></html>", message: "<html><body>Bad Gateway</body></html>"},
		"cut JSON":      {body: `{"message":"no`, message: `{"message":"no`},
		"JSON and more": {body: `{"message":"no"} x`, message: `{"message":"no"} x`},
		"invalid UTF-8": {body: "{\"message\":\"caf\xe9\"}", message: "caf�"},

		"request id in a header":     {body: "no", header: http.Header{"X-Request-Id": {"r-1"}, "X-Trace-Id": {"t"}}, message: "no", id: "r-1"},
		"trace id in a header":       {header: http.Header{"X-Trace-Id": {"t-1"}}, id: "t-1"},
		"correlation id in a header": {header: http.Header{"X-Correlation-Id": {"c-1"}}, id: "c-1"},
		"id in the body first":       {body: `{"trace_id":"b-1"}`, header: http.Header{"X-Request-Id": {"r-1"}}, id: "b-1"},
		"requestId":                  {body: `{"requestId":"b-1"}`, id: "b-1"},
		"an id that is no string":    {body: `{"request_id":7,"message":"no"}`, message: "no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := decodeError(tt.header, []byte(tt.body))
			if got.message != tt.message || got.requestID != tt.id {
				t.Errorf("message %q, request id %q, want %q, %q", got.message, got.requestID, tt.message, tt.id)
			}
			if diff := cmp.Diff(tt.fields, got.fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDecodeErrorBounds: a body made to be expensive is not.
func TestDecodeErrorBounds(t *testing.T) {
	t.Parallel()
	var list, object strings.Builder
	for i := range 5_000 {
		list.WriteString(strconv.Quote(strconv.Itoa(i)) + ",")
		object.WriteString(`"f` + strings.Repeat("y", i%300) + `":["m"],`)
	}
	for name, test := range map[string]struct {
		body string
		most int // how long the message may be
	}{
		"messages": {"[" + list.String() + `""]`, maxSaid + 100},
		"fields":   {`{"errors":{` + object.String() + `"z":["m"]}}`, 0},
		"of one":   {`{"errors":{"a":[` + list.String() + `""]}}`, 0},
		"deep":     {strings.Repeat(`{"error":`, 5000) + `"no"` + strings.Repeat("}", 5000), maxRead + 1}, // it isn't decoded
		"deeper":   {strings.Repeat("[", 100_000), maxRead + 1},
	} {
		got := decodeError(nil, []byte(test.body))
		if strings.HasPrefix(got.message, test.body) {
			t.Errorf("%s is not JSON", name)
		}
		if len(got.fields) > maxFields || len(got.message) > test.most {
			t.Errorf("%s: %d fields, message of %d", name, len(got.fields), len(got.message))
		}
	}
}

// TestErrorIsBounded: whatever the vendor says, a person can read it.
func TestErrorIsBounded(t *testing.T) {
	t.Parallel()
	c := New(Options{Vendor: "Vendor"})
	e := &Error{Status: 400, Message: strings.Repeat("é", 5000), RequestID: strings.Repeat("i", 5000)}
	for range maxFields {
		e.Fields = append(e.Fields, FieldError{Field: strings.Repeat("f", 500), Messages: []string{strings.Repeat("m", 500), "short"}})
	}
	_ = c.complete(Request{Operation: "create account"}, e)
	if len(e.Message) > maxMessage || len(e.RequestID) > maxMessage || len(e.Error()) > maxFieldText+3*maxMessage {
		t.Errorf("message %d, request id %d, all %d bytes", len(e.Message), len(e.RequestID), len(e.Error()))
	}
	if len(e.Fields) != 4 || e.Fields[0].Messages[0] != strings.Repeat("m", 500) {
		t.Errorf("%d fields: %v", len(e.Fields), e.Fields)
	}
	one := &Error{Fields: []FieldError{{Field: "f", Messages: slices.Repeat([]string{strings.Repeat("m", 500)}, maxFields)}}}
	_ = c.complete(Request{Operation: "create account"}, one)
	if len(one.Error()) > maxFieldText+maxMessage || len(one.Fields[0].Messages) != maxFieldText/500 {
		t.Errorf("%d messages about one field", len(one.Fields[0].Messages))
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	e := &Error{
		Vendor: "Gcore", Operation: "create account", Status: 400, Message: "See below", RequestID: "r-1",
		Fields: []FieldError{{"company", []string{"taken", "too long"}}, {"address.city", []string{"short"}}},
	}
	const want = "Gcore: create account: HTTP 400 Bad Request: See below: company: taken too long; address.city: short (request id r-1)"
	if e.Error() != want {
		t.Errorf("got %s", e)
	}
	if got := (&Error{Vendor: "V", Operation: "o", Status: 529}).Error(); got != "V: o: HTTP 529" {
		t.Errorf("got %s", got)
	}
}

// TestPlain: vendor text is one short line without anything that a terminal obeys.
func TestPlain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"as it is":      {"Company exists: Müller & Söhne, 株式会社 ≤ 3", "Company exists: Müller & Söhne, 株式会社 ≤ 3"},
		"lines":         {" one\r\n\ttwo\u2028three\u00a0four ", "one two three four"},
		"escapes":       {"\x1b[31mred\x1b[0m\x07 \x00bell", "[31mred[0m bell"},
		"C1 controls":   {"a\u009b31mb", "a31mb"},
		"directions":    {"evil\u202egnp.exe\u2066x\u2069\u200f", "evilgnp.exex"},
		"invisible":     {"ac\u200bme\ufeff\u00ad", "acme"},
		"invalid UTF-8": {"caf\xe9", "caf�"},
		"markup":        {"<p>Bad <b class=\"x\">Gateway</b><br/></p>", "Bad Gateway"},
		"a page": {
			"<!DOCTYPE html><html><head><title>t</title><style>b{}</style></head><body>" +
				"<h1>502</h1><script>if(a<b){}</script>Bad&nbsp;Gateway &amp; more</body></html>",
			"502 Bad Gateway & more",
		},
		"a page, cut":     {"<html><body>Down<script>var a = 1;", "Down"},
		"a header":        {"<header>Down</header>", "Down"},
		"hidden markup":   {"&lt;script&gt;x&lt;/script&gt;", "x"},
		"comparison":      {"must be < 3 and > 1, <= 5", "must be < 3 and > 1, <= 5"},
		"our own mark":    {"a" + hiddenMark + "b", "ab"},
		"long":            {strings.Repeat("x", 2000), strings.Repeat("x", maxMessage-3) + "…"},
		"long, not ASCII": {strings.Repeat("é", 2000), strings.Repeat("é", (maxMessage-3)/2) + "…"},
		"long enough":     {strings.Repeat("x", maxMessage), strings.Repeat("x", maxMessage)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (&Scrubber{}).plain(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
