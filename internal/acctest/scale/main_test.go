package scale_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// Values is short for what in-process tests write as configuration.
type Values = acctest.Values

// site is one vendor's mock with its server, and the environment in which a provider finds it.
type site struct {
	*mockserver.Server
	env         acctest.Environment
	gcore       *gcore.Mock
	softwareone *softwareone.Mock
	fortanix    *fortanix.Mock
}

// collection is what the vendor lists in pages and shows one by one.
type collection struct {
	list     string // as mockserver.Server.Count takes it; a single read is one segment longer
	pageSize int
}

// kind is one type of account.
type kind struct {
	resource    string
	collections []collection
	computed    []string // attributes that no configuration has
	open        func(*testing.T) *site
	// seed adds an account of this name that has nothing else, and returns its id.
	seed func(s *site, name string) string
	// arguments declare that account in HCL.
	arguments func(name string) string
	// create are the arguments that only a new account needs.
	create string
	// random adds n accounts chosen at random.
	random func(s *site, n int)
	// ids are those of all accounts at the vendor.
	ids func(s *site) []string
	// found are the attributes that a configuration of all accounts takes from the plural data source; ignored those that
	// it doesn't show.
	found   []string
	ignored string
	// plural is the attribute of that data source which holds them; "" is accounts.
	plural string
}

// randomSeed is what the random accounts are drawn with.
const randomSeed = 20

var kinds = []kind{
	{
		resource:    "gcore_account",
		collections: []collection{{"GET /iam/clients", 100}},
		computed:    []string{"id", "status", "email"},
		open:        openGcore,
		seed: func(s *site, name string) string {
			return strconv.FormatInt(s.gcore.SeedClient(gcore.Client{Company: name}).ID, 10)
		},
		arguments: func(name string) string { return fmt.Sprintf("company = %q", name) },
		random:    func(s *site, n int) { mockapi.SeedGcore(s.gcore, n, randomSeed) },
		ids: func(s *site) (ids []string) {
			for _, c := range s.gcore.Clients() {
				if c.ID != gcore.DemoReseller { // its own account is not among its customers'
					ids = append(ids, strconv.FormatInt(c.ID, 10))
				}
			}
			return ids
		},
		found: []string{"company"},
	},
	{
		resource:    "gcore_reseller_user",
		collections: []collection{{"GET /iam/users", 100}, {"GET /iam/clients", 100}},
		computed:    []string{"id", "client_id", "is_active", "activated"},
		open:        openGcore,
		seed: func(s *site, name string) string {
			return strconv.FormatInt(s.gcore.SeedUser(gcore.User{Company: name, Email: address(name)}).ID, 10)
		},
		arguments: func(name string) string {
			return fmt.Sprintf("company = %q\n  email = %q", name, address(name))
		},
		create: "password_wo = \"a-Test-1\"\n  password_wo_version = 1\n  services = { CDN = false }",
		random: func(s *site, n int) { mockapi.SeedGcore(s.gcore, n, randomSeed) },
		ids: func(s *site) (ids []string) {
			for _, u := range s.gcore.Users() {
				if u.ID != gcore.DemoResellerUser {
					ids = append(ids, strconv.FormatInt(u.ID, 10))
				}
			}
			return ids
		},
		found: []string{"company", "email", "name", "phone"}, ignored: "custom_id, seller", plural: "users",
	},
	{
		resource:    "softwareone_account",
		collections: []collection{{"GET /public/v1/accounts/accounts", 100}},
		computed:    []string{"id", "external_name", "external_ids", "icon"},
		open: func(t *testing.T) *site {
			t.Helper()
			s := &site{softwareone: softwareone.New(softwareone.Options{})}
			s.Server = mockserver.Start(t, s.softwareone)
			s.env = acctest.Environment{"MPT_API_TOKEN": softwareone.DemoToken, "MPT_API_BASE_URL": s.URL}
			return s
		},
		seed: func(s *site, name string) string {
			return s.softwareone.Seed(softwareone.Account{Name: name, Type: "Client"}).ID
		},
		arguments: func(name string) string { return fmt.Sprintf("name = %q\n  type = \"Client\"", name) },
		random:    func(s *site, n int) { mockapi.SeedSoftwareOne(s.softwareone, n, randomSeed) },
		ids: func(s *site) (ids []string) {
			for _, a := range s.softwareone.All() {
				ids = append(ids, a.ID)
			}
			return ids
		},
		found: []string{"name", "type", "external_id", "address", "technical_support_email", "website", "description"},
	},
	{
		resource:    "fortanix_account",
		collections: []collection{{"GET /v1/accounts", 40}},
		computed:    []string{"id", "created_at"},
		open: func(t *testing.T) *site {
			t.Helper()
			s := &site{fortanix: fortanix.New(fortanix.Options{})}
			s.Server = mockserver.Start(t, s.fortanix)
			s.env = acctest.Environment{
				"FORTANIX_CCM_USERNAME": fortanix.DemoUsername, "FORTANIX_CCM_PASSWORD": fortanix.DemoPassword, "FORTANIX_CCM_ENDPOINT": s.URL,
			}
			return s
		},
		seed:      func(s *site, name string) string { return s.fortanix.Seed(fortanix.Account{Name: name}).ID },
		arguments: func(name string) string { return fmt.Sprintf("name = %q", name) },
		random:    func(s *site, n int) { mockapi.SeedFortanix(s.fortanix, n, randomSeed) },
		ids: func(s *site) (ids []string) {
			for _, a := range s.fortanix.All() {
				ids = append(ids, a.ID)
			}
			return ids
		},
		found: []string{"name"}, ignored: "custom_logo, auth_configs",
	},
}

func openGcore(t *testing.T) *site {
	t.Helper()
	s := &site{gcore: gcore.New(gcore.Options{})}
	s.Server = mockserver.Start(t, s.gcore)
	s.env = acctest.Environment{"GCORE_API_KEY": gcore.DemoAPIKey, "GCORE_BASE_URL": s.URL}
	return s
}

// address is an e-mail address made of a name that may hold ${count.index}; a renamed account keeps its address.
func address(name string) string {
	name = strings.Replace(name, "Renamed", "Account", 1)
	return strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.com"
}

// provider starts a provider in process.
func provider(t *testing.T, s *site) *acctest.Protocol {
	t.Helper()
	p := acctest.StartProtocol(t, s.env, nil)
	return p
}

// configuration is what an imported account's configuration would be.
func (k kind) configuration(state Values) Values {
	config := maps.Clone(state)
	for _, name := range k.computed {
		delete(config, name)
	}
	return config
}

// imported imports accounts in process.
func (k kind) imported(t *testing.T, p *acctest.Protocol, ids []string) []*acctest.Resource {
	t.Helper()
	var resources []*acctest.Resource
	for _, id := range ids {
		r := p.Resource(k.resource)
		if said := r.Import(id); len(said) > 0 {
			t.Fatalf("import of %s: %s", id, said)
		}
		resources = append(resources, r)
	}
	return resources
}

// each runs a test for each kind of account, with a vendor of its own.
func each(t *testing.T, test func(t *testing.T, k kind, s *site)) {
	t.Helper()
	for _, k := range kinds {
		t.Run(k.resource, func(t *testing.T) {
			t.Parallel()
			test(t, k, k.open(t))
		})
	}
}
