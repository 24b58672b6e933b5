package fortanix_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// configs is a configuration with these auth configs.
func configs(elements ...any) Values { return Values{"name": "Acme", "auth_configs": elements} }

// patched is what the one PATCH so far holds: for each of its auth config fields the keys of its elements in short, and
// the names of its other fields.
func patched(t *testing.T, s *mockserver.Server, before mock.Account) map[string]string {
	t.Helper()
	sent := s.Find(patches)
	if len(sent) != 1 || acctest.Changes(s) != 1 {
		t.Fatalf("%d updates and %d changes were sent, want one", len(sent), acctest.Changes(s))
	}
	body, _ := sent[0].Field("")
	fields, _ := body.(map[string]any)
	out := map[string]string{}
	for name, value := range fields {
		var keys []string
		switch v := value.(type) {
		case []any:
			for _, element := range v {
				if id, ok := element.(string); ok {
					keys = append(keys, short(before.AuthConfigs[id]))
				} else {
					keys = append(keys, shortOf(element))
				}
			}
		case map[string]any:
			for id, element := range v {
				if key := shortOf(element); key != short(before.AuthConfigs[id]) {
					t.Errorf("%s is sent under the id of %s", key, short(before.AuthConfigs[id]))
				}
				keys = append(keys, shortOf(element))
			}
		}
		slices.Sort(keys)
		out[name] = strings.Join(keys, " ")
	}
	return out
}

func short(c mock.AuthConfig) string {
	switch {
	case c.Password != nil:
		return "password"
	case c.OAuth != nil:
		return "oauth:" + c.OAuth.Name
	case c.Cluster != nil:
		return "cluster:" + c.Cluster.TargetID
	}
	return "?"
}

func shortOf(element any) string {
	e, _ := element.(map[string]any)
	for descriptor, value := range e {
		v, _ := value.(map[string]any)
		name, _ := v["idp_name"].(string)
		target, _ := v["target_id"].(string)
		return strings.TrimSuffix(strings.Replace(descriptor, "cluster_auth_ref", "cluster", 1)+":"+name+target, ":")
	}
	return "?"
}

