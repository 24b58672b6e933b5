package mockapi

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// client uses a connection for each request, so that none outlives its test.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// call sends a request with an Authorization header and decodes the reply.
func call[T any](t *testing.T, method, url, authorization string) T {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", authorization)
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(body, &v); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, url, resp.StatusCode, body)
	}
	return v
}

// login returns the Authorization header of a Fortanix session.
func login(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(fortanix.DemoUsername, fortanix.DemoPassword)
	session := call[struct {
		Token string `json:"access_token"`
	}](t, http.MethodPost, url+"/v1/sys/auth", r.Header.Get("Authorization"))
	return "Bearer " + session.Token
}

func serve(t *testing.T) *Vendors {
	t.Helper()
	v, err := Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

// The sellers that seeded accounts name are there to be found.
func TestSeedSellers(t *testing.T) {
	t.Parallel()
	v := serve(t)
	v.Seed(20, 1)
	type listed struct{ Results []map[string]any }
	sellers := call[listed](t, "GET", v.URL+"/iam/admin/sellers?limit=100", "APIKey "+gcore.DemoAPIKey).Results
	known := map[any]bool{nil: true}
	for _, s := range sellers {
		known[s["id"]] = true
	}
	for _, c := range call[listed](t, "GET", v.URL+"/iam/clients?limit=100", "APIKey "+gcore.DemoAPIKey).Results {
		if !known[c["seller"]] {
			t.Errorf("account %v has seller %v", c["id"], c["seller"])
		}
	}
	if len(sellers) != 5 {
		t.Errorf("%d sellers", len(sellers))
	}
}

func TestServe(t *testing.T) {
	t.Parallel()
	v := serve(t)
	v.Seed(2, 1)
	v.SetLatency(5 * time.Millisecond)

	began := time.Now()
	call[any](t, "GET", v.URL+"/iam/clients", "APIKey "+gcore.DemoAPIKey)
	call[any](t, "GET", v.URL+"/public/v1/accounts/accounts", "Bearer "+softwareone.DemoToken)
	call[any](t, "GET", v.URL+"/v1/accounts", login(t, v.URL))
	if took := time.Since(began); took < 20*time.Millisecond {
		t.Errorf("four replies took %s", took)
	}
	for i, want := range []int{1, 1, 2} {
		s := v.Servers()[i]
		if got := len(s.Requests()); got != want || len(s.Violations()) > 0 {
			t.Errorf("server %d saw %d requests, want %d; violations %q", i, got, want, s.Violations())
		}
	}
	resp, err := client.Get(v.URL + "/other")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("/other: %d", resp.StatusCode)
	}
	for _, variable := range v.Environment() {
		if name, value, _ := strings.Cut(variable, "="); value == "" || strings.HasSuffix(name, "_URL") && value != v.URL {
			t.Errorf("variable %s", variable)
		}
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	v, err := Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	arrived, answered := make(chan struct{}), make(chan struct{})
	v.GcoreServer.Inject(mockserver.Fault{Delay: time.Hour, Before: func() { close(arrived) }})
	go func() {
		defer close(answered)
		if resp, err := client.Get(v.URL + "/iam/clients"); err == nil {
			_ = resp.Body.Close()
			t.Errorf("answered with %d", resp.StatusCode)
		}
	}()
	<-arrived
	if err := v.Close(); err != nil {
		t.Error(err)
	}
	<-answered
}

// TestSeedsKeepTheContract lists everything that was seeded under the contract's eye.
func TestSeedsKeepTheContract(t *testing.T) {
	t.Parallel()
	const n = 100
	type object = map[string]any
	g := gcore.New(gcore.Options{})
	SeedGcore(g, n, 7)
	gs := mockserver.Start(t, g)
	// Next to the seeded clients: the demo member's.
	if got := len(call[[]object](t, "GET", gs.URL+"/iam/clients", "APIKey "+gcore.DemoAPIKey)); got != 2*n+1 {
		t.Errorf("Gcore lists %d clients", got)
	}
	if got := len(call[[]object](t, "GET", gs.URL+"/iam/users", "APIKey "+gcore.DemoAPIKey)); got != n+1 {
		t.Errorf("Gcore lists %d users", got)
	}

	m := softwareone.New(softwareone.Options{})
	SeedSoftwareOne(m, n, 7)
	ms := mockserver.Start(t, m)
	type page struct{ Data []object }
	listed := 0
	for _, kind := range []string{"Client", "Vendor"} {
		url := ms.URL + `/public/v1/accounts/accounts?eq(type,"` + kind + `")&limit=100&select=audit,groups`
		listed += len(call[page](t, "GET", url, "Bearer "+softwareone.DemoToken).Data)
	}
	if listed != n {
		t.Errorf("SoftwareOne lists %d accounts", listed)
	}

	f := fortanix.New(fortanix.Options{})
	SeedFortanix(f, n, 7)
	fs := mockserver.Start(t, f)
	listing := call[any](t, "GET", fs.URL+"/v1/accounts", login(t, fs.URL))
	if items, ok := listing.(object)["items"].([]any); !ok || len(items) != n {
		t.Errorf("Fortanix lists %v", listing)
	}
}

func TestSeedsRepeat(t *testing.T) {
	t.Parallel()
	names := func(seed uint64) []string {
		m := softwareone.New(softwareone.Options{})
		SeedSoftwareOne(m, 30, seed)
		var names []string
		for _, a := range m.All() {
			names = append(names, a.Name)
		}
		return names
	}
	if !reflect.DeepEqual(names(1), names(1)) || reflect.DeepEqual(names(1), names(2)) {
		t.Error("a seed is to give its own accounts, always")
	}
}
