package softwareone

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var (
	types    = []string{"Client", "Vendor", "Operations"}
	statuses = []string{"Active", "Enabled", "Disabled"}

	// hidden are the members that replies leave out unless they are selected.
	hidden = []string{"audit", "groups"}
)

const (
	notFound   = "There is no such account."
	notAllowed = "This takes an Operations account's token with account management."
)

// one answers with a whole account.
func (m *Mock) one(status int, a *Account, omitted []string) reply {
	v := m.view(a, omitted)
	v["$meta"] = map[string]any{"omitted": omitted}
	return reply{status, v}
}

// payload reads the body, or gives the reply that refuses it.
func (m *Mock) payload(c *call, form bool) (payload, *reply) {
	p, err := readPayload(c.Request, form)
	status, detail := http.StatusBadRequest, ""
	switch {
	case err == nil:
		return p, nil
	case errors.Is(err, errMediaType):
		status = http.StatusUnsupportedMediaType
	default:
		detail = err.Error()
	}
	refusal := m.refuse(status, detail, nil)
	return p, &refusal
}

func (m *Mock) create(c *call) reply {
	if !c.caller.operations {
		return m.refuse(http.StatusForbidden, notAllowed, nil)
	}
	in, refusal := m.payload(c, true)
	if refusal != nil {
		return *refusal
	}
	required := problems{}
	a := &Account{Logo: in.logo}
	var sent bool
	if a.Type, sent = in.account.oneOf("type", types, required); !sent && len(required) == 0 {
		required.add("type", "The type is required.")
	}
	if a.Type == "Operations" {
		required.add("type", "Operations accounts can't be created.")
	}
	p := m.apply(a, in.account, false)
	for member, messages := range required {
		p[member] = append(p[member], messages...)
	}
	a.Status = initialStatus(a.Type)
	if a.Type == "Client" && a.ExternalID != "" && m.options.CreateActivates {
		m.assign(a, a.ExternalID, p)
	}
	if status, sent := in.account.oneOf("status", statuses, p); sent && m.options.CreateHonoursStatus {
		a.Status = status
	}
	a.Groups = in.account.groups(p)
	if len(p) > 0 {
		return m.refuseFields(p)
	}
	a.Created = Event{At: m.now(), By: c.caller.tokenID}
	a.Updated = a.Created
	m.store(a)
	m.lag[a.ID] = m.options.Lag
	if m.options.PartialCreate {
		v := m.view(m.accounts[a.ID], hidden)
		for member := range v {
			if !slices.Contains([]string{"id", "name", "type", "status"}, member) && !in.account.sent(member) {
				delete(v, member)
			}
		}
		return reply{http.StatusCreated, v}
	}
	return m.one(http.StatusCreated, m.accounts[a.ID], hidden)
}

// assign makes a Client Active under an externalId that the ERP knows, and sets what the ERP says about it.
func (m *Mock) assign(a *Account, externalID string, p problems) {
	if m.options.KnownExternalID != nil && !m.options.KnownExternalID(externalID) {
		p.add("externalId", "The ERP knows no customer %s.", externalID)
		return
	}
	id := sha256.Sum256([]byte(externalID))
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // a random UUID's version and variant
	a.Status, a.ExternalID, a.ExternalName = "Active", externalID, "ERP customer "+externalID
	a.PyraTenantID = fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16])
}

func (m *Mock) get(c *call) reply {
	a := m.visible(c.caller, c.PathValue("id"))
	if a == nil || m.lagging(a.ID) {
		return m.refuse(http.StatusNotFound, notFound, nil)
	}
	omitted, ok := selection(c.URL.Query().Get("select"), hidden)
	if !ok {
		return m.refuseQuery(errMistake)
	}
	return m.one(http.StatusOK, a, omitted)
}

// lagging reports whether a new account can't be read yet, and counts the attempt.
func (m *Mock) lagging(id string) bool {
	if m.lag[id] == 0 {
		return false
	}
	m.lag[id]--
	return true
}

// writable finds the account that the path names, or gives the reply that keeps the caller from changing it.
func (m *Mock) writable(c *call) (*Account, *reply) {
	a := m.visible(c.caller, c.PathValue("id"))
	var refusal reply
	switch {
	case a == nil:
		refusal = m.refuse(http.StatusNotFound, notFound, nil)
	case !c.caller.operations:
		refusal = m.refuse(http.StatusForbidden, notAllowed, nil)
	default:
		return a, nil
	}
	return nil, &refusal
}

func (m *Mock) update(c *call) reply {
	stored, refusal := m.writable(c)
	if refusal != nil {
		return *refusal
	}
	in, refusal := m.payload(c, true)
	if refusal != nil {
		return *refusal
	}
	a := stored.clone()
	p := m.apply(&a, in.account, m.options.PUTReplaces)
	if kind, sent := in.account.oneOf("type", types, p); sent && kind != a.Type {
		p.add("type", "The type can't be changed.")
	}
	in.account.oneOf("status", statuses, p)
	in.account.groups(p) // as for status: checked, and of no effect
	if len(p) > 0 {
		return m.refuseFields(p)
	}
	if m.options.PUTIgnoresExternalID {
		a.ExternalID = stored.ExternalID
	}
	if in.logo != nil || in.form && !m.options.FormKeepsIcon {
		a.Logo = in.logo
	}
	m.touch(&a, c.caller.tokenID)
	*stored = a
	return m.one(http.StatusOK, stored, hidden)
}

