package fortanix_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

// Taken out of the configuration as a whole they stay at the vendor; set again, the plan doesn't show what the vendor has
// got since, so that stays until one does.
func TestAuthConfigsUnmanaged(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	r := p.Resource(accountType)
	managed, unmanaged := configs(password(true), oauth("a", "secret-a")), Values{"name": "Acme"}
	r.Applied(managed)
	before := stored(t, m, r)
	s.Reset()

	r.Apply(unmanaged).Warnings().Contain(t, "no longer managed", "auth_configs", r.ID())
	r.Settled(unmanaged)
	if n := acctest.Changes(s); n > 0 {
		t.Errorf("%d changes were sent", n)
	}
	m.Change(r.ID(), func(a *mock.Account) {
		a.AuthConfigs[someID] = mock.AuthConfig{Cluster: &mock.ClusterRef{TargetID: "unseen"}}
	})
	r.Settled(unmanaged)

	r.Plan(configs(oauth("a", ""))).Diagnostics.Refused(t, s, "needs its secrets")
	again := configs(password(false), oauth("a", "secret-a2"), cluster("entra"))
	if said := r.Apply(again); len(said) > 0 {
		t.Fatal(said)
	}
	if diff := cmp.Diff(map[string]string{"add_auth_configs": "cluster:entra", "mod_auth_configs": "oauth:a password"},
		patched(t, s, before)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if got := secrets(stored(t, m, r))["a"]; got != "secret-a2" {
		t.Errorf("the secret is %q", got)
	}

	s.Reset()
	r.Refresh()
	if plan := r.Plan(again); plan.Action != "update" {
		t.Errorf("the plan does not show what else the vendor has: %q", plan.Action)
	}
	before = stored(t, m, r)
	r.Applied(again)
	if diff := cmp.Diff(map[string]string{"del_auth_configs": "cluster:unseen"}, patched(t, s, before)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

// An import reads the configs once; their secrets are sent as soon as they get a version.
func TestAuthConfigsImported(t *testing.T) {
	t.Parallel()
	seed := func(m *mock.Mock) string {
		return m.Seed(mock.Account{Name: "Acme", AuthConfigs: map[string]mock.AuthConfig{
			someID: {Password: &mock.PasswordConfig{Require2FA: true}},
			otherID: {OAuth: &mock.OAuthConfig{
				Name: "a", IconURL: "https://idp.example/icon.png", AuthorizationEndpoint: "https://idp.example/authorize",
				TokenEndpoint: "https://idp.example/token", RequiresBasicAuth: true, ClientID: "client-of-a", ClientSecret: "theirs",
				TLS: mock.TLS{Required: &mock.TLSRequired{
					ValidateHostname: true, ClientKey: b64("their key"), ClientCert: b64("certificate"),
					CA: mock.CA{Pinned: []string{b64("one"), b64("two")}},
				}},
			}},
		}}).ID
	}
	for shown, mode := range map[string]mock.Secrets{
		"returned": mock.SecretsReturned, "masked": mock.SecretsMasked, "omitted": mock.SecretsOmitted,
	} {
		t.Run("secrets "+shown, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{Secrets: mode})
			r := p.Resource(accountType)
			if said := r.Import(seed(m)); len(said) > 0 {
				t.Fatal(said)
			}
			before := stored(t, m, r)
			r.Settled(configs(oauth("a", "", mutual("")), password(true))) // without secrets, in any order
			r.Applied(configs(oauth("a", "ours", mutual("our key")), password(true)))
			if diff := cmp.Diff(map[string]string{"mod_auth_configs": "oauth:a"}, patched(t, s, before)); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(map[string]string{"a": "ours", "a key": b64("our key")}, secrets(stored(t, m, r))); diff != "" {
				t.Errorf("the vendor's secrets (-want +got):\n%s", diff)
			}

			// Secrets and versions taken out again: they are no longer managed.
			s.Reset()
			r.Applied(configs(oauth("a", "", mutual("")), password(true)))
			if n := acctest.Changes(s); n > 0 {
				t.Errorf("%d changes were sent", n)
			}
		})
	}

	t.Run("not configured", func(t *testing.T) {
		t.Parallel()
		m, s, p := startProtocol(t, mock.Options{})
		r := p.Resource(accountType)
		if said := r.Import(seed(m)); len(said) > 0 {
			t.Fatal(said)
		}
		r.Apply(Values{"name": "Acme"}).Contain(t, "no longer managed")
		r.Settled(Values{"name": "Acme"}) // no later read fills them again
		if r.State()["auth_configs"] != nil {
			t.Errorf("the state has %v", r.State()["auth_configs"])
		}
		if n := acctest.Changes(s); n > 0 {
			t.Errorf("%d changes were sent", n)
		}
	})

	t.Run("none there", func(t *testing.T) {
		t.Parallel()
		m, _, p := startProtocol(t, mock.Options{EmptyConfigs: true})
		r := p.Resource(accountType)
		r.Import(m.Seed(mock.Account{Name: "Acme"}).ID)
		r.Settled(Values{"name": "Acme"})
	})
}
