package fortanix_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const absentID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"

// everything is a create that uses every field.
func everything() fortanix.NewAccount {
	acme := oauth("Acme", "acme-1", "acme-secret")
	acme.OAuth.IDPRequiresBasicAuth = true
	acme.OAuth.IDPUserinfoEndpoint = new("https://idp.example.com/userinfo")
	acme.OAuth.TLS = fortanix.TLS{Mode: fortanix.TLSRequired, Required: &fortanix.TLSRequiredOptions{
		ValidateHostname: true, CA: fortanix.CA{Pinned: []string{b64("CA 1"), b64("CA 2")}},
		ClientCert: new(b64("certificate")), ClientKey: transport.NewSecret(b64("the client's key")),
	}}
	roots := oauth("Roots", "roots-1", "roots-secret")
	roots.OAuth.TLS = fortanix.TLS{Mode: fortanix.TLSRequired, Required: &fortanix.TLSRequiredOptions{
		CA: fortanix.CA{Set: new(fortanix.CASetGlobalRoots)},
	}}
	plain := oauth("Plain", "plain-1", "plain-secret")
	plain.OAuth.TLS.Mode = fortanix.TLSDisabled
	return fortanix.NewAccount{
		Name: "Acme", CustomLogo: wire.Value(png("logo")), Component: new(fortanix.ComponentConfidentialAI),
		NodeEnrollment: &fortanix.NodeEnrollment{AttestationEnforcementDisabledInsecure: true},
		AuthConfigs:    []fortanix.AuthConfig{password(true), acme, cluster("entra"), roots, plain, oauth("Plain", "plain-2", "secret-2")},
	}
}

func TestCreateSendsEverything(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"as documented":           {},
		"secrets masked":          {Secrets: mock.SecretsMasked},
		"secrets omitted":         {Secrets: mock.SecretsOmitted},
		"milliseconds":            {CreatedMillis: true},
		"logos in lines":          {Logos: mock.LogosWrapped},
		"with a selected account": {RequireSelected: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, options)
			want := everything()
			made, err := l.CreateAccount(t.Context(), want)
			if err != nil {
				t.Fatal(err)
			}
			l.count(1, create)
			l.count(2, "* *")

			stored, _ := l.mock.Get(made.ID)
			if len(stored.AuthConfigs) != len(want.AuthConfigs) {
				t.Errorf("%d auth configs are stored, want %d", len(stored.AuthConfigs), len(want.AuthConfigs))
			}
			secrets := map[string]string{}
			for _, config := range stored.AuthConfigs {
				if config.OAuth != nil {
					secrets[config.OAuth.ClientID] = config.OAuth.ClientSecret
					if r := config.OAuth.TLS.Required; r != nil && r.ClientKey != "" {
						secrets["key"] = r.ClientKey
					}
				}
			}
			if diff := cmp.Diff(map[string]string{
				"acme-1": "acme-secret", "key": b64("the client's key"), "roots-1": "roots-secret", "plain-1": "plain-secret",
				"plain-2": "secret-2",
			}, secrets); diff != "" {
				t.Errorf("secrets that have arrived (-want +got):\n%s", diff)
			}

			for _, got := range []fortanix.Account{made, l.read(made.ID)} {
				if got.Name != want.Name || *got.Component != *want.Component || *got.NodeEnrollment != *want.NodeEnrollment ||
					*got.CreatedAt != stored.CreatedAt.Unix() || *got.AccountStatus != fortanix.AccountActive {
					t.Errorf("got %+v", got)
				}
				if !got.CustomLogo.Same(fortanix.NewLogo(png("logo"))) {
					t.Errorf("logo of %d bytes", got.CustomLogo.Size)
				}
				sent := fortanix.AuthConfigsUpdate{Want: want.AuthConfigs, Have: got.AuthConfigs}
				if changes := sent.Changes(got.AuthConfigs); !changes.IsEmpty() {
					t.Errorf("auth configs differ: %+v", changes)
				}
				for _, config := range got.AuthConfigs {
					if config.OAuth != nil && !config.OAuth.ClientSecret.IsEmpty() {
						t.Error("a reply's secret is kept")
					}
				}
			}
			if options.Secrets == mock.SecretsReturned && l.scrubber.Clean("a roots-secret b") != "a [redacted] b" {
				t.Error("the scrubber doesn't know a secret")
			}
		})
	}
}

func TestCreateSendsOnlyWhatIsGiven(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil {
		t.Fatal(err)
	}
	if got := string(l.server.Find(create)[0].Body); got != `{"name":"Acme"}` {
		t.Errorf("sent %s", got)
	}
}

