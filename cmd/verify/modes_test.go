package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// mode is one mode of a mock: what it makes differ, or nothing where reads can't show it.
type mode[O any] struct {
	name string
	set  func(*O)
	want []string
}

var gcoreModes = []mode[gcore.Options]{
	{"no overview", func(o *gcore.Options) { o.NoResellerOverview = true }, []string{"gcore.overview"}},
	{"own user listed", func(o *gcore.Options) { o.OwnUserListed = true }, []string{"gcore.own-user"}},
	{"stale user company", func(o *gcore.Options) { o.StaleUserCompany = true }, []string{"gcore.user-company"}},
	{"soft delete", func(o *gcore.Options) { o.SoftDelete = true }, []string{"gcore.deleted"}},
	{"effective availability", func(o *gcore.Options) { o.EffectiveAvailability = true }, []string{"gcore.availability"}},
	{"result", func(o *gcore.Options) { o.Envelope = gcore.EnvelopeResult }, []string{"gcore.accounts-envelope", "gcore.sellers-envelope",
		"gcore.users-envelope"}},
	{"bare", func(o *gcore.Options) { o.Envelope = gcore.EnvelopeBare }, []string{"gcore.accounts-envelope", "gcore.sellers-envelope",
		"gcore.users-envelope"}},
	{"capped", func(o *gcore.Options) { o.MaxLimit = 50 }, []string{"gcore.accounts-page", "gcore.users-page"}},
	{"no count", func(o *gcore.Options) { o.HideCount = true }, []string{"gcore.accounts-count", "gcore.users-count"}},
	{"wrong count", func(o *gcore.Options) { o.ExtraCount = 1 }, []string{"gcore.accounts-count", "gcore.users-count"}},
	{"folding filters", func(o *gcore.Options) { o.Filters = gcore.FilterFold }, []string{"gcore.filter-case", "gcore.users-email"}},
	{
		"filters by part", func(o *gcore.Options) { o.Filters = gcore.FilterContains },
		[]string{"gcore.filter-case", "gcore.filter-inner", "gcore.filter-part", "gcore.users-email"},
	},
	{"filters by beginning", func(o *gcore.Options) { o.Filters = gcore.FilterPrefix }, []string{"gcore.filter-part"}},
	{
		"filters in lower case", func(o *gcore.Options) { o.Filters = gcore.FilterLower },
		[]string{"gcore.filter", "gcore.filter-apostrophe", "gcore.filter-case", "gcore.users-email"},
	},
	{"filters ignored", func(o *gcore.Options) { o.Filters = gcore.FilterIgnored }, []string{"gcore.filter-applied"}},
	{"hidden services", func(o *gcore.Options) { o.HiddenServices = []string{"DDOS"} }, []string{"gcore.services"}},
	{"partial accounts", func(o *gcore.Options) { o.PartialClients = []string{"resellers", "owner"} }, []string{"gcore.account-owner"}},
	{"accounts without users", func(o *gcore.Options) { o.PartialClients = []string{"users"} }, []string{"gcore.account-users"}},
	{"partial lists", func(o *gcore.Options) { o.PartialLists = []string{"website", "phone"} }, []string{"gcore.list-whole"}},
	{"partial members", func(o *gcore.Options) { o.PartialMembers = true }, []string{"gcore.account-users"}},
	{"nulls left out", func(o *gcore.Options) { o.OmitNulls = true }, []string{"gcore.nulls"}},
	{"fractions", func(o *gcore.Options) { o.Numbers = gcore.NumberFraction }, []string{"gcore.numbers"}},
	{"exponents", func(o *gcore.Options) { o.Numbers = gcore.NumberExponent }, []string{"gcore.numbers"}},
	{"bare denials", func(o *gcore.Options) { o.BareDenials = true }, []string{"gcore.refusal"}},
	{"seen by writes only", func(o *gcore.Options) {
		o.DeletedKeepNames, o.FoldCompany, o.Company, o.Email = true, true, strings.TrimSpace, strings.ToLower
		o.IgnoreOnCreate, o.Lang, o.CountryCode, o.TestAccounts = []string{"seller"}, "de", "BE", true
		o.Lag, o.Errors, o.Availability = 3, gcore.ErrorList, map[string]bool{"CDN": false}
		o.LoginForbidden, o.TokensNeverExpire, o.Sessions = true, true, 1
		o.Activating, o.PutServiceReplaces = 2, true
	}, nil},
}