func (m *Mock) act(c *call) reply {
	action := c.PathValue("action")
	if action == "validate" && c.Method == http.MethodPost {
		return m.validate(c)
	}
	if !slices.Contains([]string{"activate", "deactivate", "enable", "disable"}, action) {
		return m.refuse(http.StatusNotFound, "There is no such action.", nil)
	}
	if c.Method != http.MethodPost {
		return m.refuse(http.StatusMethodNotAllowed, "", nil)
	}
	stored, refusal := m.writable(c)
	if refusal != nil {
		return *refusal
	}
	a := stored.clone()
	p := problems{}
	if action == "activate" {
		in, refusal := m.payload(c, false)
		if refusal != nil {
			return *refusal
		}
		p = m.apply(&a, in.account, false)
		if !in.account.sent("externalId") || a.ExternalID == "" {
			p.add("externalId", "The externalId is required.")
		}
	}
	if !m.moves(&a, action) {
		status := http.StatusBadRequest
		if m.options.ConflictOnStatus {
			status = http.StatusConflict
		}
		return m.refuse(status, "A "+a.Type+" account that is "+a.Status+" can't "+action+".", nil)
	}
	if action == "activate" {
		m.assign(&a, a.ExternalID, p)
	}
	if len(p) > 0 {
		return m.refuseFields(p)
	}
	m.touch(&a, c.caller.tokenID)
	*stored = a
	return m.one(http.StatusOK, stored, hidden)
}

// validate checks whether an account could be activated, and changes nothing.
func (m *Mock) validate(c *call) reply {
	stored, refusal := m.writable(c)
	if refusal != nil {
		return *refusal
	}
	a := stored.clone()
	in, refusal := m.payload(c, false)
	if refusal != nil {
		return *refusal
	}
	p := problems{}
	if in.account.sent("externalId") {
		a.ExternalID = ""
		_ = json.Unmarshal(in.account["externalId"], &a.ExternalID) // what is not a text counts as missing
	}
	if a.ExternalID == "" {
		p.add("externalId", "The externalId is required.")
	} else {
		m.assign(&a, a.ExternalID, p)
	}
	if len(p) > 0 {
		return m.refuseFields(p)
	}
	return m.one(http.StatusOK, stored, hidden)
}

// moves carries out the change of status that an action means, and reports whether the account's type and status
// permit it. Activating is left to assign.
func (m *Mock) moves(a *Account, action string) bool {
	switch action {
	case "activate":
		return a.Type == "Client" && a.Status == "Enabled"
	case "deactivate":
		if a.Type != "Client" || a.Status != "Active" {
			return false
		}
		a.Status = "Enabled"
		if !m.options.DeactivateKeepsExternalID {
			a.ExternalID, a.ExternalName = "", ""
		}
	case "disable":
		if a.Type == "Operations" || a.Status == "Disabled" {
			return false
		}
		a.Status = "Disabled"
	case "enable":
		if a.Type == "Operations" || a.Status != "Disabled" {
			return false
		}
		a.Status = "Enabled"
		if a.ExternalID != "" || a.Type == "Vendor" && !m.options.EnableNeedsExternalID {
			a.Status = "Active"
		}
	}
	return true
}

func (m *Mock) list(c *call) reply {
	q, err := parseQuery(c.URL.RawQuery, m.options)
	if err != nil {
		return m.refuseQuery(err)
	}
	omitted, ok := selection(q.sel, slices.Concat(hidden, m.options.PartialList))
	if !ok || q.usesAudit && slices.Contains(omitted, "audit") { // filtering and sorting by audit takes select=audit
		return m.refuseQuery(errMistake)
	}
	var found []*Account
	for _, id := range slices.Backward(m.order) {
		if a := m.visible(c.caller, id); a != nil && q.matches(a) && !m.lagging(id) {
			found = append(found, a)
		}
	}
	q.sort(found)
	limit := min(q.limit, cmp.Or(m.options.PageLimit, 100))
	page := found[min(q.offset, len(found)):min(q.offset+limit, len(found))]
	data := []map[string]any{}
	for _, a := range page {
		v := m.view(a, omitted)
		if m.options.OmittedPerItem {
			v["$meta"] = map[string]any{"omitted": omitted}
		}
		data = append(data, v)
	}
	if m.options.RepeatsLimit {
		limit = q.limit
	}
	meta := map[string]any{"pagination": map[string]any{"offset": q.offset, "limit": limit, "total": len(found)}}
	if m.options.NoTotal {
		meta["pagination"].(map[string]any)["total"] = nil
	}
	if !m.options.OmittedPerItem {
		meta["omitted"] = omitted
	}
	return reply{http.StatusOK, map[string]any{"$meta": meta, "data": data}}
}

// number reads a limit or an offset.
func number(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && 0 <= n && n <= math.MaxInt32
}