// Texts from elsewhere come in lines and without padding; the server takes neither.
func TestBase64IsNormalised(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	logo := png("longer")
	if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{
		Name: "Acme", CustomLogo: wire.Value(logo[:8] + "\r\n" + strings.TrimRight(logo[8:], "=") + "\n"),
	}); err != nil {
		t.Fatal(err)
	}
	if got, _ := l.server.Find(create)[0].Field("/custom_logo"); got != logo {
		t.Errorf("sent %v, want %s", got, logo)
	}
}

func TestSecretIsNeeded(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	account := fortanix.NewAccount{Name: "Acme", AuthConfigs: []fortanix.AuthConfig{oauth("Acme", "1", "")}}
	if _, err := l.CreateAccount(t.Context(), account); err == nil || !strings.Contains(err.Error(), "client_secret") {
		t.Errorf("error is %v, want one that names client_secret", err)
	}
	l.count(0, "* *")
}

func TestReadAccountDetails(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{}, bulk)
	id := l.seed(1, func(a *mock.Account) {
		a.CustomLogo, a.Totals = png("logo"), mock.Totals{Datasets: 1, FinalWorkflows: 2, Nodes: 3}
	})[0]
	got, err := l.ReadAccountDetails(t.Context(), id)
	if err != nil || *got.Totals != (fortanix.Totals{Datasets: 1, FinalWorkflows: 2, Nodes: 3}) || got.CustomLogo.Base64 != png("logo") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestInvalidIDs(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	for _, id := range []string{
		"", "1", "../users", absentID + "/x", absentID + "\n", "{" + absentID + "}", strings.ReplaceAll(absentID, "-", ""),
	} {
		_, readErr := l.ReadAccount(t.Context(), id, witness.Witness{}, nil)
		_, detailsErr := l.ReadAccountDetails(t.Context(), id)
		_, updateErr := l.UpdateAccount(t.Context(), id, renamed("x"))
		for _, err := range []error{readErr, detailsErr, updateErr, l.DeleteAccount(t.Context(), id)} {
			if !errors.Is(err, fortanix.ErrInvalidID) {
				t.Errorf("%q: error is %v, want ErrInvalidID", id, err)
			}
		}
	}
	l.count(0, "* *")
	if err := fortanix.ValidID(strings.ToUpper(absentID)); err != nil {
		t.Error(err)
	}
}

// A reply of another account must never pass for the one that was asked for.
func TestWrongAccount(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	id := l.seed(1)[0]
	l.server.Inject(mockserver.Fault{On: get, Body: `{"acct_id":"` + absentID + `","name":"other"}`})
	if _, err := l.ReadAccount(t.Context(), id, witness.Witness{}, nil); err == nil || !strings.Contains(err.Error(), absentID) {
		t.Errorf("error is %v, want one that names both ids", err)
	}
	if l.clearAndRead(strings.ToUpper(id)).ID != id {
		t.Error("an id in capitals reads another account")
	}
}

func (l *lab) clearAndRead(id string) fortanix.Account {
	l.server.ClearFaults()
	return l.read(id)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options mock.Options
		fault   mockserver.Fault
		absent  bool
		status  int // of the error
		sent    int
		selects int
	}{
		"deleted":           {sent: 1},
		"not there":         {absent: true, sent: 1},
		"after selection":   {options: mock.Options{RequireSelected: true}, sent: 2, selects: 1},
		"refused for good":  {fault: mockserver.Fault{On: remove, Status: 403, Body: "no"}, status: 403, sent: 2, selects: 1},
		"selection refused": {options: mock.Options{GoneStatus: 403}, absent: true, status: 403, sent: 1, selects: 1},
		"selection finds no account": {
			fault: mockserver.Fault{On: remove, Status: 403, Body: "no"}, absent: true, status: 403, sent: 1, selects: 1,
		},
		"reply lost":   {fault: mockserver.Fault{On: remove, Effect: true, Reset: true, Times: 1}, sent: 2},
		"server error": {fault: mockserver.Fault{On: remove, Status: 503, Body: "busy", Times: 2}, sent: 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, tt.options)
			id := absentID
			if !tt.absent {
				id = l.seed(1)[0]
			}
			if tt.fault.On != "" {
				l.server.Inject(tt.fault)
			}
			err := l.DeleteAccount(t.Context(), id)
			if transport.StatusOf(err) != tt.status || (err != nil) != (tt.status != 0) {
				t.Errorf("error is %v, want status %d", err, tt.status)
			}
			l.count(tt.sent, remove)
			l.count(tt.selects, selects)
			if _, left := l.mock.Get(id); left != (tt.status == 403 && !tt.absent) {
				t.Errorf("still there: %v", left)
			}
		})
	}
}

