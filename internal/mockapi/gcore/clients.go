package gcore

import (
	"net/http"
	"strconv"
)

// createAccount gives the caller's user one more account.
func (m *Mock) createAccount(c *call) reply {
	f, bad := m.form(c)
	if bad != nil {
		return *bad
	}
	f.require("company")
	company := m.takeCompany(f, "company", 0)
	if !f.finish() {
		return m.refuse(f.errs)
	}
	user := m.users[c.caller.user]
	made := m.addClient(Client{
		Company: *company.value, Email: user.Email, Reseller: c.caller.reseller, Owner: user.ID,
		CountryCode: m.options.CountryCode, IsTest: m.options.TestAccounts,
	})
	user.Access[made.ID] = []string{roleAdministrator}
	m.lag[made.ID] = m.options.Lag
	return reply{http.StatusCreated, object{"id": made.ID, "company": made.Company}}
}

func (m *Mock) accountOverview(c *call) reply {
	if c.caller.kind == Reseller && m.options.NoResellerOverview {
		return m.denied(http.StatusUnauthorized, "Given token not valid for any token type")
	}
	own, ok := m.clients[m.accountOf(c.caller)]
	if !ok {
		return m.notFound()
	}
	return reply{http.StatusOK, m.overviewJSON(own, c.caller)}
}

func (m *Mock) listClients(c *call) reply {
	if c.caller.kind == Member && m.options.Member != MemberOwn {
		if m.options.Member == MemberEmpty {
			return page(m, c, []*Client(nil), m.number, nil)
		}
		return m.memberDenied()
	}
	keep, err := m.filters(c.URL.Query())
	if err != nil {
		return m.refuse(fieldErrors{"query": {err.Error()}})
	}
	var found []*Client
	for _, client := range sorted(m.clients) {
		if m.seesClient(c, client) && keep(client) && !m.misses(c, client.ID) {
			found = append(found, client)
		}
	}
	if err := order(found, c.URL.Query().Get("ordering")); err != nil {
		return m.refuse(fieldErrors{"ordering": {err.Error()}})
	}
	return page(m, c, found, m.number, func(client *Client) object {
		return m.clientJSON(client, c.caller)
	})
}

func (m *Mock) getClient(c *call) reply {
	client, refusal := m.client(c)
	if refusal != nil {
		return *refusal
	}
	return reply{http.StatusOK, m.clientJSON(client, c.caller)}
}

func (m *Mock) updateClient(c *call) reply {
	client, f, refusal := m.clientForm(c)
	if refusal != nil {
		return *refusal
	}
	company := m.takeCompany(f, "companyName", client.ID)
	email := m.takeEmail(f)
	changed := client.clone()
	takeTexts(f, clientTexts, &changed)
	reseller, seller := take[int64](f, "reseller"), takeNullable[int64](f, "seller")
	isTest := take[bool](f, "is_test")
	if !f.finish() {
		return m.refuse(f.errs)
	}
	*client = changed
	company.set(&client.Company)
	email.set(&client.Email)
	seller.setOrClear(&client.Seller)
	isTest.set(&client.IsTest)
	if reseller.value != nil {
		client.Reseller = *reseller.value
		for _, u := range m.users {
			if u.Client == client.ID {
				u.Reseller = client.Reseller
			}
		}
	}
	return reply{http.StatusOK, m.clientJSON(client, c.caller)}
}

// takeCompany takes a company name as the server stores it, free for the client that is to have it.
func (m *Mock) takeCompany(f *form, name string, owner int64) field[string] {
	company := takeText(f, name)
	if company.value != nil {
		stored := rewrite(m.options.Company, *company.value)
		if m.companyTaken(stored, owner) {
			f.errs.add(name, "Company with this name already exists")
		}
		company.value = &stored
	}
	return company
}

// client finds the client that the path names, or gives the reply that withholds it.
func (m *Mock) client(c *call) (*Client, *reply) {
	if c.caller.kind == Member && (m.options.Member != MemberOwn || c.Method != http.MethodGet) {
		denied := m.memberDenied()
		return nil, &denied
	}
	client, ok := m.clients[pathID(c)]
	if !ok || !m.seesClient(c, client) || client.Deleted && c.Method != http.MethodGet || m.misses(c, client.ID) {
		missing := m.notFound()
		return nil, &missing
	}
	return client, nil
}

// clientForm is client with the body of a request that changes it.
func (m *Mock) clientForm(c *call) (*Client, *form, *reply) {
	client, refusal := m.client(c)
	if refusal != nil {
		return nil, nil, refusal
	}
	f, refusal := m.form(c)
	return client, f, refusal
}

// seesClient reports whether the client is in the caller's view.
func (m *Mock) seesClient(c *call, client *Client) bool {
	if client.Deleted && !m.options.SoftDelete {
		return false
	}
	if c.caller.kind == Member {
		_, has := m.users[c.caller.user].Access[client.ID]
		return has
	}
	return client.Reseller == c.caller.reseller
}

func (m *Mock) memberDenied() reply {
	switch m.options.Member {
	case MemberNotFound, MemberEmpty:
		return m.notFound()
	default:
		return m.forbidden()
	}
}

// pathID reads the path's id; what is not an id finds nothing.
func pathID(c *call) int64 {
	id, err := strconv.ParseInt(c.PathValue("id"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}
