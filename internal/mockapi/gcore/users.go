package gcore

import (
	"net/http"
	"slices"
)

var (
	languages = []string{"de", "en", "ru", "zh", "az"}
	authTypes = []string{"password", "sso", "github", "google-oauth2"}
)

// createUser makes a user and the client that it belongs to.
func (m *Mock) createUser(c *call) reply {
	if c.caller.kind != Reseller {
		return m.forbidden()
	}
	f, bad := m.form(c)
	if bad != nil {
		return *bad
	}
	f.require("company", "email", "password")
	company, email := m.takeCompany(f, "company", 0), m.takeUserEmail(f, 0)
	takeText(f, "password")
	takeChoice(f, "user_type", []string{"common"})
	lang, country := takeChoice(f, "lang", languages), take[string](f, "country_code")
	seller, isTest := take[int64](f, "seller"), take[bool](f, "is_test")
	texts := map[string]*string{}
	for _, name := range append(names(userTexts), names(clientTexts)...) {
		if text := take[string](f, name); text.value != nil && !slices.Contains(m.options.IgnoreOnCreate, name) {
			texts[name] = text.value
		}
	}
	services := takeServices(f)
	if !f.finish() {
		return m.refuse(f.errs)
	}
	client := Client{
		Company: *company.value, Email: *email.value, Reseller: c.caller.reseller, Owner: c.caller.user,
		CountryCode: m.options.CountryCode, IsTest: m.options.TestAccounts,
	}
	user := User{Email: *email.value, Reseller: c.caller.reseller, Activated: true, IsActive: true}
	apply := map[string]func(){
		"lang":         func() { lang.set(&user.Lang) },
		"seller":       func() { client.Seller = seller.value },
		"country_code": func() { country.set(&client.CountryCode) },
		"is_test":      func() { isTest.set(&client.IsTest) },
		"services":     func() { client.Availability = services },
	}
	for field, set := range apply {
		if !slices.Contains(m.options.IgnoreOnCreate, field) {
			set()
		}
	}
	for _, text := range userTexts {
		*text.of(&user) = texts[text.name]
	}
	for _, text := range clientTexts {
		*text.of(&client) = texts[text.name]
	}
	user.Client = m.addClient(client).ID
	made := m.addUser(user)
	m.lag[made.Client], m.lag[made.ID] = m.options.Lag, m.options.Lag
	return reply{http.StatusCreated, m.userJSON(c, made)}
}

// takeServices reads the overrides of a new client; a product whose availability is null or missing has none.
func takeServices(f *form) map[string]bool {
	overrides, met := map[string]bool{}, map[string]bool{}
	services := take[[]struct {
		Product   string `json:"product_name"`
		Available *bool  `json:"available"`
	}](f, "services")
	if services.value == nil {
		return overrides
	}
	for _, s := range *services.value {
		if !slices.Contains(products, s.Product) || met[s.Product] {
			f.errs.add("services", "Each product may be named once: "+s.Product)
		}
		met[s.Product] = true
		if s.Available != nil {
			overrides[s.Product] = *s.Available
		}
	}
	return overrides
}

func (m *Mock) listUsers(c *call) reply {
	var found []*User
	for _, u := range sorted(m.users) {
		if m.seesUser(c, u, m.options.OwnUserListed) && !m.misses(c, u.ID) {
			found = append(found, u)
		}
	}
	return page(m, c, found, integer, func(u *User) object { return m.userJSON(c, u) })
}

func (m *Mock) getUser(c *call) reply {
	u, refusal := m.user(c)
	if refusal != nil {
		return *refusal
	}
	return reply{http.StatusOK, m.userPublicJSON(u)}
}

func (m *Mock) updateUser(c *call) reply {
	u, refusal := m.user(c)
	if refusal != nil {
		return *refusal
	}
	f, bad := m.form(c)
	if bad != nil {
		return *bad
	}
	email := m.takeUserEmail(f, u.ID)
	changed := u.clone()
	takeTexts(f, userTexts, &changed)
	lang, auth := takeChoice(f, "lang", languages), take[[]string](f, "auth_types")
	if auth.value != nil && slices.ContainsFunc(*auth.value, func(a string) bool { return !slices.Contains(authTypes, a) }) {
		f.errs.add("auth_types", "Not a valid choice.")
	}
	if !f.finish() {
		return m.refuse(f.errs)
	}
	if u.Outranks {
		return m.forbidden()
	}
	*u = changed
	email.set(&u.Email)
	lang.set(&u.Lang)
	auth.set(&u.AuthTypes)
	return reply{http.StatusOK, m.userJSON(c, u)}
}

// deleteUser leaves the user's client as it is.
func (m *Mock) deleteUser(c *call) reply {
	if c.caller.kind != Reseller {
		return m.forbidden()
	}
	u, refusal := m.user(c)
	switch {
	case refusal != nil:
		return *refusal
	case u.UserType == "reseller":
		return m.forbidden()
	case len(u.Access) > 1:
		return m.denied(http.StatusForbidden, "The user has several accounts: use /clients/:client_id/client-users/:user_id")
	case u.HasTokens:
		return m.denied(http.StatusForbidden, "The user has active tokens")
	}
	u.Deleted = true
	return reply{status: http.StatusOK}
}

// takeUserEmail takes an address that is free for the user who is to have it.
func (m *Mock) takeUserEmail(f *form, owner int64) field[string] {
	email := m.takeEmail(f)
	if email.value != nil && m.emailTaken(*email.value, owner) {
		f.errs.add("email", "User with this email already exists")
	}
	return email
}

// user finds the user whom the path names, or gives the reply that withholds it.
func (m *Mock) user(c *call) (*User, *reply) {
	u, ok := m.users[pathID(c)]
	if !ok || !m.seesUser(c, u, true) || u.Deleted && c.Method != http.MethodGet || m.misses(c, u.ID) {
		missing := m.notFound()
		return nil, &missing
	}
	return u, nil
}

// seesUser reports whether the user is in the caller's view. own reports whether a reseller's own users are.
func (m *Mock) seesUser(c *call, u *User, own bool) bool {
	if u.Deleted && !m.options.SoftDelete {
		return false
	}
	if c.caller.kind == Member {
		_, has := u.Access[m.accountOf(c.caller)]
		return has
	}
	return u.Reseller == c.caller.reseller || own && u.Client == c.caller.reseller
}
