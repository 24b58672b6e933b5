package fortanix_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func TestUpdateSendsOnlyWhatChanges(t *testing.T) {
	t.Parallel()
	order := make([]int64, 23)
	for i := range order {
		order[i] = int64(22 - i)
	}
	logo := png("logo")
	tests := map[string]struct {
		update fortanix.AccountUpdate
		want   string
	}{
		"name":             {renamed("new"), `{"name":"new"}`},
		"logo":             {fortanix.AccountUpdate{CustomLogo: wire.Value(logo + "\n")}, `{"custom_logo":"` + logo + `"}`},
		"no logo":          {fortanix.AccountUpdate{CustomLogo: wire.Value("")}, `{"custom_logo":""}`},
		"default group":    {fortanix.AccountUpdate{DefaultGroupID: wire.Value(absentID)}, `{"default_group_id":"` + absentID + `"}`},
		"market group":     {fortanix.AccountUpdate{MarketplaceGroupID: wire.Value(absentID)}, `{"marketplace_group_id":"` + absentID + `"}`},
		"status":           {fortanix.AccountUpdate{AccountStatus: wire.Value(fortanix.AccountDeactivated)}, `{"account_status":"Deactivated"}`},
		"priority":         {fortanix.AccountUpdate{AzureCVMPCRPriority: wire.Value(order)}, `{"azure_cvm_pcr_priority":` + encode(order) + `}`},
		"add":              {configs(password(true)), `{"add_auth_configs":[{"password":{"require_2fa":true,"administrators_only":false}}]}`},
		"add a reference":  {configs(cluster("x")), `{"add_auth_configs":[{"cluster_auth_ref":{"target_id":"x"}}]}`},
		"nothing, no sort": {configs(), ``},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			id := l.seed(1)[0]
			got, err := l.UpdateAccount(t.Context(), id, tt.update)
			if err != nil {
				t.Fatal(err)
			}
			var sent string
			for _, r := range l.server.Find(patch) {
				sent += string(r.Body)
			}
			if sent != tt.want {
				t.Errorf("sent %s, want %s", sent, tt.want)
			}
			if read := l.read(id); cmp.Diff(got, read) != "" {
				t.Errorf("the update returns another account than a read:\n%s", cmp.Diff(got, read))
			}
		})
	}
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// secretsOf returns the OAuth secrets that the server holds, by client id.
func (l *lab) secretsOf(id string) map[string]string {
	account, _ := l.mock.Get(id)
	secrets := map[string]string{}
	for _, config := range account.AuthConfigs {
		if config.OAuth != nil {
			secrets[config.OAuth.ClientID] = config.OAuth.ClientSecret
		}
	}
	return secrets
}

func TestUpdateAuthConfigs(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{Secrets: mock.SecretsMasked})
	made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme", AuthConfigs: []fortanix.AuthConfig{
		password(false), oauth("A", "1", "secret-1"), oauth("B", "2", "secret-2"), cluster("entra"),
	}})
	if err != nil {
		t.Fatal(err)
	}

	// In another order, one changed, one gone, one new; the secret that goes with each is its own. What the caller has
	// not seen stays.
	changed := oauth("A", "1", "secret-1-new")
	changed.OAuth.IDPIconURL = "https://idp.example.com/new.png"
	update := configs(oauth("B", "2", "not to be sent"), changed, oauth("C", "3", "secret-3"), password(false))
	update.AuthConfigs.Have = made.AuthConfigs
	l.mock.Change(made.ID, func(a *mock.Account) {
		a.AuthConfigs[absentID] = mock.AuthConfig{Cluster: &mock.ClusterRef{TargetID: "another actor's"}}
	})
	if _, err := l.UpdateAccount(t.Context(), made.ID, update); err != nil {
		t.Fatal(err)
	}
	sent := l.server.Find(patch)[0]
	var body map[string]json.RawMessage
	if err := json.Unmarshal(sent.Body, &body); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(body)); !slices.Equal(got, []string{"add_auth_configs", "del_auth_configs", "mod_auth_configs"}) {
		t.Errorf("sent %v", got)
	}
	if diff := cmp.Diff(map[string]string{"1": "secret-1-new", "2": "secret-2", "3": "secret-3"}, l.secretsOf(made.ID)); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	if stored, _ := l.mock.Get(made.ID); len(stored.AuthConfigs) != 5 || stored.AuthConfigs[absentID].Cluster == nil {
		t.Errorf("left are %+v", stored.AuthConfigs)
	}
	l.count(0, get)

	// A secret that is the only change shows nowhere; ids that the caller knows save the read.
	l.server.Reset()
	update.AuthConfigs.Want[0] = oauth("B", "2", "secret-2-new")
	update.AuthConfigs.Resend = []fortanix.AuthKey{update.AuthConfigs.Want[0].Key()}
	update.AuthConfigs.Have = l.read(made.ID).AuthConfigs
	l.server.Reset()
	if _, err := l.UpdateAccount(t.Context(), made.ID, update); err != nil {
		t.Fatal(err)
	}
	l.count(1, "* *")
	if got := l.secretsOf(made.ID)["2"]; got != "secret-2-new" {
		t.Errorf("the secret is %s", got)
	}
}

