package fortanix_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// What Fortanix's documentation leaves open: the same life passes whichever way it is.
func TestAccountModes(t *testing.T) {
	t.Parallel()
	changed := acctest.With(all(), Values{
		"name": "Acme 2", "custom_logo": png("other"), "account_status": "Active", "azure_cvm_pcr_priority": order(3),
		"auth_configs": []any{
			oauth("a", "secret-a2", Values{"client_secret_wo_version": 2}), password(false), oauth("c", "secret-c", mutual("key-c")),
		},
	})
	bare := Values{
		"name": "Acme 2", "auth_configs": changed["auth_configs"], "component": changed["component"], "deletion_policy": "delete",
	}
	life := []struct {
		name   string
		config Values
	}{{"create", all()}, {"change", changed}, {"bare", bare}, {"shorter", acctest.With(bare, Values{"auth_configs": []any{password(true)}})}}
	for name, options := range map[string]mock.Options{
		"as documented":           {},
		"short sessions":          {TokenLifetime: 2 * time.Second, SessionLifetime: 4 * time.Second},
		"session times in millis": {SessionMillis: true},
		"only Authorization":      {TokenHeader: "Authorization"},
		"only Authentication":     {TokenHeader: "Authentication"},
		"errors as JSON strings":  {Errors: mock.ErrorString},
		"names fold":              {DuplicateFold: true, DuplicateStatus: 409},
		"gone is 403":             {GoneStatus: 403},
		"writes need a selection": {RequireSelected: true},
		"names in capitals":       {NormalizeName: strings.ToUpper},
		"names with whitespace":   {NormalizeName: func(name string) string { return " " + strings.TrimSpace(name) + " " }},
		"defaults of the server":  {ServerDefaults: true},
		"creation in millis":      {CreatedMillis: true},
		"secrets masked":          {Secrets: mock.SecretsMasked},
		"secrets omitted":         {Secrets: mock.SecretsOmitted},
		"an empty logo":           {Logos: mock.LogosEmpty},
		"logos in lines":          {Logos: mock.LogosWrapped},
		"empty maps":              {EmptyConfigs: true},
		"partial lists":           {PartialList: true},
		"pages of one":            {DefaultPageSize: 1, MaxPageSize: 1, LostCursorEmpty: true},
		"all that is partial and short": {
			PartialList: true, EmptyConfigs: true, Logos: mock.LogosEmpty, Secrets: mock.SecretsOmitted, RequireSelected: true, MaxPageSize: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, options)
			r := p.Resource(accountType)
			id := ""
			for _, step := range life {
				r.Applied(step.config)
				if id == "" {
					id = r.ID()
				} else if r.ID() != id {
					t.Fatalf("%s: another account: %s, not %s", step.name, r.ID(), id)
				}
			}
			a := stored(t, m, r)
			if r.State()["created_at"] != int(a.CreatedAt.Unix()) || a.CustomLogo != "" || len(a.AuthConfigs) != 1 {
				t.Errorf("created_at is %v; the vendor has %+v", r.State()["created_at"], a)
			}
			last := life[len(life)-1].config
			imported := p.Resource(accountType)
			if said := imported.Import(id); len(said) > 0 {
				t.Fatalf("import: %s", said)
			}
			imported.Settled(acctest.With(last, Values{"deletion_policy": nil, "name": strings.TrimSpace(a.Name)}))
			if said := r.Apply(nil); len(said) > 0 || len(m.All()) > 0 {
				t.Errorf("destroy: %s", said)
			}
			if s.Count(posts) != 1 || s.Count(deletes) != 1 {
				t.Errorf("%d creates and %d deletes were sent", s.Count(posts), s.Count(deletes))
			}
		})
	}
}

// A new account that the vendor doesn't show yet stays in the state, in this process and the next.
func TestAccountLag(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"same process": false, "next process": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{CreateLag: 100})
			r := p.Resource(accountType)
			config := Values{"name": "Acme"}
			if said := r.Apply(config); len(said) > 0 {
				t.Fatal(said)
			}
			if restart {
				p.Restart()
			}
			r.Refresh().Errors().Contain(t, "can't be read yet", "stays in the state", r.ID())
			if r.State() == nil {
				t.Fatal("the account is in the state no more")
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent", n)
			}
		})
	}
}

