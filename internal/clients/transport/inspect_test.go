package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// TestInspect: a key twice, in whatever case or spelling, and structures that cost more than they say are refused.
func TestInspect(t *testing.T) {
	t.Parallel()
	members := func(n int, last string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"k%d":{"id":%d},`, i, i)
		}
		return "{" + b.String() + last + "}"
	}
	for body, want := range map[string]string{
		`{}`: "", `[]`: "", `"x"`: "", `1`: "", `null`: "", `[ { } , [ ] , -1.5e+10 , true ]`: "",
		`{"id":1,"Name":"id","x":{"id":1},"y":[{"id":1},{"id":2}]}`: "",
		`{"a":"\"id\":","id":"\\","b":"\\\"","ID2":1}`:              "",
		`{"id":1,"id":2}`: `it has "id" more than once`,
		`{"id":1,"ID":2}`: `it has "ID" more than once`,
		`{"x":[{"y":{"id":{"id":1},"z":"}","Id":null}}]}`:                        `it has "Id" more than once`,
		`{"id":1,"\u0069d":2}`:                                                   `it has "\u0069d" more than once`,
		"{\"k\":1,\"\u212a\":2}":                                                 "more than once",
		`{"status":1,"ſtatus":2}`:                                                "more than once",
		`{"ключ":1,"КЛЮЧ":2}`:                                                    "more than once",
		members(100, `"id":1`):                                                   "",
		members(100, `"K7":1`):                                                   `it has "K7" more than once`,
		members(33, `"k32":1`):                                                   `it has "k32" more than once`,
		members(maxItems, `"id":1`):                                              "more than 20000 items",
		`{"results":[` + strings.Repeat("{},", maxItems-1) + `{}]}`:              "",
		`{"results":[` + strings.Repeat("{},", maxItems) + `{}]}`:                "results[20000]: a list or object of more than 20000 items",
		"[" + strings.Repeat("["+strings.Repeat("{},", 9999)+"{}],", 25) + "[]]": "more than 250000 lists and objects",
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth):            "",
		strings.Repeat(`[`, maxDepth+1) + strings.Repeat("]", maxDepth+1):        "nested more than 64 deep",
		`{"a":[{"id":` + strings.Repeat("9", maxNumeral) + `}]}`:                 "",
		`{"a":[{"id":` + strings.Repeat("9", 9_000_000) + `}]}`:                  "a[0].id: a number of 9000000 digits",
	} {
		if !json.Valid([]byte(body)) {
			t.Fatalf("%.100s is not JSON", body)
		}
		err := inspect([]byte(body))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.100s: %v, want %q", body, err, want)
		}
		if err != nil && len(err.Error()) > maxMessage+100 {
			t.Errorf("an error of %d bytes", len(err.Error()))
		}
	}
}

// TestExplain: a reply that doesn't fit is described in its own terms, without names of Go types.
func TestExplain(t *testing.T) {
	t.Parallel()
	type item struct {
		ID      int64             `json:"id"`
		Name    string            `json:"name"`
		Enabled *bool             `json:"enabled"`
		Score   float64           `json:"score"`
		Access  []struct{ X int } `json:"access"`
	}
	type page struct {
		Results []item          `json:"results"`
		Special []special       `json:"special"`
		Map     map[string]item `json:"map"`
	}
	for body, want := range map[string]string{
		`{"results":[1]}`:                                  "results[0]: expected an object, got a number",
		`{"results":[{},"x"]}`:                             "results[1]: expected an object, got text",
		`{"results":{}}`:                                   "results: expected a list, got an object",
		`{"results":[{"id":1},{"id":"7"}]}`:                "results[1].id: expected a whole number, got text",
		`{"results":[{"id":1.5}]}`:                         "results[0].id: expected a whole number, got 1.5",
		`{"results":[{"name":[]}]}`:                        "results[0].name: expected text, got a list",
		`{"results":[{"enabled":null},{"Enabled":"yes"}]}`: "results[1].Enabled: expected true or false, got text",
		`{"results":[{"score":true}]}`:                     "results[0].score: expected a number, got true or false",
		`{"results":[{"access":[{"X":1},{"X":{}}]}]}`:      "results[0].access[1].X: expected a whole number, got an object",
		`{"special":[{"name":"a"},{"name":1}]}`:            "special[1]: expected text, got a number",
		`[]`:                                               "expected an object, got a list",
		`7`:                                                "expected an object, got a number",
	} {
		err := json.Unmarshal([]byte(body), &page{})
		if err == nil {
			t.Fatalf("%s fits", body)
		}
		got := explain([]byte(body), err)
		if body == `{"special":[{"name":"a"},{"name":1}]}` {
			// The error of a decoder of its own has no path within.
			if !strings.HasSuffix(got, "expected text, got a number") {
				t.Errorf("%s: %s", body, got)
			}
		} else if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
		if strings.Contains(got, "transport") || strings.Contains(got, "Go ") {
			t.Errorf("%s: %s", body, got)
		}
	}
}

// special decodes itself, as many replies of vendors do.
type special struct{ name string }

// UnmarshalJSON implements json.Unmarshaler.
func (s *special) UnmarshalJSON(raw []byte) error {
	var in struct{ Name string }
	err := json.Unmarshal(raw, &in)
	s.name = in.Name
	return err
}

// TestReplyCosts: the memory that a reply takes stays in proportion to what is read of one.
func TestReplyCosts(t *testing.T) { //nolint:paralleltest // it measures memory
	type fat struct{ A, B, C, D, E, F, G, H [8]string }
	fill := func(start, item, end string) []byte {
		n := (maxReply - len(start) - len(end)) / len(item)
		return []byte(start + strings.Repeat(item, n) + end)
	}
	for name, tt := range map[string]struct {
		status int
		body   []byte
	}{
		"empty objects": {200, fill(`{"results":[{}`, ",{}", "]}")},
		"a number":      {200, fill(`{"results":[`, "9", "]}")},
		"a string":      {200, fill(`{"results":["`, "<&", `"]}`)},
		"deep":          {200, fill("", "[", "")},
		"an error, deep": {
			400, []byte(strings.Repeat(`{"a":`, 9000) + `"` + strings.Repeat("x", 150_000) + `"` + strings.Repeat("}", 9000)),
		},
		"an error, deep lists": {400, []byte(strings.Repeat(`[`, 9000) + `"` + strings.Repeat("x", 150_000) + `"` + strings.Repeat("]", 9000))},
		"an error, long":       {400, fill(`{"message":"`, "<b>&amp;", `"}`)},
	} {
		var before, after runtime.MemStats
		client := New(Options{Vendor: "Vendor"})
		client.Scrubber.Add(NewSecret("hunter2hunter2hunter2hunter2"))
		runtime.ReadMemStats(&before)
		var into struct{ Results []fat }
		_, failure := client.read(responseOf(tt.status, tt.body), Request{Into: &into}) //nolint:bodyclose // it closes nothing
		if failure == nil {
			t.Errorf("%s: no failure", name)
			continue
		}
		text := client.complete(Request{Operation: "list"}, failure).Error()
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > mostMemory {
			t.Errorf("%s: %d MB", name, took>>20)
		}
		if len(text) > 3*maxMessage {
			t.Errorf("%s: an error of %d bytes", name, len(text))
		}
	}
}

func BenchmarkInspect(b *testing.B) {
	var page bytes.Buffer
	page.WriteString(`{"$meta":{"pagination":{"offset":0,"limit":100,"total":100}},"data":[`)
	for i := range 100 {
		if i > 0 {
			page.WriteByte(',')
		}
		fmt.Fprintf(&page, `{"id":"ACC-%04d-0001","name":"Account number %d","type":"Client","status":"Active","externalId":"e-%d",`+
			`"address":{"addressLine1":"Street 1","city":"Town","country":"DE","postCode":"12345"},"technicalSupportEmail":"a@b.example",`+
			`"eligibility":{"client":true,"partner":false},`+
			`"audit":{"created":{"at":"2026-01-02T03:04:05.678Z","by":{"id":"TKN-1","name":"x"}}}}`, i, i, i)
	}
	page.WriteString("]}")
	for name, run := range map[string]func() error{
		"inspect": func() error { return inspect(page.Bytes()) },
		"valid":   func() error { json.Valid(page.Bytes()); return nil },
		"decode":  func() error { var v struct{ Data []map[string]any }; return json.Unmarshal(page.Bytes(), &v) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(page.Len()))
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The guide states the bounds.
func TestGuideStatesBounds(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/guides/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	thousands := func(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }
	for _, row := range []string{
		fmt.Sprintf("| one request | `request_timeout`, %.0f s |", defaultRequestTimeout.Seconds()),
		fmt.Sprintf("the `timeouts` of its operation; %.0f minutes where", maxOperation.Minutes()),
		fmt.Sprintf("| repeats of one request after a fault | %d |", maxRetries),
		fmt.Sprintf("| a reply, in bytes | %d MiB |", maxReply>>20),
		fmt.Sprintf("| %d in one another, %s items in one, %s in all |", maxDepth, thousands(maxItems), thousands(maxNested)),
		fmt.Sprintf("| a number in a reply | %d characters |", maxNumeral),
		fmt.Sprintf("its bytes, %d for each value, and %d for each list or object", itemSize, nestedSize),
		fmt.Sprintf("| %d KiB are read |", maxErrorReply>>10),
		"| a vendor's text in a message | " + thousands(maxMessage) + " characters",
	} {
		if !strings.Contains(string(page), row) {
			t.Errorf("it lacks %q", row)
		}
	}
}
