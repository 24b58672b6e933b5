package gcore

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

var groupNames = map[string]string{
	"1":    "Administrators",
	"2":    "Users",
	"5":    "Engineers",
	"3009": "Purge and Prefetch only (API+Web)",
	"3022": "Purge and Prefetch only (API)",
}

// overviewJSON is a client as its own members see it.
func (m *Mock) overviewJSON(client *Client, viewer caller) object {
	services, capabilities := object{}, []string{}
	for _, product := range products {
		s := client.Services[product]
		services[product] = object{"status": cmp.Or(s.Status, "new"), "enabled": s.Enabled}
		if m.available(client, product) {
			capabilities = append(capabilities, product)
		}
	}
	members := map[int64]*User{}
	for id, u := range m.users {
		if _, has := u.Access[client.ID]; has && !u.Deleted {
			members[id] = u
		}
	}
	users, hasAdmin := []object{}, false
	for _, u := range sorted(members) {
		shown := m.userBaseJSON(u)
		if m.options.PartialMembers {
			shown = object{"id": u.ID, "email": u.Email, "name": u.Name}
		}
		users = append(users, shown)
		hasAdmin = hasAdmin || u.IsActive && slices.Contains(u.Access[client.ID], roleAdministrator)
	}
	doc := object{
		"id":               client.ID,
		"users":            users,
		"email":            client.Email,
		"status":           client.status(),
		"companyName":      client.Company,
		"website":          client.Website,
		"currentUser":      viewer.user,
		"capabilities":     capabilities,
		"serviceStatuses":  services,
		"paidFeatures":     object{},
		"freeFeatures":     object{},
		"entryBaseDomain":  nil,
		"signup_process":   nil,
		"deleted":          client.Deleted,
		"bill_type":        client.BillType,
		"is_test":          client.IsTest,
		"has_active_admin": hasAdmin,
	}
	showTexts(doc, clientTexts, client, m.options.OmitNulls)
	if client.CountryCode != "" {
		doc["country_code"] = client.CountryCode
	}
	if m.options.OmitNulls {
		delete(doc, "signup_process")
	}
	return doc
}

// clientJSON is a client as its reseller sees it.
func (m *Mock) clientJSON(client *Client, viewer caller) object {
	doc := m.overviewJSON(client, viewer)
	doc["seller"] = client.Seller
	doc["resellers"] = client.Reseller
	doc["client_type"] = client.ClientType
	doc["owner"] = m.number(client.Owner)
	if m.options.OmitNulls && client.Seller == nil {
		delete(doc, "seller")
	}
	for _, name := range m.options.PartialClients {
		delete(doc, name)
	}
	return doc
}

// userBaseJSON is a user as it stands among those of a client.
func (m *Mock) userBaseJSON(u *User) object {
	company := u.Company
	if client, ok := m.clients[u.Client]; ok && !m.options.StaleUserCompany {
		company = client.Company
	}
	groups := []object{}
	for _, role := range u.Access[u.Client] {
		if id, err := strconv.Atoi(role); err == nil {
			groups = append(groups, object{"id": id, "name": cmp.Or(groupNames[role], role)})
		}
	}
	doc := object{
		"id":         u.ID,
		"email":      u.Email,
		"lang":       u.Lang,
		"company":    company,
		"reseller":   u.Reseller,
		"client":     m.number(u.Client),
		"deleted":    u.Deleted,
		"groups":     groups,
		"activated":  u.Activated,
		"sso_auth":   slices.Contains(u.AuthTypes, "sso"),
		"two_fa":     false,
		"auth_types": u.AuthTypes,
	}
	showTexts(doc, userTexts, u, false)
	return doc
}

// userPublicJSON is a user as GET of one user answers.
func (m *Mock) userPublicJSON(u *User) object {
	doc := m.userBaseJSON(u)
	doc["user_type"] = u.UserType
	doc["is_active"] = u.IsActive
	return doc
}

// userJSON is a user with the accounts that it can enter.
func (m *Mock) userJSON(c *call, u *User) object {
	doc := m.userPublicJSON(u)
	roles, read := []object{}, c.Method == http.MethodGet
	for _, id := range slices.Sorted(maps.Keys(u.Access)) {
		client, ok := m.clients[id]
		if !ok || client.Deleted || read && m.misses(c, id) {
			continue
		}
		roles = append(roles, object{
			"client_id": id, "client_company_name": client.Company, "user_id": u.ID, "user_roles": u.Access[id],
		})
	}
	doc["client_and_roles"] = roles
	return doc
}
