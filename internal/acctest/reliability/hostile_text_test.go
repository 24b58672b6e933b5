package reliability_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// hostile is what the owner of an account can write into a name: escapes that change the terminal's title and clear it, an
// end of text, marks that turn its direction and that don't show, and lines that look like Terraform's own.
const hostile = "acme\x1b]0;x\a\x1b[2J\x00\u009b31m\u202e\u2066\u200b\ufeff\u2028\U000E0041\r\nError: forged\n\n  on main.tf line 1:\n"

// longest is what one message may have, in bytes: several texts of the vendor's, and ours.
const longest = 6 << 10

// Texts that are longer than anybody wants to read, the second by far.
var (
	long  = hostile + strings.Repeat("long ", longest/4)
	flood = hostile + strings.Repeat("flood ", 500_000)
)

// walk does everything with an account that exists, each in a provider that has read nothing yet, and returns what people
// get to see.
func (w *world) walk(t *testing.T, s subject, r *acctest.Resource) []string {
	t.Helper()
	var seen []string
	say := func(said acctest.Diagnostics) {
		for _, one := range said {
			seen = append(seen, one.Summary, one.Detail)
		}
		w.Restart()
	}
	fresh := func() *acctest.Resource {
		same := *r
		return &same
	}
	ask := func(typeName string, config Values) {
		_, said := w.Data(typeName, config)
		say(said)
	}
	list := func(typeName string, config Values) {
		for _, resources := range []bool{false, true} {
			listed, said := w.List(typeName, config, 0, resources)
			for _, one := range listed {
				seen = append(seen, one.DisplayName)
			}
			say(said)
		}
	}
	invoke := func(typeName string, config Values) {
		progress, said := w.Invoke(typeName, config)
		seen = append(seen, progress...)
		say(said)
	}
	open := func(typeName string, config Values) {
		opened, said := w.Open(typeName, config)
		if opened != nil {
			said = append(append(said, opened.Renew()...), opened.Close(t.Context())...)
		}
		say(said)
	}

	w.Restart()
	say(fresh().Refresh())
	say(fresh().Import(r.ID()))
	say(w.Resource(s.typeName).Apply(s.called("acme"))) // which exists already
	vendorName, _, _ := strings.Cut(s.typeName, "_")
	ask(vendorName+"_caller", Values{})
	ask(s.typeName, Values{"id": r.ID()})
	ask(s.typeName, s.lookup("acme"))
	ask(s.typeName+"s", Values{})
	ask(s.typeName+"s", s.lookup("acme"))
	list(s.typeName, Values{})
	switch s.typeName {
	case "gcore_account":
		service := Values{"account_id": r.ID(), "product": "CDN"}
		ask("gcore_account_services", Values{"account_id": r.ID()})
		ask("gcore_sellers", Values{})
		list("gcore_account_service", Values{"account_id": r.ID()})
		say(w.Resource("gcore_account_service").Apply(acctest.With(service, Values{"enabled": true})))
		say(w.Resource("gcore_account_service").Import(r.ID() + "/CDN"))
		open("gcore_account_token", Values{"account_id": r.ID()})
		open("gcore_api_token", Values{"account_id": r.ID(), "name": "ci"})
	case "gcore_reseller_user":
		invoke("gcore_renew_invitation", Values{"email": "acme@example.com"})
		invoke("gcore_reset_password", Values{"email": "acme@example.com" + hostile})
	case "softwareone_account":
		invoke("softwareone_validate_account", Values{"account_id": r.ID(), "external_id": "C-1"})
	case "fortanix_account":
		open("fortanix_session", Values{"account_id": r.ID()})
	}
	if s.rename != nil {
		changed := fresh()
		plan := changed.Plan(s.called("acme", s.rename))
		say(append(plan.Diagnostics, changed.Execute(plan)...))
	}
	say(fresh().Apply(nil))
	return seen
}

// lookup is what a data source takes to find an account by its name.
func (s subject) lookup(name string) Values {
	config := s.key(name)
	if s.typeName == "gcore_reseller_user" {
		delete(config, "company")
	}
	return config
}

// fields calls f for each value in a reply, and puts what it returns in its place. path is the names that lead to it,
// without those of listings, so that a listing's members and a single reply have the same paths.
func fields(value any, path string, f func(path string, value any) any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range maps.Clone(v) {
			under := path + "." + name
			if slices.Contains([]string{".results", ".data", ".items"}, under) {
				under = ""
			}
			v[name] = fields(member, under, f)
		}
	case []any:
		for i, element := range v {
			v[i] = fields(element, path, f)
		}
		return v
	}
	return f(path, value)
}

// altered applies f to the fields of every JSON reply.
func altered(f func(path string, value any) any) mockserver.Fault {
	return mockserver.Fault{Alter: func(body []byte) []byte {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		var reply any
		if decoder.Decode(&reply) != nil {
			return body
		}
		raw, err := json.Marshal(fields(reply, "", f))
		if err != nil {
			return body
		}
		return raw
	}}
}

// poison puts text in place of a value; into an object it goes as a name, of what another member has.
func poison(value any, text string) any {
	object, ok := value.(map[string]any)
	if !ok {
		return text
	}
	for _, name := range slices.Sorted(maps.Keys(object))[:min(1, len(object))] {
		object[text] = object[name]
	}
	return object
}

