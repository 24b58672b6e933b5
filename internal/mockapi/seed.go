package mockapi

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// words are what seeded names are made of: many scripts, and what HCL, RQL, URLs and HTML trip over.
var words = []string{
	"Acme", "Müller & Söhne", "Ζεύς", "Газпром", "株式会社", "한국", "שלום", "مرحبا", "हिन्दी", "🎉",
	"e\u0301t\u00e9", `"quoted"`, "it's", "${var}",
	"%{ if x }", "$${", "a,b", "(c)", "100%", "#1", "x+y", "a*b", `back\slash`, "<b>", "a/b", "?q=1", "null", "true", "007", "-", "…",
}

// pixel is a whole PNG of one pixel.
var pixel, _ = base64.StdEncoding.DecodeString(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==")

// dice makes the choices of one seeding; the same seed gives the same accounts.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 0))} }

func (d dice) one(of ...string) string { return of[d.IntN(len(of))] }

func (d dice) half() bool { return d.IntN(2) == 0 }

// maybe returns s or "".
func (d dice) maybe(s string) string {
	if d.half() {
		return ""
	}
	return s
}

// name returns a name that no other i has.
func (d dice) name(i int) string {
	return fmt.Sprintf("%s %s %d", d.one(words...), d.one(words...), i)
}

func (d dice) optional(s string) *string {
	if d.half() {
		return nil
	}
	return &s
}

// past returns a moment of the last three years.
func (d dice) past() time.Time {
	return time.Now().Add(-time.Duration(d.IntN(3*365*24)) * time.Hour).Truncate(time.Second)
}

// Seed fills every vendor with n accounts of every kind, chosen at random: all types and states, with and without
// each optional value. The same seed gives the same accounts, except for ids that the vendor draws.
func (v *Vendors) Seed(n int, seed uint64) {
	SeedGcore(v.Gcore, n, seed)
	SeedSoftwareOne(v.SoftwareOne, n, seed)
	SeedFortanix(v.Fortanix, n, seed)
}

// The sellers that SeedGcore makes have the ids from firstSeller on.
const firstSeller, sellers = 100, 5

// SeedGcore gives the demo reseller n accounts and n users, each of the users with an account of its own, and the sellers
// who look after some of them.
func SeedGcore(m *gcore.Mock, n int, seed uint64) {
	d := newDice(seed)
	for i := range min(n, 1) * sellers {
		m.SeedSeller(gcore.Seller{
			ID: firstSeller + int64(i), Email: fmt.Sprintf("Seller.%d@example.com", i),
			FullName: fmt.Sprintf("Example Seller %d", i), Activated: true,
		})
	}
	client := func(i int) gcore.Client {
		c := gcore.Client{
			Company: d.name(i), Email: fmt.Sprintf("company%d@example.com", i), Name: d.optional(d.one(words...)), Phone: d.optional("+352 208 " +
				"80 507"),
			CustomID: d.optional(fmt.Sprintf("C-%d", i)), CountryCode: d.maybe(d.one("LU", "DE", "JP")), IsTest: d.IntN(10) == 0,
			Status: d.one("new", "trial", "trialend", "active", "paused"), CreatedAt: d.past(),
		}
		if d.half() {
			c.Availability = map[string]bool{"CDN": d.half(), "DNS": d.half()}
		}
		if seller := int64(firstSeller + d.IntN(sellers)); d.half() {
			c.Seller = &seller
		}
		return c
	}
	for i := range n {
		m.SeedClient(client(i))
		own := m.SeedClient(client(n + i))
		u := m.SeedUser(gcore.User{
			Client: own.ID, Email: fmt.Sprintf("User.%d@example.com", i), Name: own.Name, Phone: own.Phone, Company: own.Company,
			Lang: d.one("en", "de", "ru", "zh"),
		})
		if d.IntN(5) == 0 {
			m.ChangeUser(u.ID, func(u *gcore.User) { u.IsActive, u.Activated = d.half(), false })
		}
	}
}

// SeedSoftwareOne adds n Client and Vendor accounts.
func SeedSoftwareOne(m *softwareone.Mock, n int, seed uint64) {
	d := newDice(seed)
	for i := range n {
		a := softwareone.Account{
			Name:                  d.name(i),
			Type:                  d.one("Client", "Client", "Vendor"),
			ExternalID:            d.maybe(fmt.Sprintf("CDG-%d", i)),
			TechnicalSupportEmail: d.maybe("help@example.com"),
			Website:               d.maybe("https://example.com/?a=1&b=" + fmt.Sprint(i)),
			Description: d.maybe(
				strings.Join([]string{d.one(words...), d.one(words...)}, "\n"),
			),
			DefaultLanguageCode: d.one("en-US", "de-CH", "ja-JP"),
		}
		a.Status = d.one("Active", "Disabled")
		if a.Type == "Client" {
			a.Eligibility = &softwareone.Eligibility{Client: d.half(), Partner: d.half()}
			if a.Status == "Active" && a.ExternalID == "" {
				a.Status = "Enabled"
			}
		}
		if a.ExternalID != "" {
			a.ExternalName = d.maybe("ERP " + a.ExternalID)
		}
		if d.half() {
			a.Address = softwareone.Address{
				AddressLine1: d.one(words...) + " 1", AddressLine2: d.maybe("2nd " +
					"floor"), PostCode: "1000", City: d.one(words...), State: d.maybe("ST"), Country: "CH",
			}
		}
		if d.half() {
			a.Logo = pixel
		}
		a.Created.At, a.Created.By = d.past(), softwareone.OtherTokenID
		m.Seed(a)
	}
}

// SeedFortanix gives the demo user n accounts.
func SeedFortanix(m *fortanix.Mock, n int, seed uint64) {
	d := newDice(seed)
	for i := range n {
		a := fortanix.Account{
			Name:           d.name(i),
			CreatedAt:      d.past(),
			NodeEnrollment: fortanix.NodeEnrollment{AttestationDisabled: d.half()},
			Component: d.one(
				fortanix.ComponentDefault,
				fortanix.ComponentConfidentialAI,
			),
			AccountStatus:      d.one(fortanix.AccountActive, fortanix.AccountDeactivated),
			DefaultGroupID:     d.maybe(d.uuid()),
			MarketplaceGroupID: d.maybe(d.uuid()),
			AuthConfigs:        map[string]fortanix.AuthConfig{},
		}
		if d.half() {
			a.CustomLogo = base64.StdEncoding.EncodeToString(pixel)
		}
		if d.half() {
			a.PCRPriority = d.Perm(23)
		}
		if d.half() {
			a.AuthConfigs[d.uuid()] = fortanix.AuthConfig{Password: &fortanix.PasswordConfig{Require2FA: d.half(), AdministratorsOnly: d.half()}}
		}
		for k := range d.IntN(3) {
			a.AuthConfigs[d.uuid()] = fortanix.AuthConfig{OAuth: d.oauth(k)}
		}
		if d.IntN(5) == 0 {
			a.AuthConfigs[d.uuid()] = fortanix.AuthConfig{Cluster: &fortanix.ClusterRef{TargetID: d.uuid()}}
		}
		m.Seed(a)
	}
}

func (d dice) oauth(k int) *fortanix.OAuthConfig {
	o := &fortanix.OAuthConfig{
		Name:                  fmt.Sprintf("%s %d", d.one(words...), k),
		IconURL:               "https://idp.example.com/icon.png",
		AuthorizationEndpoint: "https://idp.example.com/authorize",
		TokenEndpoint:         "https://idp.example.com/token",
		UserinfoEndpoint: d.maybe(
			"https://idp.example.com/userinfo",
		),
		RequiresBasicAuth: d.half(),
		ClientID:          fmt.Sprintf("client-%d", k),
		ClientSecret:      d.uuid(),
	}
	switch d.IntN(4) {
	case 0:
		o.TLS.Disabled = &struct{}{}
	case 1:
		o.TLS.Opportunistic = &struct{}{}
	case 2:
		o.TLS.Required = &fortanix.TLSRequired{ValidateHostname: d.half(), CA: fortanix.CA{Set: "GLOBAL_ROOTS"}}
	case 3:
		certificate := base64.StdEncoding.EncodeToString([]byte(d.uuid()))
		o.TLS.Required = &fortanix.TLSRequired{
			ClientKey: certificate, ClientCert: certificate, CA: fortanix.CA{Pinned: []string{certificate}},
		}
	}
	return o
}

func (d dice) uuid() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(d.IntN(256))
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // a random UUID's version and variant
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