// What a change of the list sends: what is added, modified and deleted, and nothing else.
func TestAuthConfigsChanges(t *testing.T) {
	t.Parallel()
	a, b := oauth("a", "secret-a"), oauth("b", "secret-b")
	icon := Values{"idp_icon_url": "https://idp.example/2.png"}
	for name, test := range map[string]struct {
		from, to []any
		want     map[string]string // nil: no request at all, and nothing in the plan
		secrets  map[string]string
	}{
		"reordered":             {from: []any{password(true), a, b}, to: []any{b, password(true), a}},
		"secret left out":       {from: []any{a}, to: []any{oauth("a", "", Values{"client_secret_wo_version": 1})}},
		"secret, same version":  {from: []any{a}, to: []any{oauth("a", "other")}, secrets: map[string]string{"a": "secret-a"}},
		"certificate in lines":  {from: []any{oauth("a", "s", mutual("k"))}, to: []any{oauth("a", "s", mutual("k"))}},
		"appended":              {from: []any{a}, to: []any{a, b}, want: map[string]string{"add_auth_configs": "oauth:b"}},
		"inserted at the front": {from: []any{a}, to: []any{cluster("x"), a}, want: map[string]string{"add_auth_configs": "cluster:x"}},
		"taken out":             {from: []any{a, password(true), b}, to: []any{a, b}, want: map[string]string{"del_auth_configs": "password"}},
		"password changed": {
			from: []any{a, password(true)}, to: []any{a, password(false)}, want: map[string]string{"mod_auth_configs": "password"},
		},
		"another target": {
			from: []any{cluster("x")}, to: []any{cluster("y")},
			want: map[string]string{"add_auth_configs": "cluster:y", "del_auth_configs": "cluster:x"},
		},
		"swapped, one changed": {
			from: []any{a, b}, to: []any{oauth("b", "secret-b"), oauth("a", "secret-a2", icon)},
			want: map[string]string{"mod_auth_configs": "oauth:a"}, secrets: map[string]string{"a": "secret-a2", "b": "secret-b"},
		},
		"swapped, both changed": {
			from: []any{a, b}, to: []any{oauth("b", "secret-b2", icon), oauth("a", "secret-a2", icon)},
			want: map[string]string{"mod_auth_configs": "oauth:a oauth:b"}, secrets: map[string]string{"a": "secret-a2", "b": "secret-b2"},
		},
		"secret rotated": {
			from: []any{a, b}, to: []any{a, oauth("b", "secret-b2", Values{"client_secret_wo_version": 2})},
			want: map[string]string{"mod_auth_configs": "oauth:b"}, secrets: map[string]string{"a": "secret-a", "b": "secret-b2"},
		},
		"rotated and reordered": {
			from: []any{a, b}, to: []any{oauth("b", "secret-b2", Values{"client_secret_wo_version": 2}), a},
			want: map[string]string{"mod_auth_configs": "oauth:b"}, secrets: map[string]string{"a": "secret-a", "b": "secret-b2"},
		},
		"key rotated": {
			from: []any{oauth("a", "secret-a", mutual("key"))},
			to: []any{oauth("a", "secret-a", Values{"tls": Values{"required": acctest.With(
				mutual("key2")["tls"].(Values)["required"].(Values), Values{"client_key_wo_version": 2})}})},
			want: map[string]string{"mod_auth_configs": "oauth:a"}, secrets: map[string]string{"a": "secret-a", "a key": b64("key2")},
		},
		"TLS changed": {
			from: []any{a}, to: []any{oauth("a", "secret-a", Values{"tls": Values{"opportunistic": Values{}}})},
			want: map[string]string{"mod_auth_configs": "oauth:a"},
		},
		"everything at once": {
			from: []any{password(true), a, cluster("x")}, to: []any{b, cluster("y"), oauth("a", "secret-a", icon)},
			want: map[string]string{
				"add_auth_configs": "cluster:y oauth:b", "mod_auth_configs": "oauth:a", "del_auth_configs": "cluster:x password",
			},
		},
	} {
		for shown, mode := range map[string]mock.Secrets{
			"returned": mock.SecretsReturned, "masked": mock.SecretsMasked, "omitted": mock.SecretsOmitted,
		} {
			t.Run(name+", secrets "+shown, func(t *testing.T) {
				t.Parallel()
				m, s, p := startProtocol(t, mock.Options{Secrets: mode})
				r := p.Resource(accountType)
				r.Applied(configs(test.from...))
				before := stored(t, m, r)
				s.Reset()

				if test.want == nil {
					r.Settled(configs(test.to...))
				} else if plan := r.Plan(configs(test.to...)); plan.Action != "update" || len(plan.Unknown()) > 0 {
					t.Errorf("%s with %v unknown is planned", plan.Action, plan.Unknown())
				}
				r.Applied(configs(test.to...))
				after := stored(t, m, r)
				if test.want == nil {
					if n := acctest.Changes(s); n > 0 {
						t.Errorf("%d changes were sent", n)
					}
				} else if diff := cmp.Diff(test.want, patched(t, s, before)); diff != "" {
					t.Errorf("sent (-want +got):\n%s", diff)
				}
				if test.secrets != nil {
					if diff := cmp.Diff(test.secrets, secrets(after)); diff != "" {
						t.Errorf("the vendor's secrets (-want +got):\n%s", diff)
					}
				}
				for id, config := range before.AuthConfigs { // what stays keeps its id
					if now, ok := after.AuthConfigs[id]; ok && short(now) != short(config) {
						t.Errorf("%s has become %s", short(config), short(now))
					}
				}
			})
		}
	}
}

