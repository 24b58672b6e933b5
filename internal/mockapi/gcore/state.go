package gcore

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// roleAdministrator is the id of the role that makes a user an account's administrator.
const roleAdministrator = "1"

var products = []string{"CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"}

// Client is an account as Gcore keeps it. Nil and "" are what the client lacks.
type Client struct {
	ID          int64
	Company     string
	Email       string
	Name        *string
	Phone       *string
	CustomID    *string
	Website     string
	CountryCode string
	BillType    string
	ClientType  string // common, reseller or sales
	// Status overrides what would follow from the services.
	Status   string
	Reseller int64
	Seller   *int64
	Owner    int64 // the user who created it
	IsTest   bool
	Deleted  bool
	// Services holds the state of each product; those that it lacks are new and disabled.
	Services map[string]Service
	// Availability overrides, by product, what is inherited.
	Availability map[string]bool
	// CreatedAt is what the filters and the ordering of lists use. It is in no reply.
	CreatedAt time.Time
}

// Service is the state of one product at one client.
type Service struct {
	Status    string
	Previous  string // status before that
	ChangedAt time.Time
	Enabled   bool
	Options   []ServiceOption

	reads int // of the list of services that will still show activating
}

// User is a person as Gcore keeps it.
type User struct {
	ID       int64
	Email    string
	Name     *string
	Phone    *string
	Lang     string
	Company  string // as it was at creation; replies have the client's, except with StaleUserCompany
	Reseller int64
	Client   int64  // the account that the user belongs to
	UserType string // common, reseller or seller
	// Access holds the ids of the user's roles in each account that it can enter, by account.
	Access    map[int64][]string
	AuthTypes []string
	Activated bool
	IsActive  bool
	Deleted   bool
	// Invitations and PasswordResets count the messages that were asked for.
	Invitations, PasswordResets int
	// HasTokens makes a deletion fail, as the user's own API tokens do.
	HasTokens bool
	// Outranks makes changes fail, as a token with a higher role than the caller's does.
	Outranks bool
}

func (c *Client) clone() Client {
	d := *c
	d.Services, d.Availability = maps.Clone(c.Services), maps.Clone(c.Availability)
	return d
}

func (u *User) clone() User {
	v := *u
	v.AuthTypes = slices.Clone(u.AuthTypes)
	v.Access = maps.Clone(u.Access)
	return v
}

// textMember is a text of a client or user that may be null.
type textMember[T any] struct {
	name     string
	required bool // whether replies have it even where it is null
	of       func(*T) **string
}

// clientTexts and userTexts are all of them. Whatever is said of such a text stands here once.
var (
	clientTexts = []textMember[Client]{
		{"name", true, func(c *Client) **string { return &c.Name }},
		{"phone", false, func(c *Client) **string { return &c.Phone }},
		{"custom_id", false, func(c *Client) **string { return &c.CustomID }},
	}
	userTexts = []textMember[User]{
		{"name", true, func(u *User) **string { return &u.Name }},
		{"phone", true, func(u *User) **string { return &u.Phone }},
	}
)

func names[T any](texts []textMember[T]) (names []string) {
	for _, text := range texts {
		names = append(names, text.name)
	}
	return names
}

// showTexts writes the texts into a reply; nulls are left out where omitNulls says so.
func showTexts[T any](doc object, texts []textMember[T], of *T, omitNulls bool) {
	for _, text := range texts {
		if value := *text.of(of); value != nil || text.required || !omitNulls {
			doc[text.name] = value
		}
	}
}

// takeTexts changes the texts that a request sends; null clears.
func takeTexts[T any](f *form, texts []textMember[T], of *T) {
	for _, text := range texts {
		takeNullable[string](f, text.name).setOrClear(text.of(of))
	}
}

// status is the override, else the liveliest of the services'.
func (c *Client) status() string {
	if c.Status != "" {
		return c.Status
	}
	for _, status := range []string{"active", "trial", "trialend", "paused"} {
		for _, s := range c.Services {
			if s.Status == status {
				return status
			}
		}
	}
	return "new"
}

// SeedClient adds c without the rules of the API, and returns it with what it lacked: an id, a company, an e-mail
// address, the demo reseller, the reseller's user as owner, the current time.
func (m *Mock) SeedClient(c Client) Client {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.addClient(c).clone()
}

// SeedUser adds u without the rules of the API, and returns it with what it lacked. Its client is made of its company,
// e-mail address, name and phone unless it names one. It is active and activated; [Mock.ChangeUser] changes that.
func (m *Mock) SeedUser(u User) User {
	m.mu.Lock()
	defer m.mu.Unlock()
	u.Activated, u.IsActive = true, true
	if u.Client == 0 {
		u.Client = m.addClient(Client{
			Company: u.Company, Email: u.Email, Name: u.Name, Phone: u.Phone, Reseller: u.Reseller,
		}).ID
	}
	return m.addUser(u).clone()
}

// Client returns the client with this id, deleted or not.
func (m *Mock) Client(id int64) (Client, bool) { return get(m, m.clients, id, (*Client).clone) }

// User returns the user with this id, deleted or not.
func (m *Mock) User(id int64) (User, bool) { return get(m, m.users, id, (*User).clone) }

func get[T any](m *Mock, state map[int64]*T, id int64, clone func(*T) T) (found T, ok bool) {
	ok = change(m, state, id, func(t *T) { found = clone(t) })
	return found, ok
}

