package gcore_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// What the mock is asked for.
const (
	posts       = "POST *"
	getClient   = "GET /iam/clients/*"
	listClients = "GET /iam/clients"
	patchClient = "PATCH /iam/clients/*"
	getUser     = "GET /iam/users/*"
	listUsers   = "GET /iam/users"
	patchUser   = "PATCH /iam/users/*"
	deleteUser  = "DELETE /iam/users/*"
	products    = "/iam/products/availability/clients/*"
)

const (
	accountType = "gcore_account"
	userType    = "gcore_reseller_user"
	password    = "P4ss-\"word\\ü"
)

// Values is short for what in-process tests write as configuration.
type Values = acctest.Values

// world is the vendor's mock, and a provider in process that talks to it.
type world struct {
	*testing.T
	*mock.Mock
	*acctest.Protocol
	server *mockserver.Server
	env    acctest.Environment
}

// start starts a mock of Gcore for one test, and the environment in which a provider finds it as a reseller.
func start(t *testing.T, o mock.Options) (*mock.Mock, *mockserver.Server, acctest.Environment) {
	t.Helper()
	m := mock.New(o)
	s := mockserver.Start(t, m)
	return m, s, acctest.Environment{"GCORE_API_KEY": mock.DemoAPIKey, "GCORE_BASE_URL": s.URL}
}

// newWorld starts a mock and a provider in process.
func newWorld(t *testing.T, o mock.Options) *world {
	t.Helper()
	m, s, env := start(t, o)
	p := acctest.StartProtocol(t, env, nil)
	return &world{t, m, p, s, env}
}

// use goes on with another credential, in a new process.
func (w *world) use(key string) {
	w.Helper()
	w.env["GCORE_API_KEY"] = key
	w.Restart()
}

// count asserts how often requests that match arrived.
func (w *world) count(pattern string, want int) {
	w.Helper()
	if got := w.server.Count(pattern); got != want {
		w.Errorf("%d requests %q, want %d", got, pattern, want)
		for _, r := range w.server.Requests() {
			w.Logf("%s %s?%s → %d", r.Method, r.Path, r.Query, r.Status)
		}
	}
}

func text(id int64) string { return strconv.FormatInt(id, 10) }

// number is the id of a state's attribute.
func number(t *testing.T, id any) int64 {
	t.Helper()
	n, err := strconv.ParseInt(fmt.Sprint(id), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// same compares a state with the values wanted, and says where they differ.
func same(t *testing.T, got, want Values) {
	t.Helper()
	for name, value := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(value) {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
}
