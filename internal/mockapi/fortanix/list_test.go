package fortanix_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

func TestListPages(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{MaxPageSize: 3})
	ids := map[string]string{}
	for _, name := range []string{"d", "a", "c", "b"} {
		ids[name] = m.Seed(fortanix.Account{Name: name}).ID
	}
	m.Seed(fortanix.Account{Name: "foreign", Members: map[string]fortanix.Member{}})

	for query, want := range map[string]string{
		"":                                    "d a c",
		"?limit=2":                            "d a",
		"?limit=100":                          "d a c",
		"?scope=USER&previous_id=" + ids["c"]: "b",
		"?previous_id=" + ids["b"]:            "",
		"?sort_by=name:DESC":                  "d c b",
		"?sort_by=name:ASC&previous_id=" + ids["a"] + "&limit=2": "b c",
	} {
		if got := c.names(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	m.Configure(func(o *fortanix.Options) { o.DefaultPageSize, o.MaxPageSize = 1, 0 })
	if got := c.names(""); got != "d" {
		t.Errorf("default page: %q", got)
	}
	if got := c.names("?limit=100"); got != "d a c b" {
		t.Errorf("no maximum: %q", got)
	}

	m.Remove(ids["a"])
	c.want(http.StatusBadRequest, "GET", "/v1/accounts?previous_id="+ids["a"], "")
	m.Configure(func(o *fortanix.Options) { o.LostCursorEmpty = true })
	if got := c.names("?previous_id=" + ids["a"]); got != "" {
		t.Errorf("after a lost cursor: %q", got)
	}
}

func TestListSort(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	for i, name := range []string{"b", "c", "a", "d"} {
		m.Seed(fortanix.Account{Name: name, CreatedAt: epoch.AddDate(0, 0, -i/2)})
	}
	if got, want := c.names("?sort_by=created_at:ASC,name:DESC"), "d a c b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	byID := m.All()
	slices.SortFunc(byID, func(a, b fortanix.Account) int { return strings.Compare(a.ID, b.ID) })
	if got, want := c.names("?sort_by=acct_id:ASC&limit=1"), byID[0].Name; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestCreateLag(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{CreateLag: 3})
	a := c.create(`{"name":"a"}`)
	c.want(http.StatusNotFound, "GET", path(a), "")
	if got := c.names(""); got != "" {
		t.Errorf("lists %q", got)
	}
	c.want(http.StatusNotFound, "GET", path(a), "")
	c.want(http.StatusOK, "GET", path(a), "")
	m.Hide(a["acct_id"].(string), 1)
	if first, second := c.names(""), c.names(""); first != "" || second != "a" {
		t.Errorf("lists %q, then %q", first, second)
	}
}

func TestPartialList(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	a := c.create(`{"name":"a","custom_logo":"` + b64("\xff\xd8\xff") + `","auth_configs":[` + passwordConfig + `]}`)
	item := func() object { return c.want(http.StatusOK, "GET", "/v1/accounts", "")["items"].([]any)[0].(object) }
	if got := item(); compact(t, got) != compact(t, a) {
		t.Errorf("item %v, account %v", got, a)
	}
	m.Configure(func(o *fortanix.Options) { o.PartialList = true })
	delete(a, "custom_logo")
	delete(a, "auth_configs")
	if got := item(); compact(t, got) != compact(t, a) {
		t.Errorf("partial item %v", got)
	}
}