// Gone is only what the vendor proves gone.
func TestAccountGone(t *testing.T) {
	t.Parallel()
	config := Values{"name": "Acme"}
	for name, test := range map[string]struct {
		options mock.Options
		before  func(m *mock.Mock, s *mockserver.Server, id string)
		gone    bool
		says    []string
	}{
		"deleted, no other is left": {before: func(m *mock.Mock, _ *mockserver.Server, id string) { m.Remove(id) },
			says: []string{"doesn't prove", "no other account of the same owner", "state rm"}},
		"deleted, others are left": {before: func(m *mock.Mock, _ *mockserver.Server, id string) {
			m.Seed(mock.Account{Name: "Other"})
			m.Remove(id)
		}, gone: true},
		"deleted, told as 403": {options: mock.Options{GoneStatus: 403},
			before: func(m *mock.Mock, _ *mockserver.Server, id string) { m.Remove(id) }, says: []string{"HTTP 403"}},
		"left the account": {before: func(m *mock.Mock, _ *mockserver.Server, id string) {
			m.Change(id, func(a *mock.Account) { a.Members = map[string]mock.Member{} })
		}, says: []string{"HTTP 403"}},
		"404, but listed": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: gets, Status: 404, Body: "account not found"})
		}, says: []string{"doesn't prove", "listing still shows it", "state rm"}},
		"404, listing forbidden": {before: func(m *mock.Mock, s *mockserver.Server, id string) {
			m.Remove(id)
			s.Inject(mockserver.Fault{On: lists, Status: 403, Body: "no"})
		}, says: []string{"doesn't prove", "listing that should confirm it failed"}},
		"404, listing fails": {before: func(m *mock.Mock, s *mockserver.Server, id string) {
			m.Remove(id)
			s.Inject(mockserver.Fault{On: lists, Status: 500, Body: "oops"})
		}, says: []string{"doesn't prove"}},
		"404, no listing": {before: func(m *mock.Mock, s *mockserver.Server, id string) {
			m.Remove(id)
			s.Inject(mockserver.Fault{On: lists, Body: "{}"})
		}, says: []string{"doesn't prove"}},
		"401": {before: func(m *mock.Mock, _ *mockserver.Server, _ string) {
			m.ExpireSessions()
			m.AddUser(mock.DemoUsername, "another password")
		}, says: []string{"HTTP 401", "fortanix.username"}},
		"500": {before: func(_ *mock.Mock, s *mockserver.Server, _ string) {
			s.Inject(mockserver.Fault{On: gets, Status: 500, Body: "oops"})
		}, says: []string{"HTTP 500"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, test.options)
			r := p.Resource(accountType)
			r.Applied(config)
			before := r.ID()
			for _, restart := range []bool{false, true} {
				if restart {
					p.Restart()
				} else {
					test.before(m, s, before)
				}
				said := r.Refresh()
				if !test.gone {
					said.Errors().Contain(t, append(test.says, before)...)
					if r.State() == nil {
						t.Fatal("the account was taken out of the state")
					}
				} else if said.Contain(t, "is gone", "removed from an account", before); len(said.Errors()) > 0 || r.State() != nil {
					t.Fatalf("the state has %v: %s", r.State(), said)
				}
				if test.gone {
					break
				}
			}
			if test.gone {
				if plan := r.Plan(config); plan.Action != "create" {
					t.Errorf("%q is planned", plan.Action)
				}
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent", n)
			}
		})
	}

	t.Run("state without identity", func(t *testing.T) {
		t.Parallel()
		m, _, p := startProtocol(t, mock.Options{})
		r := p.Resource(accountType)
		r.Applied(config)
		r.ForgetIdentity()
		m.Seed(mock.Account{Name: "Other"})
		m.Remove(r.ID())
		if said := r.Refresh(); len(said.Errors()) > 0 || r.State() != nil {
			t.Errorf("the state has %v: %s", r.State(), said)
		}
	})

	// Another user's credentials prove nothing about an account that this user has never seen.
	t.Run("another user", func(t *testing.T) {
		t.Parallel()
		m, _, env := start(t, mock.Options{ForeignStatus: 404})
		p, _ := acctest.NewProtocol(t, env, nil)
		r := p.Resource(accountType)
		r.Applied(config)
		m.AddUser("other@example.com", "other-password")
		env["FORTANIX_CCM_USERNAME"], env["FORTANIX_CCM_PASSWORD"] = "other@example.com", "other-password"
		p.Restart()
		m.Seed(mock.Account{Name: "Theirs", Members: map[string]mock.Member{"other@example.com": {Roles: []string{"MANAGER"}, Status: "ACTIVE"}}})
		r.Refresh().Errors().Contain(t, "doesn't prove", "no other account of the same owner", r.ID())
		if r.State() == nil {
			t.Error("the account was taken out of the state")
		}
	})
}