// Selecting is one value in the server's session, so what needs it must not be mixed up with other selections.
func TestSelectionsExcludeEachOther(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{RequireSelected: true})
	ids := l.seed(10)
	parallel(10, func(i int) {
		if _, err := l.UpdateAccount(t.Context(), ids[i], renamed("new "+ids[i])); err != nil {
			t.Error(err)
		}
	})
	for _, id := range ids {
		if stored, _ := l.mock.Get(id); stored.Name != "new "+id {
			t.Errorf("%s is called %s", id, stored.Name)
		}
	}
	l.count(1, login)
	var selected string
	for _, r := range l.server.Requests() {
		switch id := r.Path[strings.LastIndex(r.Path, "/")+1:]; {
		case strings.Contains(r.Path, "select_account"):
			selected = id
		case r.Method == "PATCH" && r.Status == 200 && id != selected:
			t.Errorf("%s was changed while %s was selected", id, selected)
		}
	}
}

func TestCreateExactlyOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"connection reset":  {Reset: true},
		"connection closed": {Close: true},
		"cut body":          {Cut: true},
		"HTML page":         {Body: "<html>proxy</html>"},
		"no id":             {Body: `{"name":"Acme"}`},
		"500":               {Status: 500, Body: "sorry"},
		"503":               {Status: 503, Body: "busy"},
		"504":               {Status: 504},
	} {
		for offset, ahead := range map[string]time.Duration{"": 0, ", clock ahead": 5 * time.Minute, ", clock behind": -5 * time.Minute} {
			t.Run(name+offset, func(t *testing.T) {
				t.Parallel()
				l := start(t, mock.Options{CreateLag: 2})
				l.server.SetClockOffset(ahead)
				l.seed(45)
				fault := fault // each offset has its own
				fault.On, fault.Effect, fault.Times = create, true, 1
				l.server.Inject(fault)
				made, err := l.CreateAccount(t.Context(), everything())
				if err != nil {
					t.Fatal(err)
				}
				if stored := l.mock.Named("Acme"); len(stored) != 1 || stored[0].ID != made.ID {
					t.Errorf("%d accounts are there, want the one with id %s", len(stored), made.ID)
				}
				if made.CustomLogo.Base64 != png("logo") {
					t.Error("the account has been taken from a list item")
				}
				l.count(1, create)
			})
		}
	}
}

func TestCreateTakesNoOtherAccount(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*mock.Account){
		"created before":   func(a *mock.Account) { a.CreatedAt = time.Now().Add(-time.Minute) },
		"another spelling": func(a *mock.Account) { a.Name = " ACME " },
		"other component":  func(a *mock.Account) { a.Component = mock.ComponentDefault },
		"other enrollment": func(a *mock.Account) { a.AttestationDisabled = false },
		"other logo":       func(a *mock.Account) { a.CustomLogo = png("another") },
		"other auth configs": func(a *mock.Account) {
			a.AuthConfigs = map[string]mock.AuthConfig{absentID: {Cluster: &mock.ClusterRef{TargetID: "other"}}}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			var other mock.Account
			l.server.Inject(mockserver.Fault{On: create, Reset: true, Before: func() {
				account := mock.Account{
					Name: "Acme", Component: mock.ComponentConfidentialAI, CreatedAt: time.Now().Add(time.Second),
					NodeEnrollment: mock.NodeEnrollment{AttestationDisabled: true},
				}
				change(&account)
				other = l.mock.Seed(account)
			}})
			_, err := l.CreateAccount(t.Context(), everything())
			if err == nil || !strings.Contains(err.Error(), other.ID) {
				t.Errorf("error is %v, want one that names %s", err, other.ID)
			}
			l.count(1, create)
		})
	}
}

func TestDuplicateNameNamesTheOther(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 409} {
		l := start(t, mock.Options{DuplicateStatus: status, DuplicateFold: true})
		other := l.mock.Seed(mock.Account{Name: "ACME"})
		_, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
		if !transport.IsStatus(err, status) || !strings.Contains(err.Error(), other.ID) || transport.Unclear(err) {
			t.Errorf("error is %v, want a clear %d that names %s", err, status, other.ID)
		}
		l.count(1, create)
	}
}

func TestAuthConfigsAreInOrder(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{EmptyConfigs: true})
	id := l.seed(1, func(a *mock.Account) {
		a.AuthConfigs = map[string]mock.AuthConfig{
			"c" + absentID[1:]: {Cluster: &mock.ClusterRef{TargetID: "3"}},
			"a" + absentID[1:]: {Cluster: &mock.ClusterRef{TargetID: "1"}},
			"b" + absentID[1:]: {Cluster: &mock.ClusterRef{TargetID: "2"}},
		}
	})[0]
	if !slices.IsSortedFunc(l.read(id).AuthConfigs, func(a, b fortanix.AuthConfig) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the auth configs come in another order each time")
	}
}