func TestGcoreModes(t *testing.T) {
	t.Parallel()
	compareModes(t, gcoreModes, func(t *testing.T, o gcore.Options) (*mockserver.Server, environment) {
		t.Helper()
		api := gcore.New(o)
		for i := range many {
			company := fmt.Sprintf("Acme Company %03d", i)
			user := api.SeedUser(gcore.User{Company: company, Email: fmt.Sprintf("User.%03d@acme.example", i)})
			if i == 5 {
				api.ChangeClient(user.Client, func(c *gcore.Client) { c.Company = "Renamed Company" })
			}
		}
		api.SeedClient(gcore.Client{Company: "Gone", Deleted: true})
		s := mockserver.Start(t, api)
		return s, environment{"GCORE_API_KEY": gcore.DemoAPIKey, "GCORE_BASE_URL": s.URL}
	})
}

// compareModes runs all checks in each mode of a mock.
func compareModes[O any](t *testing.T, modes []mode[O], start func(*testing.T, O) (*mockserver.Server, environment)) {
	t.Helper()
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			var o O
			m.set(&o)
			s, env := start(t, o)
			m.compare(t, runMock(t, env))
			readsOnly(t, s)
		})
	}
}

func (m mode[O]) compare(t *testing.T, c checked) {
	t.Helper()
	if got := c.named(differs); !slices.Equal(got, m.want) {
		t.Errorf("want %v, differs:\n%scan't tell:\n%s", m.want, c.details(differs), c.details(cantTell))
	}
	wantCode := exitHolds
	if len(m.want) > 0 {
		wantCode = exitDiffers
	}
	if c.code != wantCode {
		t.Errorf("exit %d, want %d", c.code, wantCode)
	}
}

func TestGcoreMember(t *testing.T) {
	t.Parallel()
	for view, want := range map[gcore.MemberView][]string{
		gcore.MemberForbidden: nil,
		gcore.MemberNotFound:  {"gcore.view"},
		gcore.MemberEmpty:     {"gcore.view"},
		gcore.MemberOwn:       {"gcore.view"},
	} {
		t.Run(fmt.Sprint(view), func(t *testing.T) {
			t.Parallel()
			s, env := gcoreMock(t, gcore.Options{Member: view})
			env["GCORE_API_KEY"] = gcore.DemoMemberKey
			mode[gcore.Options]{want: want}.compare(t, runMock(t, env))
			readsOnly(t, s)
		})
	}
}

var softwareoneModes = []mode[softwareone.Options]{
	{"no empty address", func(o *softwareone.Options) { o.OmitsEmptyAddress = true }, []string{"softwareone.empty-address"}},
	{"errors as list", func(o *softwareone.Options) { o.ErrorsAsList = true }, []string{"softwareone.error-fields"}},
	{"inner wildcards", func(o *softwareone.Options) { o.InnerWildcards = true }, []string{"softwareone.filter-inner"}},
	{"folds ASCII", func(o *softwareone.Options) { o.FoldsASCIIOnly = true }, []string{"softwareone.filter-letters"}},
	{"ignores filters", func(o *softwareone.Options) { o.IgnoresFilters = true }, []string{"softwareone.filter"}},
	{"no total", func(o *softwareone.Options) { o.NoTotal = true }, []string{"softwareone.total"}},
	{"partial lists", func(o *softwareone.Options) { o.PartialList = []string{"website"} }, []string{"softwareone.list-whole"}},
	{"omitted per item", func(o *softwareone.Options) { o.OmittedPerItem = true }, []string{"softwareone.omitted"}},
	{"capped", func(o *softwareone.Options) { o.PageLimit = 50 }, []string{"softwareone.page"}},
	{
		"repeats limit", func(o *softwareone.Options) { o.PageLimit, o.RepeatsLimit = 50, true },
		[]string{"softwareone.page", "softwareone.stated-limit"},
	},
	{"seen by writes only", func(o *softwareone.Options) {
		o.PUTReplaces, o.PUTIgnoresNull, o.PUTIgnoresExternalID, o.FormKeepsIcon = true, true, true, true
		o.CreateActivates, o.CreateHonoursStatus, o.DeactivateKeepsExternalID, o.EnableNeedsExternalID = true, true, true, true
		o.CollapsesNames, o.NoDefaultLanguage, o.WholeAddress, o.ConflictOnStatus, o.Lag = true, true, true, true, 3
		o.KnownExternalID, o.PartialCreate = func(string) bool { return false }, true
	}, nil},
}

