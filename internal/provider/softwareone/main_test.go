package softwareone_test

import (
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
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
func start(t *testing.T, o mock.Options) (*mock.Mock, *mockserver.Server, acctest.Environment) {
	t.Helper()
	m := mock.New(o)
	s := mockserver.Start(t, m)
	return m, s, acctest.Environment{"MPT_API_TOKEN": mock.DemoToken, "MPT_API_BASE_URL": s.URL}
}

// startProtocol starts a mock and a provider in process.
func startProtocol(t *testing.T, o mock.Options) (*mock.Mock, *mockserver.Server, *acctest.Protocol) {
	t.Helper()
	m, s, env := start(t, o)
	p := acctest.StartProtocol(t, env, nil)
	return m, s, p
}

// applied applies a configuration that must work without a word, and leave nothing to do.
func applied(t *testing.T, r *acctest.Resource, config Values) {
	t.Helper()
	if said := r.Apply(config); len(said) > 0 {
		t.Fatalf("apply: %s", said)
	}
	settled(t, r, config)
}

// settled fails the test where the next command, which is another process, finds anything to do.
func settled(t *testing.T, r *acctest.Resource, config Values) {
	t.Helper()
	r.Restart()
	r.Settled(config)
}

// hashed is how the mock records a token.
func hashed(token string) string { return mockserver.Hash("Bearer " + token) }
