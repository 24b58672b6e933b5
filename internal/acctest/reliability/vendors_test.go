package reliability_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Secrets that configurations hold.
const (
	userPassword = `P4ss-"word\ü/&<+>%`
	clientSecret = `cl13nt-"secret\ü/&<+>%`
	clientKey    = "Y2xpZW50LWtleS1vZi1hY21lLzEyMw=="
)

// someone is a user whom no credential here belongs to.
const someone = 9999

func byName(name string) Values { return Values{"name": name} }

func subjects() []subject {
	gcoreAccount := subject{
		name: "gcore_account", typeName: "gcore_account",
		post: "POST /iam/clients/create", get: "GET /iam/clients/*", list: "GET /iam/clients", empty: `{"count":0,"results":[]}`,
		key:    func(name string) Values { return Values{"company": name} },
		config: Values{}, rename: Values{"company": "acme-renamed"},
		open: openGcore(gcore.DemoAPIKey, false),
	}
	member := gcoreAccount
	member.name, member.member, member.list, member.rename = "gcore_account member", true, "GET /iam/users", nil
	member.open = openGcore(gcore.DemoMemberKey, false)
	return []subject{
		gcoreAccount, member,
		{
			name: "gcore_reseller_user", typeName: "gcore_reseller_user",
			post: "POST /iam/users", get: "GET /iam/users/*", list: "GET /iam/clients", empty: `{"count":0,"results":[]}`,
			step:   "PATCH /iam/clients/*",
			key:    func(name string) Values { return Values{"company": name, "email": name + "@example.com"} },
			config: Values{"password_wo": userPassword, "password_wo_version": 1, "name": "Ann", "deletion_policy": "delete"},
			// The mock's create call ignores this one.
			followUp: Values{"custom_id": "C-1"}, rename: Values{"name": "Ann B."},
			open: openGcore(gcore.DemoAPIKey, true),
		},
		{
			name: "softwareone_account", typeName: "softwareone_account", cantGo: true, namesRepeat: true, key: byName,
			post: "POST /public/v1/accounts/accounts", get: "GET /public/v1/accounts/accounts/*", list: "GET /public/v1/accounts/accounts",
			empty:    `{"$meta":{"pagination":{"offset":0,"limit":100,"total":0}},"data":[]}`,
			step:     "POST /public/v1/accounts/accounts/*/*",
			config:   Values{"type": "Client", "website": "https://acme.example", "deletion_policy": "disable"},
			followUp: Values{"status": "Disabled"},
			rename:   Values{"website": "https://2.acme.example"},
			open:     openSoftwareOne,
		},
		{
			name: "fortanix_account", typeName: "fortanix_account", key: byName,
			post: "POST /v1/accounts", get: "GET /v1/accounts/*", list: "GET /v1/accounts", empty: `{"items":[]}`,
			step: "PATCH /v1/accounts/*",
			config: Values{"component": "CONFIDENTIAL_AI", "deletion_policy": "delete", "auth_configs": []any{Values{"oauth": Values{
				"idp_name": "idp", "idp_icon_url": "https://idp.example/i", "idp_authorization_endpoint": "https://idp.example/a",
				"idp_token_endpoint": "https://idp.example/t", "idp_requires_basic_auth": true, "client_id": "acme",
				"client_secret_wo": clientSecret, "client_secret_wo_version": 1,
				"tls": Values{"required": Values{
					"validate_hostname": true, "ca": Values{"ca_set": "GLOBAL_ROOTS"},
					"client_cert": "Y2VydA==", "client_key_wo": clientKey, "client_key_wo_version": 1,
				}},
			}}}},
			followUp: Values{"default_group_id": "11111111-2222-4333-8444-555555555555"}, rename: Values{"name": "acme-renamed"},
			open: openFortanix,
		},
	}
}

type gcoreVendor struct {
	*gcore.Mock
	users bool
}

// openGcore returns what opens Gcore to a credential.
func openGcore(key string, users bool) func(t *testing.T, lag int) *world {
	return func(t *testing.T, lag int) *world {
		t.Helper()
		m := gcore.New(gcore.Options{Lag: lag, IgnoreOnCreate: []string{"custom_id"}})
		server := mockserver.Start(t, m)
		return meet(t, gcoreVendor{m, users}, server, acctest.Environment{"GCORE_API_KEY": key, "GCORE_BASE_URL": server.URL})
	}
}

func (v gcoreVendor) named(name string) (ids []string) {
	for _, c := range v.Clients() {
		if c.Company == name && !v.users {
			ids = append(ids, decimal(c.ID))
		}
	}
	for _, u := range v.Users() {
		if u.Company == name && v.users {
			ids = append(ids, decimal(u.ID))
		}
	}
	return ids
}