// unsafe says what is wrong with a text that reaches a terminal, "" where nothing is.
func unsafe(text string) string {
	if len(text) > longest {
		return fmt.Sprintf("%d bytes: %q", len(text), text[:200])
	}
	for _, r := range text {
		if r != '\n' && transport.Invisible(r) {
			return fmt.Sprintf("%U in %q", r, text)
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimLeft(line, " "); strings.HasPrefix(line, "Error:") || strings.HasPrefix(line, "on main.tf") {
			return fmt.Sprintf("a forged line in %q", text)
		}
	}
	return ""
}

// checkSafe checks what people saw, and what the provider's log and the request log have.
func checkSafe(t *testing.T, seen []string, log, requests string) {
	t.Helper()
	for line := range strings.Lines(log + requests) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Errorf("a line of a log is no JSON: %v", err)
			continue
		}
		for name, value := range entry {
			seen = append(seen, name, fmt.Sprint(value))
		}
	}
	for _, text := range seen {
		if problem := unsafe(text); problem != "" {
			t.Error(problem)
		}
	}
}

// watch has the provider write its logs, and returns what reads them.
func (w *world) watch(t *testing.T) func() (log, requests string) {
	t.Helper()
	var log bytes.Buffer
	file := filepath.Join(t.TempDir(), "requests")
	w.LogTo(&log)
	w.use(acctest.Environment{"ACCOUNTS_REQUEST_LOG": file})
	return func() (string, string) { return log.String(), read(t, file) }
}

// Nothing that a field of any reply holds reaches a terminal or a log as it is.
func TestHostileFields(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if s.member {
			return // the same client as the reseller's, and no field that the others' replies lack
		}
		paths := map[string]bool{}
		w := s.open(t, 0)
		w.server.Inject(altered(func(path string, value any) any {
			paths[path] = true
			return value
		}))
		w.watch(t)
		w.walk(t, s, w.made(t, s))
		if len(paths) < 25 {
			t.Fatalf("the replies have only these fields: %v", slices.Sorted(maps.Keys(paths)))
		}
		for path := range paths {
			fault := altered(func(at string, value any) any {
				if at == path {
					return poison(value, long)
				}
				return value
			})
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				for _, create := range []bool{true, false} {
					w := s.open(t, 0)
					logs := w.watch(t)
					var seen []string
					if create {
						w.server.Inject(fault)
						for _, one := range w.Resource(s.typeName).Apply(s.called("acme")) {
							seen = append(seen, one.Summary, one.Detail)
						}
					} else {
						r := w.made(t, s)
						w.server.Inject(fault)
						seen = w.walk(t, s, r)
					}
					log, requests := logs()
					checkSafe(t, seen, log, requests)
					w.server.Violations() // such as requests that repeat an id which is not one
				}
			})
		}
	})
}

// Nor does what a refusal, a gateway or a header says.
func TestHostileReplies(t *testing.T) {
	t.Parallel()
	inHeader := strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(hostile)
	header := http.Header{}
	for _, name := range []string{
		"Location", "Retry-After", "X-Request-Id", "Traceparent", "X-Correlation-Id", "Request-Id", "Www-Authenticate", "X-Deprecation",
		"X-Sunset", "Deprecation", "Sunset", "Content-Type",
	} {
		header.Set(name, inHeader)
	}
	inQuotes := inJSON(t, long)
	refused := func(text string) string {
		return strings.ReplaceAll(`{"title":TEXT,"message":TEXT,"detail":TEXT,"error":TEXT,"code":TEXT,"type":"https://x.example/",`+
			`"errors":{TEXT:[TEXT],"name":[TEXT]},"non_field_errors":[TEXT],TEXT:TEXT}`, "TEXT", text)
	}
	faults := map[string]mockserver.Fault{}
	for _, status := range []int{200, 302, 400, 401, 403, 404, 429} {
		faults[fmt.Sprint(status)] = mockserver.Fault{Status: status, Body: refused(inJSON(t, hostile)), Header: header}
	}
	for name, body := range map[string]string{
		"list": "[" + refused(inQuotes) + "," + inQuotes + "]", "text": inQuotes, "errors": `{"errors":[` + refused(inQuotes) + `]}`,
		"page": "<html><title>" + long + "</title><p>" + long + "</html>", "name twice": "{" + inQuotes + ":1," + inQuotes + ":2}",
		"flood": flood, "flood in a field": `{"message":` + inJSON(t, flood) + `}`,
	} {
		faults[name] = mockserver.Fault{Status: http.StatusBadRequest, Body: body}
	}
	faults["flood, which succeeds"] = mockserver.Fault{Body: flood}
	each(t, func(s subject) {
		t := s.T
		if s.member {
			return // as above
		}
		for name, fault := range faults {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := s.open(t, 0)
				logs := w.watch(t)
				r := w.made(t, s)
				w.server.Inject(fault)
				seen := w.walk(t, s, r)
				log, requests := logs()
				checkSafe(t, seen, log, requests)
			})
		}
	})
}