// What can't work is refused while planning.
func TestAuthConfigsRefused(t *testing.T) {
	t.Parallel()
	secret := "A changed OAuth configuration needs its secrets"
	for name, test := range map[string]struct {
		from, to []any
		says     []string
	}{
		"empty list": {to: []any{}, says: []string{"auth_configs is empty", "locked out"}},
		"empty element": {
			to: []any{Values{}}, says: []string{"Exactly one of password, oauth, cluster_auth_ref must be set in auth_configs[0]; none is."},
		},
		"two kinds in one": {to: []any{acctest.With(password(true), cluster("x"))}, says: []string{"password and cluster_auth_ref are."}},
		"no TLS mode":      {to: []any{oauth("a", "s", Values{"tls": Values{}})}, says: []string{"in auth_configs[0].oauth.tls; none is."}},
		"two TLS modes": {
			to:   []any{oauth("a", "s", Values{"tls": Values{"disabled": Values{}, "opportunistic": Values{}}})},
			says: []string{"disabled and opportunistic are."},
		},
		"no CA": {
			to:   []any{oauth("a", "s", Values{"tls": Values{"required": Values{"validate_hostname": true, "ca": Values{}}}})},
			says: []string{"Exactly one of ca_set, pinned", "none is."},
		},
		"two passwords": {
			to: []any{password(true), cluster("x"), password(false)}, says: []string{"auth_configs[0] and auth_configs[2]"},
		},
		"two of one client":     {to: []any{oauth("a", "s"), oauth("a", "t")}, says: []string{"auth_configs[0] and auth_configs[1]"}},
		"two of one target":     {to: []any{cluster("x"), cluster("x")}, says: []string{"auth_configs[0] and auth_configs[1]"}},
		"create without secret": {to: []any{oauth("a", "")}, says: []string{secret, "client_secret_wo"}},
		"secret, no version": {
			to: []any{oauth("a", "s", Values{"client_secret_wo_version": nil})}, says: []string{"client_secret_wo_version"},
		},
		"create without key": {to: []any{oauth("a", "s", mutual(""))}, says: []string{secret, "client_key_wo"}},
		"added without secret": {
			from: []any{password(true)}, to: []any{password(true), oauth("a", "")}, says: []string{secret, `"auth_configs"`},
		},
		"changed without secret": {
			from: []any{password(true), oauth("a", "s")},
			to:   []any{oauth("a", "", Values{"client_secret_wo_version": 1, "idp_requires_basic_auth": false})},
			says: []string{secret, "client_secret_wo"},
		},
		"changed without key": {
			from: []any{oauth("a", "s", mutual("k"))}, to: []any{oauth("a", "s", mutual(""), Values{"idp_requires_basic_auth": false})},
			says: []string{secret, "client_key_wo"},
		},
		"version without secret": {
			from: []any{oauth("a", "s")}, to: []any{oauth("a", "", Values{"client_secret_wo_version": 2})}, says: []string{secret},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			if test.from != nil {
				r.Applied(configs(test.from...))
				s.Reset()
			}
			plan := r.Plan(configs(test.to...))
			plan.Diagnostics.Refused(t, s, test.says...)
		})
	}
}

// Values that aren't known yet are left for the apply.
func TestAuthConfigsUnknown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ planned, known Values }{
		"all of it":     {Values{"name": "Acme", "auth_configs": acctest.Unknown}, configs(oauth("a", "s"))},
		"one element":   {configs(password(true), acctest.Unknown), configs(password(true), oauth("a", "s"))},
		"a secret":      {configs(oauth("a", "s", Values{"client_secret_wo": acctest.Unknown})), configs(oauth("a", "s"))},
		"part of a key": {configs(oauth("a", "s", Values{"client_id": acctest.Unknown})), configs(oauth("a", "s"))},
		"mode of TLS":   {configs(oauth("a", "s", Values{"tls": acctest.Unknown})), configs(oauth("a", "s"))},
		"pinned CA": {
			configs(oauth("a", "s", Values{"tls": Values{"required": Values{"validate_hostname": true, "ca": Values{"pinned": acctest.Unknown}}}})),
			configs(oauth("a", "s",
				Values{"tls": Values{"required": Values{"validate_hostname": true, "ca": Values{"pinned": []string{b64("x")}}}}})),
		},
		"only a version": {configs(oauth("a", "s", Values{"client_secret_wo_version": acctest.Unknown})), configs(oauth("a", "s"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			known := Values{"auth_configs": test.known["auth_configs"]}
			plan := r.Plan(test.planned)
			if said := r.Execute(plan, known); len(plan.Diagnostics)+len(said) > 0 {
				t.Fatal(plan.Diagnostics, said)
			}
			r.Settled(test.known)
			if got := secrets(stored(t, m, r))["a"]; got != "s" {
				t.Errorf("the secret is %q", got)
			}

			// On an existing account: nothing has changed once all is known.
			s.Reset()
			plan = r.Plan(test.planned)
			if said := r.Execute(plan, known); len(plan.Diagnostics)+len(said) > 0 {
				t.Fatal(plan.Diagnostics, said)
			}
			r.Settled(test.known)
			if n := acctest.Changes(s); n > 0 {
				t.Errorf("%d changes were sent", n)
			}
		})
	}

	t.Run("duplicates and missing secrets show at apply", func(t *testing.T) {
		t.Parallel()
		_, s, p := startProtocol(t, mock.Options{})
		plan := p.Resource(accountType).Plan(Values{"name": "Acme", "auth_configs": acctest.Unknown})
		for _, known := range []Values{configs(password(true), password(false)), configs(oauth("a", ""))} {
			p.Resource(accountType).Execute(plan, Values{"auth_configs": known["auth_configs"]}).Refused(t, s, "configuration")
		}
	})
}

