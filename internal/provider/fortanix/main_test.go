package fortanix_test

import (
	"encoding/base64"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// What the mock is asked for.
const (
	logins  = "POST /v1/sys/auth"
	posts   = "POST /v1/accounts"
	lists   = "GET /v1/accounts"
	gets    = "GET /v1/accounts/*"
	patches = "PATCH /v1/accounts/*"
	deletes = "DELETE /v1/accounts/*"
)

// Ids that no account and no auth config has.
const (
	someID  = "11111111-2222-4333-8444-555555555555"
	otherID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
)

const accountType = "fortanix_account"

// Values is short for what in-process tests write as configuration.
type Values = acctest.Values

// start starts a mock of Fortanix for one test, and the environment in which a provider finds it.
func start(t *testing.T, o mock.Options) (*mock.Mock, *mockserver.Server, acctest.Environment) {
	t.Helper()
	m := mock.New(o)
	s := mockserver.Start(t, m)
	return m, s, acctest.Environment{
		"FORTANIX_CCM_USERNAME": mock.DemoUsername, "FORTANIX_CCM_PASSWORD": mock.DemoPassword, "FORTANIX_CCM_ENDPOINT": s.URL,
	}
}

// startProtocol starts a mock and a provider in process.
func startProtocol(t *testing.T, o mock.Options) (*mock.Mock, *mockserver.Server, *acctest.Protocol) {
	t.Helper()
	m, s, env := start(t, o)
	p := acctest.StartProtocol(t, env, nil)
	return m, s, p
}

func b64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// png is a logo in base64.
func png(content string) string { return b64("\x89PNG\r\n\x1a\n" + content) }

// order is a PCR priority that begins with first.
func order(first int) []any {
	out := []any{first}
	for i := range 23 {
		if i != first {
			out = append(out, i)
		}
	}
	return out
}

func password(require2FA bool) Values {
	return Values{"password": Values{"require_2fa": require2FA, "administrators_only": false}}
}

func cluster(target string) Values { return Values{"cluster_auth_ref": Values{"target_id": target}} }

// oauth is an OAuth config; a secret of "" is left out, and so is its version.
func oauth(idp, secret string, changes ...Values) Values {
	config := Values{
		"idp_name": idp, "idp_icon_url": "https://idp.example/icon.png", "idp_authorization_endpoint": "https://idp.example/authorize",
		"idp_token_endpoint": "https://idp.example/token", "idp_requires_basic_auth": true, "client_id": "client-of-" + idp,
		"tls": Values{"disabled": Values{}},
	}
	if secret != "" {
		config["client_secret_wo"], config["client_secret_wo_version"] = secret, 1
	}
	for _, change := range changes {
		config = acctest.With(config, change)
	}
	return Values{"oauth": config}
}

// mutual is TLS with a client certificate.
func mutual(key string) Values {
	required := Values{
		"validate_hostname": true, "client_cert": b64("certificate"), "ca": Values{"pinned": []string{b64("one"), b64("two")}},
	}
	if key != "" {
		required["client_key_wo"], required["client_key_wo_version"] = b64(key), 1
	}
	return Values{"tls": Values{"required": required}}
}

// all has every argument, each with a value of its own.
func all() Values {
	return Values{
		"name": "Acme", "custom_logo": png("logo"), "component": "CONFIDENTIAL_AI",
		"node_enrollment": Values{"attestation_enforcement_disabled_insecure": true},
		"auth_configs": []any{
			password(true), oauth("a", "secret-a"), cluster("entra"),
			oauth("b", "secret-b", Values{"tls": Values{"opportunistic": Values{}}, "idp_userinfo_endpoint": "https://idp.example/user"}),
			oauth("c", "secret-c", mutual("key-c")),
			oauth("d", "secret-d", Values{"tls": Values{"required": Values{"validate_hostname": false, "ca": Values{"ca_set": "GLOBAL_ROOTS"}}}}),
		},
		"default_group_id": someID, "marketplace_group_id": otherID, "account_status": "Deactivated",
		"azure_cvm_pcr_priority": order(7), "deletion_policy": "delete", "timeouts": Values{"create": "5m"},
	}
}

// stored is the account at the vendor.
func stored(t *testing.T, m *mock.Mock, r *acctest.Resource) mock.Account {
	t.Helper()
	a, ok := m.Get(r.ID())
	if !ok {
		t.Fatalf("the vendor has no account %s", r.ID())
	}
	return a
}

// secrets are the OAuth secrets that the vendor has, by the provider's name.
func secrets(a mock.Account) map[string]string {
	out := map[string]string{}
	for _, config := range a.AuthConfigs {
		if o := config.OAuth; o != nil {
			out[o.Name] = o.ClientSecret
			if o.TLS.Required != nil && o.TLS.Required.ClientKey != "" {
				out[o.Name+" key"] = o.TLS.Required.ClientKey
			}
		}
	}
	return out
}
