package reliability_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// Values is short for configuration.
type Values = acctest.Values

// subject is one kind of account under one kind of credential, and the test of it.
type subject struct {
	*testing.T
	name             string
	typeName         string
	post, get, list  string // what the vendor is asked for
	step             string // what follows the create call where followUp is configured; "" where nothing does
	empty            string // a listing with nothing in it
	member           bool   // the credential shows no more than ids and names, so that nothing can be proven
	cantGo           bool   // the vendor has no delete
	namesRepeat      bool   // the vendor takes a second account of a name
	key              func(name string) Values
	config, followUp Values // without the name
	rename           Values // a change that sends something
	open             func(t *testing.T, lag int) *world
}

// called is a configuration of an account of that name.
func (s subject) called(name string, more ...Values) Values {
	config := acctest.With(s.config, s.key(name))
	for _, m := range more {
		config = acctest.With(config, m)
	}
	return config
}

// vendor is what a test does to a vendor behind the provider's back.
type vendor interface {
	// named returns the ids of the accounts of that name.
	named(name string) []string
	// seed makes an account of that name and of the configured content, which somebody else created at that time.
	seed(name string, at time.Time) (id string)
	// remove deletes an account.
	remove(id string)
	// strangers are environments with good credentials that belong to somebody else.
	strangers() []acctest.Environment
}

// world is a vendor, and a provider in process that talks to it.
type world struct {
	*acctest.Protocol
	vendor
	server *mockserver.Server
	env    acctest.Environment
	clock  *acctest.Clock
}

// meet starts a vendor and a provider that finds it in the environment.
func meet(t *testing.T, v vendor, server *mockserver.Server, env acctest.Environment) *world {
	t.Helper()
	clock := &acctest.Clock{}
	p := acctest.StartProtocol(t, env, nil, provider.WithClock(clock))
	return &world{p, v, server, env, clock}
}

// use goes on with other credentials, in a new process.
func (w *world) use(env acctest.Environment) {
	maps.Copy(w.env, env)
	w.Restart()
}

// each runs a test for every subject.
func each(t *testing.T, test func(s subject)) {
	t.Helper()
	for _, s := range subjects() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.T = t
			test(s)
		})
	}
}

// created checks that exactly one account of that name exists and that the state has it.
func (w *world) created(t *testing.T, r *acctest.Resource, name string) {
	t.Helper()
	if ids := w.named(name); r.State() == nil || r.Tainted || !slices.Equal(ids, []string{r.ID()}) {
		t.Errorf("the vendor has %v of that name, the state %v, tainted %v", ids, r.State(), r.Tainted)
	}
}

// unclear checks that a create ended in an error that names these ids, each with an import block, and in no state.
func unclear(t *testing.T, r *acctest.Resource, said acctest.Diagnostics, ids ...string) {
	t.Helper()
	said.Errors().Contain(t, "is unclear")
	if len(ids) == 0 {
		said.Errors().Contain(t, "No such account was found")
	}
	for _, id := range ids {
		said.Errors().Contain(t, importBlock(r.Type, id))
	}
	if r.State() != nil {
		t.Errorf("the state has %v", r.State())
	}
}

func importBlock(typeName, id string) string {
	return fmt.Sprintf("import {\n    to       = %s.NAME\n    provider = accounts\n    id       = %q\n  }", typeName, id)
}

// posts checks how many create requests have arrived since the last time, and forgets them.
func (w *world) posts(t *testing.T, s subject, least, most int) {
	t.Helper()
	if n := w.server.Count(s.post); n < least || n > most {
		t.Errorf("%d create requests, want %d to %d", n, least, most)
	}
	w.server.Reset()
}