// What others change while we do stays as they want it until a plan has shown it.
func TestAuthConfigsRace(t *testing.T) {
	t.Parallel()
	m, s, p := startProtocol(t, mock.Options{})
	r := p.Resource(accountType)
	r.Applied(configs(password(true), oauth("a", "secret-a")))
	plan := r.Plan(configs(password(false), oauth("a", "secret-a")))
	m.Change(r.ID(), func(a *mock.Account) {
		a.AuthConfigs[someID] = mock.AuthConfig{Cluster: &mock.ClusterRef{TargetID: "new"}}
		for id, c := range a.AuthConfigs {
			if c.OAuth != nil {
				c.OAuth.RequiresBasicAuth = false
				a.AuthConfigs[id] = c
			}
		}
	})
	s.Reset()
	before := stored(t, m, r)
	said := r.Execute(plan)
	if diff := cmp.Diff(map[string]string{"mod_auth_configs": "password"}, patched(t, s, before)); diff != "" {
		t.Errorf("sent (-want +got):\n%s\n%s", diff, said)
	}
	if len(said) > 0 {
		t.Error(said)
	}
	if len(stored(t, m, r).AuthConfigs) != 3 {
		t.Error("a config is gone that no plan has shown as such")
	}
	r.Refresh()
	if got, _ := r.State()["auth_configs"].([]any); len(got) != 3 {
		t.Errorf("the state shows %d configs, want 3", len(got))
	}
}

// Changes at the vendor are shown, and taken back.
func TestAuthConfigsDrift(t *testing.T) {
	t.Parallel()
	config := configs(password(true), oauth("a", "secret-a"), cluster("x"))
	for name, test := range map[string]struct {
		change func(map[string]mock.AuthConfig)
		want   map[string]string
	}{
		"changed": {func(all map[string]mock.AuthConfig) {
			for _, c := range all {
				if c.OAuth != nil {
					c.OAuth.IconURL = "https://elsewhere.example"
				}
			}
		}, map[string]string{"mod_auth_configs": "oauth:a"}},
		"another TLS mode": {func(all map[string]mock.AuthConfig) {
			for _, c := range all {
				if c.OAuth != nil {
					c.OAuth.TLS = mock.TLS{Required: &mock.TLSRequired{CA: mock.CA{Set: "GLOBAL_ROOTS"}}}
				}
			}
		}, map[string]string{"mod_auth_configs": "oauth:a"}},
		"added": {func(all map[string]mock.AuthConfig) {
			all[someID] = mock.AuthConfig{Cluster: &mock.ClusterRef{TargetID: "new"}}
		}, map[string]string{"del_auth_configs": "cluster:new"}},
		"twice of a kind": {func(all map[string]mock.AuthConfig) {
			all[someID] = mock.AuthConfig{Password: &mock.PasswordConfig{AdministratorsOnly: true}}
		}, map[string]string{"del_auth_configs": "password"}},
		"deleted": {func(all map[string]mock.AuthConfig) {
			maps.DeleteFunc(all, func(_ string, c mock.AuthConfig) bool { return c.OAuth != nil })
		}, map[string]string{"add_auth_configs": "oauth:a"}},
		"all deleted": {func(all map[string]mock.AuthConfig) { clear(all) }, map[string]string{"add_auth_configs": "cluster:x oauth:a password"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, p := startProtocol(t, mock.Options{})
			r := p.Resource(accountType)
			r.Applied(config)
			m.Change(r.ID(), func(a *mock.Account) { test.change(a.AuthConfigs) })
			before := stored(t, m, r)
			s.Reset()
			r.Refresh()
			if plan := r.Plan(config); plan.Action != "update" {
				t.Errorf("the plan shows %q", plan.Action)
			}
			r.Applied(config)
			if diff := cmp.Diff(test.want, patched(t, s, before)); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if got := secrets(stored(t, m, r)); got["a"] != "secret-a" {
				t.Errorf("the vendor's secrets are %v", got)
			}
		})
	}
}
