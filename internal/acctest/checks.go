package acctest

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// With returns values with some changed; nil takes one out.
func With(values, changes Values) Values {
	all := maps.Clone(values)
	for name, value := range changes {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

// Applied applies a configuration that must work without a word, and leave nothing to do.
func (r *Resource) Applied(config Values) {
	r.t.Helper()
	if said := r.Apply(config); len(said) > 0 {
		r.t.Fatalf("apply: %s", said)
	}
	r.Settled(config)
}

// Settled fails the test where there is anything to do after a refresh.
func (r *Resource) Settled(config Values) {
	r.t.Helper()
	if said := r.Refresh(); len(said) > 0 {
		r.t.Fatalf("refresh: %s", said)
	}
	plan := r.Plan(config)
	if plan.Action != "" || len(plan.Diagnostics) > 0 {
		r.t.Fatalf("there is still something to do: %q\nstate %v\nplan  %v\n%s", plan.Action, r.State(), plan.Values, plan.Diagnostics)
	}
}

// Refused checks that an operation failed with each of these words, and sent nothing that changes anything.
func (d Diagnostics) Refused(t testing.TB, s *mockserver.Server, words ...string) {
	t.Helper()
	if len(d.Errors()) == 0 {
		t.Errorf("it was not refused: %s", d)
	}
	d.Contain(t, words...)
	if n := Changes(s); n > 0 {
		t.Errorf("%d requests that change something were sent", n)
	}
}

// Contain checks that diagnostics hold each of these words.
func (d Diagnostics) Contain(t testing.TB, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(d.String(), w) {
			t.Errorf("nothing about %q in:\n%s", w, d)
		}
	}
}

// Changes counts the requests that may change an account at the vendor; sessions don't count.
func Changes(s *mockserver.Server) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method != http.MethodGet && !strings.HasPrefix(r.Path, "/v1/sys/") {
			n++
		}
	}
	return n
}

// Unwrapped is what a command has printed, without the line breaks and frames that Terraform puts into its messages.
func (r Result) Unwrapped() string {
	return strings.Join(strings.Fields(strings.ReplaceAll(r.String(), "│", " ")), " ")
}
