package fortanix

import (
	"cmp"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// accountView is an account as the API shows it to one caller. Its own members take the place of those of the account.
type accountView struct {
	Account

	CreatedAt   int64                 `json:"created_at,omitempty"`
	Roles       []string              `json:"roles,omitempty"`  // the caller's
	Status      string                `json:"status,omitempty"` // the caller's
	CustomLogo  *string               `json:"custom_logo,omitempty"`
	AuthConfigs map[string]AuthConfig `json:"auth_configs,omitzero"`
	Totals      *Totals               `json:"totals,omitempty"`
}

func (m *Mock) view(a *record, caller *user) accountView {
	member := a.Members[caller.email]
	v := accountView{
		Account: a.Account, CreatedAt: stamp(a.CreatedAt, m.options.CreatedMillis), Roles: member.Roles, Status: member.Status,
	}
	if a.CustomLogo != "" || m.options.Logos == LogosEmpty {
		shown := a.CustomLogo
		if m.options.Logos == LogosWrapped {
			shown = wrap(shown)
		}
		v.CustomLogo = &shown
	}
	if len(a.AuthConfigs) > 0 || m.options.EmptyConfigs {
		v.AuthConfigs = make(map[string]AuthConfig, len(a.AuthConfigs))
		for id, c := range a.AuthConfigs {
			v.AuthConfigs[id] = m.options.Secrets.hide(c)
		}
	}
	return v
}

func (s Secrets) hide(c AuthConfig) AuthConfig {
	if s == SecretsReturned || c.OAuth == nil {
		return c
	}
	shown := ""
	if s == SecretsMasked {
		shown = Mask
	}
	oauth := *c.OAuth
	oauth.ClientSecret = shown
	if r := oauth.TLS.Required; r != nil && r.ClientKey != "" {
		required := *r
		required.ClientKey = shown
		oauth.TLS.Required = &required
	}
	c.OAuth = &oauth
	return c
}

// wrap encodes base64 again, in the lines of MIME.
func wrap(encoded string) string {
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return encoded // seeded so
	}
	var b strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(data)), 76) {
		b.Write(line)
		b.WriteString("\r\n")
	}
	return b.String()
}

// lookUp finds the account of the path among those of the caller.
func (m *Mock) lookUp(c *call) (*record, Member, error) {
	a := m.accounts[strings.ToLower(c.PathValue("id"))]
	if a == nil {
		return nil, Member{}, refuse(cmp.Or(m.options.GoneStatus, http.StatusNotFound), "account not found")
	}
	member, ok := a.Members[c.session.user.email]
	if !ok {
		return nil, Member{}, refuse(cmp.Or(m.options.ForeignStatus, http.StatusForbidden), "current user does not belong to the account")
	}
	return a, member, nil
}

// lookUpToWrite is lookUp for callers who manage the account.
func (m *Mock) lookUpToWrite(c *call) (*record, error) {
	a, member, err := m.lookUp(c)
	switch {
	case err != nil:
		return nil, err
	case member.Status != StatusActive || !slices.Contains(member.Roles, RoleManager):
		return nil, refuse(http.StatusForbidden, "operation requires the role MANAGER")
	case m.options.RequireSelected && c.session.selected != a.ID:
		return nil, refuse(http.StatusForbidden, "account is not selected")
	}
	return a, nil
}

// visible reports whether a read sees the account, and counts the read where it does not.
func (a *record) visible() bool {
	if a.lag > 0 {
		a.lag--
		return false
	}
	return true
}

func (m *Mock) createAccount(c *call) (reply, error) {
	a := &record{lag: m.options.CreateLag, Account: Account{
		ID: newUUID(), CreatedAt: m.now(), AuthConfigs: map[string]AuthConfig{}, Component: ComponentDefault, AccountStatus: AccountActive,
		Members: manager(c.session.user.email),
	}}
	var in struct {
		AuthConfigs []AuthConfig `json:"auth_configs"`
	}
	err := decode(c, accountRequest, &a.Account, &in)
	if err != nil {
		return reply{}, err
	}
	if a.Name, err = m.freeName(a.Name, nil); err != nil {
		return reply{}, err
	}
	if m.options.ServerDefaults {
		a.DefaultGroupID, a.MarketplaceGroupID = newUUID(), newUUID()
		for i := range 23 {
			a.PCRPriority = append(a.PCRPriority, i)
		}
		if in.AuthConfigs == nil {
			in.AuthConfigs = []AuthConfig{{Password: &PasswordConfig{}}}
		}
	}
	for _, config := range in.AuthConfigs {
		a.AuthConfigs[newUUID()] = config
	}
	m.store(a)
	v := m.view(a, c.session.user)
	if m.options.PartialCreate {
		v.CreatedAt, v.Account = 0, Account{ID: a.ID, Name: a.Name, NodeEnrollment: a.NodeEnrollment, Component: a.Component}
	}
	return reply{http.StatusOK, v}, nil
}

// freeName returns the name as the server stores it, unless an account other than self has it.
func (m *Mock) freeName(name string, self *record) (string, error) {
	name = m.options.normalize(name)
	if name == "" {
		return "", refuse(http.StatusBadRequest, "invalid request body: name: expected a name")
	}
	for _, other := range m.order {
		if other != self && (other.Name == name || m.options.DuplicateFold && strings.EqualFold(other.Name, name)) {
			return "", refuse(cmp.Or(m.options.DuplicateStatus, http.StatusBadRequest), "an account with this name exists already")
		}
	}
	return name, nil
}