func TestSoftwareOneModes(t *testing.T) {
	t.Parallel()
	compareModes(t, softwareoneModes, softwareoneMock)
}

var fortanixModes = []mode[fortanix.Options]{
	{"milliseconds", func(o *fortanix.Options) { o.SessionMillis = true }, []string{"fortanix.session-times"}},
	{"no token", func(o *fortanix.Options) { o.OmitAccessToken = true }, []string{"fortanix.access-token"}},
	{"Authorization", func(o *fortanix.Options) { o.TokenHeader = "Authorization" }, []string{"fortanix.header-authentication"}},
	{"Authentication", func(o *fortanix.Options) { o.TokenHeader = "Authentication" }, []string{"fortanix.header-authorization"}},
	{"error string", func(o *fortanix.Options) { o.Errors = fortanix.ErrorString }, []string{"fortanix.refusal"}},
	{"error message", func(o *fortanix.Options) { o.Errors = fortanix.ErrorMessage }, []string{"fortanix.refusal"}},
	{"gone is forbidden", func(o *fortanix.Options) { o.GoneStatus = 403 }, []string{"fortanix.unknown-id"}},
	{"created in milliseconds", func(o *fortanix.Options) { o.CreatedMillis = true }, []string{"fortanix.created-at"}},
	{"secrets masked", func(o *fortanix.Options) { o.Secrets = fortanix.SecretsMasked }, []string{"fortanix.secrets"}},
	{"secrets omitted", func(o *fortanix.Options) { o.Secrets = fortanix.SecretsOmitted }, []string{"fortanix.secrets"}},
	{"empty logos", func(o *fortanix.Options) { o.Logos = fortanix.LogosEmpty }, []string{"fortanix.logo"}},
	{"wrapped logos", func(o *fortanix.Options) { o.Logos = fortanix.LogosWrapped }, []string{"fortanix.logo"}},
	{"empty configs", func(o *fortanix.Options) { o.EmptyConfigs = true }, []string{"fortanix.auth-configs"}},
	{"partial lists", func(o *fortanix.Options) { o.PartialList = true }, []string{"fortanix.list-whole"}},
	{"default page", func(o *fortanix.Options) { o.DefaultPageSize = 25 }, []string{"fortanix.no-limit"}},
	{"capped", func(o *fortanix.Options) { o.MaxPageSize = 30 }, []string{"fortanix.page"}},
	{"lost cursor", func(o *fortanix.Options) { o.LostCursorEmpty = true }, []string{"fortanix.lost-cursor"}},
	{"seen by writes only", func(o *fortanix.Options) {
		o.TokenLifetime, o.SessionLifetime, o.DuplicateStatus, o.DuplicateFold = time.Minute, time.Hour, 409, true
		o.ForeignStatus, o.RequireSelected, o.ServerDefaults, o.CreateLag, o.PartialCreate = 404, true, true, 3, true
		o.LockedSelection = true
		o.NormalizeName = strings.ToUpper
	}, nil},
}

func TestFortanixModes(t *testing.T) {
	t.Parallel()
	compareModes(t, fortanixModes, fortanixMock)
}

// Every mode of a mock has its row above: what reads show of it, or that they show nothing.
func TestEveryModeIsCovered(t *testing.T) {
	t.Parallel()
	g, s, f := gcore.Options{Member: gcore.MemberOwn}, softwareone.Options{}, fortanix.Options{}
	for _, m := range gcoreModes {
		m.set(&g)
	}
	for _, m := range softwareoneModes {
		m.set(&s)
	}
	for _, m := range fortanixModes {
		m.set(&f)
	}
	for name, o := range map[string]reflect.Value{"gcore": reflect.ValueOf(g), "softwareone": reflect.ValueOf(s),
		"fortanix": reflect.ValueOf(f)} {
		for i := range o.NumField() {
			if o.Field(i).IsZero() {
				t.Errorf("%s: no row sets the mode %s", name, o.Type().Field(i).Name)
			}
		}
	}
}