// Clients returns all clients by id, those of the demo credentials and deleted ones included.
func (m *Mock) Clients() []Client { return all(m, m.clients, (*Client).clone) }

// Users returns all users by id, those of the demo credentials and deleted ones included.
func (m *Mock) Users() []User { return all(m, m.users, (*User).clone) }

func all[T any](m *Mock, state map[int64]*T, clone func(*T) T) (found []T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range sorted(state) {
		found = append(found, clone(t))
	}
	return found
}

// ChangeClient is another actor's change of a client, deletion included. It reports whether there is such a client.
func (m *Mock) ChangeClient(id int64, do func(*Client)) bool { return change(m, m.clients, id, do) }

// ChangeUser is another actor's change of a user, deletion included. It reports whether there is such a user.
func (m *Mock) ChangeUser(id int64, do func(*User)) bool { return change(m, m.users, id, do) }

func change[T any](m *Mock, state map[int64]*T, id int64, do func(*T)) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := state[id]
	if ok {
		do(t)
	}
	return ok
}

// RemoveClient removes every trace of a client, except the users that belong to it. Set Deleted by [Mock.ChangeClient]
// to delete it as the vendor does.
func (m *Mock) RemoveClient(id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.clients, id)
	for _, u := range m.users {
		delete(u.Access, id)
	}
}

// RemoveUser removes every trace of a user. Set Deleted by [Mock.ChangeUser] to delete it as the vendor does.
func (m *Mock) RemoveUser(id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.users, id)
}

func (m *Mock) addClient(c Client) *Client {
	c = c.clone()
	c.ID = m.id(c.ID)
	c.Company = cmp.Or(c.Company, fmt.Sprintf("Company %d", c.ID))
	c.Email = cmp.Or(c.Email, fmt.Sprintf("client-%d@example.com", c.ID))
	c.BillType = cmp.Or(c.BillType, "prepaid")
	c.ClientType = cmp.Or(c.ClientType, "common")
	c.Reseller = cmp.Or(c.Reseller, DemoReseller)
	c.Owner = cmp.Or(c.Owner, m.resellerUser(c.Reseller))
	if c.CreatedAt.IsZero() {
		c.CreatedAt = m.now()
	}
	if c.Services == nil {
		c.Services = map[string]Service{}
	}
	if c.Availability == nil {
		c.Availability = map[string]bool{}
	}
	m.clients[c.ID] = &c
	return &c
}

func (m *Mock) addUser(u User) *User {
	u = u.clone()
	u.ID = m.id(u.ID)
	u.Email = cmp.Or(u.Email, fmt.Sprintf("user-%d@example.com", u.ID))
	u.Lang = cmp.Or(u.Lang, m.options.Lang, "en")
	u.UserType = cmp.Or(u.UserType, "common")
	u.Reseller = cmp.Or(u.Reseller, DemoReseller)
	if u.Company == "" && m.clients[u.Client] != nil {
		u.Company = m.clients[u.Client].Company
	}
	if u.AuthTypes == nil {
		u.AuthTypes = []string{"password"}
	}
	if u.Access == nil {
		u.Access = map[int64][]string{u.Client: {roleAdministrator}}
	}
	m.users[u.ID] = &u
	return &u
}

// id returns want, or the next free id where want is 0.
func (m *Mock) id(want int64) int64 {
	if want == 0 {
		want = m.nextID
	}
	m.nextID = max(m.nextID, want+1)
	return want
}

// DrawIDs makes the ids of accounts and users that follow depend on seed.
func (m *Mock) DrawIDs(seed uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nextID = max(m.nextID, 10_000_000+int64(seed%900_000_000))
}

// vendor is the id of the reseller that resellers' own accounts belong to: Gcore itself.
const vendor = 1

// resellerUser returns the id of the reseller's user, 0 where there is none.
func (m *Mock) resellerUser(reseller int64) int64 {
	var first int64
	for id, u := range m.users {
		if u.Client == reseller && u.UserType == "reseller" && (first == 0 || id < first) {
			first = id
		}
	}
	return first
}

// addReseller makes a reseller's own account and its user; a user id of 0 is the next free one.
func (m *Mock) addReseller(id, user int64) {
	m.addClient(Client{ID: id, ClientType: "reseller", Reseller: vendor, Company: fmt.Sprintf("Reseller %d", id)})
	m.addUser(User{ID: user, Client: id, Reseller: vendor, UserType: "reseller", Activated: true, IsActive: true})
}

func (m *Mock) seedDemo() {
	m.addReseller(DemoReseller, DemoResellerUser)
	m.AddCredential(Reseller, DemoAPIKey, DemoReseller)
	m.AddCredential(Reseller, DemoAccessToken, DemoReseller)
	m.SeedClient(Client{ID: DemoAccount, Company: "Demo member's company"})
	m.SeedUser(User{ID: DemoMember, Client: DemoAccount, Email: "member@example.com"})
	m.AddCredential(Member, DemoMemberKey, DemoMember)
}

// sorted returns the values of state in the order of their ids.
func sorted[T any](state map[int64]*T) []*T {
	var all []*T
	for _, id := range slices.Sorted(maps.Keys(state)) {
		all = append(all, state[id])
	}
	return all
}