// Nothing that has been done is done twice, whatever becomes of the reply.
func TestUnclearUpdate(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]mockserver.Fault{
		"done, connection reset": {Effect: true, Reset: true},
		"done, cut body":         {Effect: true, Cut: true},
		"done, 500":              {Effect: true, Status: 500, Body: "sorry"},
		"done, HTML page":        {Effect: true, Body: "<html>proxy</html>"},
		"not done, reset":        {Reset: true},
		"not done, 503":          {Status: 503, Body: "busy"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme", AuthConfigs: []fortanix.AuthConfig{
				password(false), oauth("A", "1", "secret-1"),
			}})
			if err != nil {
				t.Fatal(err)
			}
			fault.On, fault.Times = patch, 1
			l.server.Inject(fault)
			update := configs(password(true), cluster("entra"))
			update.Name = wire.Value("new")
			update.AuthConfigs.Have = made.AuthConfigs
			got, err := l.UpdateAccount(t.Context(), made.ID, update)
			if err != nil {
				t.Fatal(err)
			}
			stored, _ := l.mock.Get(made.ID)
			if len(stored.AuthConfigs) != 2 || stored.Name != "new" {
				t.Errorf("%q with %d auth configs, want new with 2", stored.Name, len(stored.AuthConfigs))
			}
			if missing := update.Left(got); !missing.IsEmpty() {
				t.Errorf("the reply lacks %+v", missing)
			}
			want := 2
			if fault.Effect {
				want = 1
			}
			l.count(want, patch)
		})
	}
}

// Another actor has done half of it meanwhile.
func TestUnclearUpdateSendsWhatIsMissing(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	id := l.seed(1, func(a *mock.Account) {
		a.AuthConfigs = map[string]mock.AuthConfig{absentID: {Password: &mock.PasswordConfig{}}}
	})[0]
	l.server.Inject(mockserver.Fault{On: patch, Times: 1, Reset: true, Before: func() {
		l.mock.Change(id, func(a *mock.Account) {
			a.Name = "new"
			a.AuthConfigs["a"+absentID[1:]] = mock.AuthConfig{Cluster: &mock.ClusterRef{TargetID: "entra"}}
		})
	}})
	update := configs(cluster("entra"))
	update.Name = wire.Value("new")
	update.AuthConfigs.Have = l.read(id).AuthConfigs
	if _, err := l.UpdateAccount(t.Context(), id, update); err != nil {
		t.Fatal(err)
	}
	if got := string(l.server.Find(patch)[1].Body); got != `{"del_auth_configs":["`+absentID+`"]}` {
		t.Errorf("sent %s", got)
	}
}

func TestUnclearUpdateEnds(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.server.Inject(mockserver.Fault{On: patch, Status: 500, Body: "sorry"})
	_, err := l.UpdateAccount(t.Context(), l.seed(1)[0], configs(password(true)))
	if !transport.IsStatus(err, 500) {
		t.Errorf("error is %v, want the 500", err)
	}
	l.count(5, patch)
}

func TestHarmlessUpdateIsRepeated(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.server.Inject(mockserver.Fault{On: patch, Effect: true, Reset: true, Times: 2})
	if _, err := l.UpdateAccount(t.Context(), l.seed(1)[0], renamed("new")); err != nil {
		t.Error(err)
	}
	l.count(3, patch)
	l.count(0, get)
}

func TestUpdateRefused(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	ids := l.seed(1)
	l.seed(1, func(a *mock.Account) { a.Name = "taken" })
	if _, err := l.UpdateAccount(t.Context(), ids[0], renamed("taken")); !transport.IsStatus(err, 400) {
		t.Errorf("error is %v, want 400", err)
	}
	if _, err := l.UpdateAccount(t.Context(), absentID, renamed("x")); !transport.IsNotFound(err) {
		t.Errorf("error is %v, want 404", err)
	}
	_, err := l.UpdateAccount(t.Context(), ids[0], configs(oauth("A", "1", "")))
	if err == nil || !strings.Contains(err.Error(), "client_secret") {
		t.Errorf("error is %v, want one that names client_secret", err)
	}
	l.count(2, patch)
}