func (m *Mock) getAccount(c *call) (reply, error) {
	totals := false
	if q := c.URL.Query(); q.Has("with_totals") {
		switch q.Get("with_totals") {
		case "true":
			totals = true
		case "false":
		default:
			return reply{}, refuse(http.StatusBadRequest, "with_totals: expected a boolean")
		}
	}
	a, _, err := m.lookUp(c)
	if err != nil {
		return reply{}, err
	}
	if !a.visible() {
		return reply{}, refuse(http.StatusNotFound, "account not found")
	}
	v := m.view(a, c.session.user)
	if totals {
		v.Totals = &a.Totals
	}
	return reply{http.StatusOK, v}, nil
}

func (m *Mock) updateAccount(c *call) (reply, error) {
	a, err := m.lookUpToWrite(c)
	if err != nil {
		return reply{}, err
	}
	next := a.clone()
	var in struct {
		Add []AuthConfig          `json:"add_auth_configs"`
		Mod map[string]AuthConfig `json:"mod_auth_configs"`
		Del []string              `json:"del_auth_configs"`
	}
	if err := decode(c, accountUpdateRequest, &next, &in); err != nil {
		return reply{}, err
	}
	if next.Name != a.Name {
		if next.Name, err = m.freeName(next.Name, a); err != nil {
			return reply{}, err
		}
	}
	if next.AuthConfigs, err = changeConfigs(a.AuthConfigs, in.Add, in.Mod, in.Del); err != nil {
		return reply{}, err
	}
	a.Account = next
	return reply{http.StatusOK, m.view(a, c.session.user)}, nil
}

// changeConfigs returns a copy of configs with the changes made; ids must exist and appear once.
func changeConfigs(
	configs map[string]AuthConfig,
	add []AuthConfig,
	mod map[string]AuthConfig,
	del []string,
) (map[string]AuthConfig, error) {
	left := maps.Clone(configs)
	if left == nil {
		left = map[string]AuthConfig{}
	}
	for id, config := range mod {
		if _, ok := left[strings.ToLower(id)]; !ok {
			return nil, refuse(http.StatusBadRequest, "mod_auth_configs: unknown id "+id)
		}
		left[strings.ToLower(id)] = config
	}
	for _, id := range del {
		id = strings.ToLower(id)
		_, modified := mod[id]
		if _, ok := left[id]; !ok || modified {
			return nil, refuse(http.StatusBadRequest, "del_auth_configs: unknown or modified id "+id)
		}
		delete(left, id)
	}
	for _, config := range add {
		left[newUUID()] = config
	}
	return left, nil
}

func (m *Mock) deleteAccount(c *call) (reply, error) {
	a, err := m.lookUpToWrite(c)
	if err != nil {
		return reply{}, err
	}
	m.remove(a.ID)
	return reply{http.StatusNoContent, nil}, nil
}

func (m *Mock) listAccounts(c *call) (reply, error) {
	q := c.URL.Query()
	if scope := q.Get("scope"); q.Has("scope") && scope != "USER" {
		if scope == "SYSTEM" {
			return reply{}, refuse(http.StatusForbidden, "scope SYSTEM requires a system administrator")
		}
		return reply{}, refuse(http.StatusBadRequest, "scope: expected USER or SYSTEM")
	}
	size := cmp.Or(m.options.DefaultPageSize, len(m.order))
	if q.Has("limit") {
		n, err := strconv.Atoi(q.Get("limit"))
		if err != nil || n < 1 {
			return reply{}, refuse(http.StatusBadRequest, "limit: expected a positive integer")
		}
		size = n
	}
	if m.options.MaxPageSize > 0 {
		size = min(size, m.options.MaxPageSize)
	}

	var own []*record
	for _, a := range m.order {
		if _, member := a.Members[c.session.user.email]; member && a.visible() {
			own = append(own, a)
		}
	}
	if err := sortAccounts(own, q.Get("sort_by")); err != nil {
		return reply{}, err
	}
	if q.Has("previous_id") {
		previous := strings.ToLower(q.Get("previous_id"))
		if !isUUID(previous) {
			return reply{}, refuse(http.StatusBadRequest, "previous_id: expected a UUID")
		}
		i := slices.IndexFunc(own, func(a *record) bool { return a.ID == previous })
		switch {
		case i >= 0:
			own = own[i+1:]
		case m.options.LostCursorEmpty:
			own = nil
		default:
			return reply{}, refuse(http.StatusBadRequest, "previous_id: no such account")
		}
	}

	items := []accountView{}
	for _, a := range own[:min(size, len(own))] {
		v := m.view(a, c.session.user)
		if m.options.PartialList {
			v.CustomLogo, v.AuthConfigs = nil, nil
		}
		items = append(items, v)
	}
	return reply{http.StatusOK, map[string]any{"items": items}}, nil
}

// sortAccounts orders by "key:ASC,key:DESC"; "" keeps the order of creation.
func sortAccounts(accounts []*record, by string) error {
	if by == "" {
		return nil
	}
	keys := map[string]func(a, b *record) int{
		"name":       func(a, b *record) int { return cmp.Compare(a.Name, b.Name) },
		"acct_id":    func(a, b *record) int { return cmp.Compare(a.ID, b.ID) },
		"created_at": func(a, b *record) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
	for _, term := range slices.Backward(strings.Split(by, ",")) {
		key, direction, _ := strings.Cut(term, ":")
		compare := keys[key]
		if compare == nil || direction != "ASC" && direction != "DESC" {
			return refuse(http.StatusBadRequest, "sort_by: expected key:ASC or key:DESC")
		}
		slices.SortStableFunc(accounts, func(a, b *record) int {
			if direction == "DESC" {
				return compare(b, a)
			}
			return compare(a, b)
		})
	}
	return nil
}