func (v gcoreVendor) seed(name string, at time.Time) string {
	if !v.users {
		return decimal(v.SeedClient(gcore.Client{Company: name, Owner: someone, CreatedAt: at}).ID)
	}
	called := "Ann"
	u := v.SeedUser(gcore.User{Company: name, Email: name + "@example.com", Name: &called})
	v.ChangeClient(u.Client, func(c *gcore.Client) { c.Owner, c.CreatedAt = someone, at })
	return decimal(u.ID)
}

func (v gcoreVendor) remove(id string) {
	n, _ := strconv.ParseInt(id, 10, 64)
	v.RemoveClient(n)
	v.RemoveUser(n)
}

func (v gcoreVendor) strangers() []acctest.Environment {
	v.AddCredential(gcore.Reseller, "9001_other-reseller", 9001)
	v.SeedClient(gcore.Client{Reseller: 9001})
	v.AddCredential(gcore.Reseller, "9101_empty-reseller", 9101)
	v.AddCredential(gcore.Member, "9201_other-member", v.SeedUser(gcore.User{Company: "another one"}).ID)
	return []acctest.Environment{
		{"GCORE_API_KEY": "9001_other-reseller"}, {"GCORE_API_KEY": "9101_empty-reseller"}, {"GCORE_API_KEY": "9201_other-member"},
	}
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

type softwareOneVendor struct{ *softwareone.Mock }

func openSoftwareOne(t *testing.T, lag int) *world {
	t.Helper()
	m := softwareone.New(softwareone.Options{Lag: lag})
	server := mockserver.Start(t, m)
	return meet(t, softwareOneVendor{m}, server, acctest.Environment{"MPT_API_TOKEN": softwareone.DemoToken, "MPT_API_BASE_URL": server.URL})
}

func (v softwareOneVendor) named(name string) (ids []string) {
	for _, a := range v.All() {
		if a.Name == name {
			ids = append(ids, a.ID)
		}
	}
	return ids
}

func (v softwareOneVendor) seed(name string, at time.Time) string {
	return v.Seed(softwareone.Account{
		Name: name, Website: "https://acme.example", Created: softwareone.Event{At: at, By: softwareone.OtherTokenID},
	}).ID
}

func (v softwareOneVendor) remove(id string) { v.Remove(id) }

func (v softwareOneVendor) strangers() []acctest.Environment {
	const token, limited = "idt:TKN-7777-7777:other", "idt:TKN-8888-8888:limited"
	v.AddCredential(softwareone.Credential{Token: token, AccountID: v.Seed(softwareone.Account{Name: "another one"}).ID})
	v.AddCredential(softwareone.Credential{Token: limited, AccountID: softwareone.OperationsID, Limited: true})
	return []acctest.Environment{{"MPT_API_TOKEN": token}, {"MPT_API_TOKEN": limited}}
}

type fortanixVendor struct{ *fortanix.Mock }

func openFortanix(t *testing.T, lag int) *world {
	t.Helper()
	m := fortanix.New(fortanix.Options{CreateLag: lag, ForeignStatus: 404})
	server := mockserver.Start(t, m)
	return meet(t, fortanixVendor{m}, server, acctest.Environment{
		"FORTANIX_CCM_USERNAME": fortanix.DemoUsername, "FORTANIX_CCM_PASSWORD": fortanix.DemoPassword, "FORTANIX_CCM_ENDPOINT": server.URL,
	})
}

func (v fortanixVendor) named(name string) (ids []string) {
	for _, a := range v.Named(name) {
		ids = append(ids, a.ID)
	}
	return ids
}

// seed makes the account's content another one's: somebody else's account of equal content, to which this user belongs,
// can't be told from one of its own.
func (v fortanixVendor) seed(name string, at time.Time) string {
	return v.Seed(fortanix.Account{Name: name, CreatedAt: at, CustomLogo: "bG9nbw==", Component: "CONFIDENTIAL_AI"}).ID
}

func (v fortanixVendor) remove(id string) { v.Remove(id) }

func (v fortanixVendor) strangers() []acctest.Environment {
	v.AddUser("other@example.com", "other-password")
	v.AddUser("empty@example.com", "empty-password")
	v.Seed(fortanix.Account{Name: "another one", Members: map[string]fortanix.Member{"other@example.com": {Status: fortanix.StatusActive}}})
	return []acctest.Environment{
		{"FORTANIX_CCM_USERNAME": "other@example.com", "FORTANIX_CCM_PASSWORD": "other-password"},
		{"FORTANIX_CCM_USERNAME": "empty@example.com", "FORTANIX_CCM_PASSWORD": "empty-password"},
	}
}
