package softwareone_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/kit"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// What the mock is asked for.
const (
	posts   = "POST /public/v1/accounts/accounts"
	lists   = "GET /public/v1/accounts/accounts"
	gets    = "GET /public/v1/accounts/accounts/*"
	puts    = "PUT /public/v1/accounts/accounts/*"
	actions = "POST /public/v1/accounts/accounts/*/*"
)

// Values is short for what in-process tests write as configuration.
type Values = acctest.Values

// start starts a mock of SoftwareOne for one test, and the environment in which a provider finds it.
func start(t *testing.T, o mock.Options) (*mock.Mock, *kit.Server, acctest.Environment) {
	t.Helper()
	m := mock.New(o)
	s := kit.Start(t, m)
	return m, s, acctest.Environment{"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL}
}

// startProtocol starts a mock and a provider in process.
func startProtocol(t *testing.T, o mock.Options) (*mock.Mock, *kit.Server, *acctest.Protocol) {
	t.Helper()
	m, s, env := start(t, o)
	p, said := acctest.NewProtocol(t, env, nil)
	if len(said) > 0 {
		t.Fatal(said)
	}
	return m, s, p
}

// with returns values with some changed; nil takes one out.
func with(values Values, changes Values) Values {
	all := maps.Clone(values)
	for name, value := range changes {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

// applied applies a configuration that must work without a word, and leave nothing to do.
func applied(t *testing.T, r *acctest.Resource, config Values) {
	t.Helper()
	if said := r.Apply(config); len(said) > 0 {
		t.Fatalf("apply: %s", said)
	}
	settled(t, r, config)
}

// settled tells a test of what there is to do after a refresh; nothing is right.
func settled(t *testing.T, r *acctest.Resource, config Values) {
	t.Helper()
	r.Restart()
	if said := r.Refresh(); len(said) > 0 {
		t.Fatalf("refresh: %s", said)
	}
	plan := r.Plan(config)
	if plan.Action != "" || len(plan.Diagnostics) > 0 {
		t.Fatalf("there is still something to do: %q\nstate %v\nplan  %v\n%s", plan.Action, r.State(), plan.Values, plan.Diagnostics)
	}
}

// refused checks that an operation failed with each of these words, and sent nothing that changes anything.
func refused(t *testing.T, s *kit.Server, said acctest.Diagnostics, words ...string) {
	t.Helper()
	if len(said.Errors()) == 0 {
		t.Errorf("it was not refused: %s", said)
	}
	contains(t, said, words...)
	if n := changes(s); n > 0 {
		t.Errorf("%d requests that change something were sent", n)
	}
}

// contains checks that diagnostics hold each of these words.
func contains(t *testing.T, said acctest.Diagnostics, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(said.String(), w) {
			t.Errorf("nothing about %q in:\n%s", w, said)
		}
	}
}

// changes counts the requests that may change something at the vendor.
func changes(s *kit.Server) int {
	return s.Count("POST *") + s.Count("PUT *") + s.Count("DELETE *") + s.Count("PATCH *")
}