// What the caller knows too little of is read first, and only what the caller knows is deleted.
func TestUpdateOfUnknownAuthConfigs(t *testing.T) {
	t.Parallel()
	stored := map[string]mock.AuthConfig{
		absentID:           {Password: &mock.PasswordConfig{}},
		"a" + absentID[1:]: {Cluster: &mock.ClusterRef{TargetID: "unseen"}},
		"b" + absentID[1:]: {Cluster: &mock.ClusterRef{TargetID: "seen"}},
	}
	for name, tt := range map[string]struct {
		have []fortanix.AuthConfig
		sent string
	}{
		"nothing is known": {nil, `{"mod_auth_configs":{"` + absentID + `":{"password":{"require_2fa":true,"administrators_only":false}}}}`},
		"one without an id": {
			[]fortanix.AuthConfig{cluster("seen"), cluster("gone")},
			`{"mod_auth_configs":{"` + absentID + `":{"password":{"require_2fa":true,"administrators_only":false}}},"del_auth_configs":["b` +
				absentID[1:] + `"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			id := l.seed(1, func(a *mock.Account) { a.AuthConfigs = maps.Clone(stored) })[0]
			update := configs(password(true))
			update.AuthConfigs.Have = tt.have
			if _, err := l.UpdateAccount(t.Context(), id, update); err != nil {
				t.Fatal(err)
			}
			l.count(1, get)
			if sent := l.server.Find(patch); len(sent) != 1 || string(sent[0].Body) != tt.sent {
				t.Errorf("sent %s, want %s", sent[0].Body, tt.sent)
			}
		})
	}
}

// A server that takes a request but not all that is in it.
func TestUpdateIgnored(t *testing.T) {
	t.Parallel()
	stored := map[string]mock.AuthConfig{
		absentID:           {Password: &mock.PasswordConfig{}},
		"a" + absentID[1:]: {Cluster: &mock.ClusterRef{TargetID: "x"}},
	}
	for name, tt := range map[string]struct {
		update fortanix.AccountUpdate
		fields []string
	}{
		"name and status": {
			fortanix.AccountUpdate{Name: wire.Value("new"), AccountStatus: wire.Value(fortanix.AccountDeactivated)},
			[]string{"name", "account_status"},
		},
		"logo":            {fortanix.AccountUpdate{CustomLogo: wire.Value(png("new"))}, []string{"custom_logo"}},
		"logo cleared":    {fortanix.AccountUpdate{CustomLogo: wire.Value("")}, []string{"custom_logo"}},
		"config added":    {configs(password(false), cluster("x"), cluster("y")), []string{"auth_configs"}},
		"config modified": {configs(password(true), cluster("x")), []string{"auth_configs"}},
		"config deleted":  {configs(password(false)), []string{"auth_configs"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			before := mock.Account{Name: "old", CustomLogo: png("old"), AuthConfigs: stored}
			id := l.mock.Seed(before).ID
			if tt.update.AuthConfigs != nil {
				tt.update.AuthConfigs.Have = l.read(id).AuthConfigs
			}
			l.server.Inject(mockserver.Fault{On: patch, Body: l.body(id)})
			got, err := l.UpdateAccount(t.Context(), id, tt.update)
			var fields []string
			if notKept, ok := errors.AsType[*wire.NotKeptError](err); ok {
				for _, difference := range notKept.Differences {
					fields = append(fields, difference.Field)
				}
			}
			if !slices.Equal(fields, tt.fields) || got.ID != id {
				t.Errorf("account %s, error %v, want one of %v", got.ID, err, tt.fields)
			}
			if len(fmt.Sprint(err)) > 300 || strings.Contains(fmt.Sprint(err), png("new")) {
				t.Errorf("the error shows too much: %v", err)
			}
			l.count(1, patch)
		})
	}
}

// body is the reply to a read of an account.
func (l *lab) body(id string) string {
	l.t.Helper()
	login := httptest.NewRequest(http.MethodPost, "/v1/sys/auth", nil)
	login.SetBasicAuth(mock.DemoUsername, mock.DemoPassword)
	session, read := httptest.NewRecorder(), httptest.NewRecorder()
	l.mock.ServeHTTP(session, login)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(session.Body.Bytes(), &token); err != nil {
		l.t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "/v1/accounts/"+id, nil)
	request.Header.Set("Authorization", "Bearer "+token.AccessToken)
	l.mock.ServeHTTP(read, request)
	return read.Body.String()
}

func TestLeft(t *testing.T) {
	t.Parallel()
	order := []int64{1, 0}
	status, group := fortanix.AccountActive, absentID
	whole := fortanix.Account{
		Name: "Acme ", CustomLogo: fortanix.NewLogo(png("1")), AccountStatus: &status, DefaultGroupID: &group,
		MarketplaceGroupID: &group, AzureCVMPCRPriority: order, AuthConfigs: []fortanix.AuthConfig{password(true)},
	}
	update := configs(password(true))
	update.AuthConfigs.Resend = []fortanix.AuthKey{password(true).Key()}
	update.Name, update.CustomLogo = wire.Value("acme"), wire.Value(png("1")+"\n")
	update.AccountStatus, update.AzureCVMPCRPriority = wire.Value(status), wire.Value(order)
	update.DefaultGroupID, update.MarketplaceGroupID = wire.Value(strings.ToUpper(group)), wire.Value(group)
	if got := update.Left(whole); !got.IsEmpty() {
		t.Errorf("missing %+v, want nothing", got)
	}
	if got := update.Left(fortanix.Account{}); got != update {
		t.Errorf("missing %+v, want all", got)
	}
	cleared := fortanix.AccountUpdate{CustomLogo: wire.Value("")}
	if !cleared.Left(fortanix.Account{}).IsEmpty() || cleared.Left(whole).IsEmpty() {
		t.Error("a logo that is cleared is missing where there is none, or not where there is one")
	}
}
