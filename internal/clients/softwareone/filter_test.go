package softwareone_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// readings are the ways in which a server may read a filter.
var readings = map[string]struct {
	options mock.Options
	refuses func(query string) int // a status instead of a listing, 0 for none
}{
	"as the vendor's library":  {},
	"asterisks inside count":   {options: mock.Options{InnerWildcards: true}},
	"only A to Z have case":    {options: mock.Options{FoldsASCIIOnly: true}},
	"both":                     {options: mock.Options{InnerWildcards: true, FoldsASCIIOnly: true}},
	"filters are ignored":      {options: mock.Options{IgnoresFilters: true}},
	"filters are refused":      {refuses: func(query string) int { return when(strings.Contains(query, "("), 400) }},
	"long queries are refused": {refuses: func(query string) int { return when(len(query) > 150, 414) }},
}

func when(condition bool, status int) int {
	if condition {
		return status
	}
	return 0
}

// checkLookUp fails the test where a look-up by a name, or by an external id, misses its account in any reading.
func checkLookUp(t interface {
	Errorf(format string, args ...any)
}, collect func(*softwareone.Client, softwareone.Filter) ([]softwareone.Account, error), name string) {
	for reading, server := range readings {
		for _, stored := range []string{
			name, strings.ToUpper(name), strings.ToLower(name), " " + strings.ReplaceAll(name, " ", "\u00a0 ") + "\u00a0",
		} {
			if !softwareone.SameName(stored, name) {
				continue
			}
			m := mock.New(server.options)
			wanted := m.Seed(mock.Account{Name: stored, ExternalID: name})
			m.Seed(mock.Account{Name: "x" + name + "y"})
			c := directClient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				query := r.URL.RawQuery
				checkQuery(t, query)
				if server.refuses != nil && server.refuses(query) != 0 {
					w.WriteHeader(server.refuses(query))
					return
				}
				m.ServeHTTP(w, r)
			}))
			for _, filter := range []softwareone.Filter{
				{Name: name}, {ExternalID: name}, {Name: name, ExternalID: name, Type: "Client", Status: "Enabled"},
			} {
				found, err := collect(c, filter)
				if err != nil || len(found) != 1 || found[0].ID != wanted.ID {
					t.Errorf("%s: %+v for %q: found %v, %v", reading, filter, stored, found, err)
				}
			}
		}
	}
}

var safe = regexp.MustCompile(`^[A-Za-z0-9_.,()="%*~-]*$`)

// checkQuery fails the test where a query is not encoded, or too long.
func checkQuery(t interface {
	Errorf(format string, args ...any)
}, query string) {
	for part := range strings.SplitSeq(query, "&") {
		if !safe.MatchString(part) {
			t.Errorf("%q stands raw in the query", part)
		}
		if len(part) > 1200 || strings.Count(part, "ilike(name,") > 4 || strings.Count(part, "ilike(externalId,") > 4 {
			t.Errorf("a part has %d bytes: %s", len(part), part)
		}
	}
	if n := strings.Count(query, "&"); n > 3 {
		t.Errorf("the query has %d parts: %s", n+1, query)
	}
}

// usable reports whether configuration may have a name.
func usable(name string) bool {
	return strings.TrimSpace(name) != "" && utf8.RuneCountInString(name) <= 500 && utf8.ValidString(name) && !strings.Contains(name, "\x00")
}

// A look-up finds its account, whatever its name holds, and however the server reads a filter.
func FuzzLookUp(f *testing.F) {
	for _, name := range []string{
		`Acme`, `Acme Corp`, `Quote " double`, `Quote ' single`, `It's`, `Both " '`, `a,b`, `f(x)`, `),eq(type,"Operations"`, `\`, `a\*b`, `*`,
		`*a*`, `\*`, `Acme*Star`, `a & b`, `a&limit=0`,
		`#`, `+`, `a+b`, `%`, `%22`, `100%`, `${x}`, `%{if}`, "line\nbreak", "tab\there", "🚀 emoji", "👩‍🚀", "שלום עליכם", "مرحبا", "null()",
		"empty()", "ﬁ ligature", "İstanbul", "ß", "Straße",
		"STRASSE", "a  b", "\u00a0nbsp\u00a0", "Acme\u00a0Corp", "Cafe\u0301", "Café", "ÉCOLE", "株式会社アクメ", "ไทยแลนด์", "한국", "\xff", "name",
		"type", "K\u212a", "Σίσυφος",
		strings.Repeat("a", 500), strings.Repeat("ab ", 160), strings.Repeat("社", 500), strings.Repeat("é", 500),
		strings.Repeat("Longwordnumber ", 33),
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !usable(name) {
			return // refused before it gets here
		}
		checkLookUp(t, func(c *softwareone.Client, filter softwareone.Filter) ([]softwareone.Account, error) {
			return collect(t, c, filter, false)
		}, name)
	})
}

// The same for random names made of what is hard.
func TestLookUpOfRandomNames(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{
		"Acme", "a", "B2", "0", " ", "  ", "\u00a0", "\u3000", "*", `\`, `\*`, `"`, `'`, "(", ")", ",", "&", "=", "+", "%", "%20", "_", "-", ".",
		"é", "É", "e\u0301", "ß", "İ", "ı", "ſ", "Ж", "ж", "日本",
		"한", "ท", "ี", "🚀", "\u200d", "\ufe0f", "and(", "eq(", "name", "null()",
	})
	rapid.Check(t, func(rt *rapid.T) {
		name := strings.Join(rapid.SliceOfN(pieces, 1, 12).Draw(rt, "name"), "")
		if !usable(name) {
			return
		}
		checkLookUp(rt, func(c *softwareone.Client, filter softwareone.Filter) ([]softwareone.Account, error) {
			return collect(t, c, filter, false)
		}, name)
	})
}

// A mark belongs to the letter before it, and the two may be one character to the server.
func TestLookUpLeavesCharactersWhole(t *testing.T) {
	t.Parallel()
	var asked string
	c := directClient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RawQuery
		_, _ = w.Write([]byte(`{"data":[]}`))
	}))
	if _, err := collect(t, c, softwareone.Filter{Name: "Cafe\u0301 Corp e\u0301"}, false); err != nil {
		t.Fatal(err)
	}
	if want := `and(ilike(name,"*Corp*"),ilike(name,"*Caf*"))&`; !strings.HasPrefix(asked, want) {
		t.Errorf("asked %s, want %s", asked, want)
	}
}
