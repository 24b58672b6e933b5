package softwareone

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Account is an account as the vendor holds it. An empty string stands for null.
type Account struct {
	ID                    string
	Name                  string
	Type                  string // Client, Vendor or Operations
	Status                string // Active, Enabled or Disabled
	ExternalID            string
	ExternalName          string // from the ERP
	PyraTenantID          string
	Address               Address
	TechnicalSupportEmail string
	Website               string
	Description           string
	DefaultLanguageCode   string
	Eligibility           *Eligibility // nil stands for null
	Groups                []Group
	Logo                  []byte // the uploaded icon; nil means the generated one
	Revision              int
	Created, Updated      Event
}

// Address is an account's postal address.
type Address struct {
	AddressLine1 string `json:"addressLine1,omitempty"`
	AddressLine2 string `json:"addressLine2,omitempty"`
	PostCode     string `json:"postCode,omitempty"`
	City         string `json:"city,omitempty"`
	State        string `json:"state,omitempty"`
	Country      string `json:"country,omitempty"`
}

// Eligibility says what a Client account may buy as.
type Eligibility struct {
	Client  bool `json:"client"`
	Partner bool `json:"partner"`
}

// Group refers to a user group.
type Group struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name,omitempty"`
	Revision    int    `json:"revision,omitempty"`
	Description string `json:"description,omitempty"`
	Logo        string `json:"logo,omitempty"`
	IsDefault   bool   `json:"isDefault"`
}

// Event is one entry of an account's audit.
type Event struct {
	At time.Time
	By string // id of the token
}

func (a *Account) clone() Account {
	c := *a
	c.Groups = slices.Clone(a.Groups)
	c.Logo = slices.Clone(a.Logo)
	if a.Eligibility != nil {
		e := *a.Eligibility
		c.Eligibility = &e
	}
	return c
}

func initialStatus(accountType string) string {
	if accountType == "Client" {
		return "Enabled"
	}
	return "Active"
}

// textMember is a member of an account that holds a text or null.
type textMember struct {
	name  string
	limit int // in characters; 0 for one that callers can't set
	of    func(*Account) *string
}

// textMembers are all of them. Whatever is said of a text member once stands here.
var textMembers = []textMember{
	{"externalId", 250, func(a *Account) *string { return &a.ExternalID }},
	{"externalName", 0, func(a *Account) *string { return &a.ExternalName }},
	{"technicalSupportEmail", 320, func(a *Account) *string { return &a.TechnicalSupportEmail }},
	{"website", 2000, func(a *Account) *string { return &a.Website }},
	{"description", 2000, func(a *Account) *string { return &a.Description }},
	{"defaultLanguageCode", 35, func(a *Account) *string { return &a.DefaultLanguageCode }},
}

// members are the members of an account, as select and $meta.omitted name them.
var members = append([]string{
	"id", "name", "icon", "revision", "type", "status", "externalIds", "address", "groups", "eligibility", "audit",
}, textNames(0)...)

// textNames are the names of the text members whose limit is at least this.
func textNames(limit int) []string {
	var names []string
	for _, text := range textMembers {
		if text.limit >= limit {
			names = append(names, text.name)
		}
	}
	return names
}

const timeFormat = "2006-01-02T15:04:05.000Z"

// view returns an account's JSON members, without nulls and without what is omitted.
func (m *Mock) view(a *Account, omitted []string) map[string]any {
	v := map[string]any{
		"id": a.ID, "name": a.Name, "type": a.Type, "status": a.Status, "revision": a.Revision,
		"icon": "/v1/accounts/accounts/" + a.ID + "/icon",
		"audit": map[string]any{
			"created": event(a.Created), "updated": event(a.Updated),
		},
		"groups": a.Groups,
	}
	for _, text := range textMembers {
		if value := *text.of(a); value != "" {
			v[text.name] = value
		}
	}
	if a.PyraTenantID != "" {
		v["externalIds"] = map[string]any{"pyraTenantId": a.PyraTenantID}
	}
	if a.Address != (Address{}) || !m.options.OmitsEmptyAddress {
		v["address"] = a.Address
	}
	if a.Eligibility != nil {
		v["eligibility"] = a.Eligibility
	}
	for _, name := range omitted {
		delete(v, name)
	}
	return v
}

func event(e Event) map[string]any {
	return map[string]any{
		"at": e.At.UTC().Format(timeFormat),
		"by": map[string]any{"id": e.By, "name": "Token " + e.By, "icon": "/v1/accounts/api-tokens/" + e.By + "/icon", "revision": 1},
	}
}

// selection turns a select parameter into the members that a reply leaves out, byDefault unless the parameter says
// otherwise. It reports whether every member is known.
func selection(param string, byDefault []string) (omitted []string, ok bool) {
	omitted = slices.Clone(byDefault)
	for item := range strings.SplitSeq(param, ",") {
		// An unescaped + arrives as a space.
		item = strings.TrimLeft(strings.TrimSpace(item), "+")
		name, drop := strings.CutPrefix(item, "-")
		name, _, _ = strings.Cut(name, ".")
		switch {
		case item == "":
		case drop && name == "*":
			omitted = slices.Clone(members)
		case !slices.Contains(members, name):
			return nil, false
		case drop && !slices.Contains(omitted, name):
			omitted = append(omitted, name)
		case !drop:
			omitted = slices.DeleteFunc(omitted, func(o string) bool { return o == name })
		}
	}
	slices.Sort(omitted)
	return omitted, true
}

// text returns the value that RQL sees under a path such as address.city, and whether there is such a path.
// "" stands for null.
func (a *Account) text(path string) (value string, known bool) {
	switch path {
	case "id":
		return a.ID, true
	case "name":
		return a.Name, true
	case "type":
		return a.Type, true
	case "status":
		return a.Status, true
	case "externalIds.pyraTenantId":
		return a.PyraTenantID, true
	case "audit.created.at":
		return a.Created.At.UTC().Format(timeFormat), true
	case "audit.created.by.id":
		return a.Created.By, true
	case "audit.updated.at":
		return a.Updated.At.UTC().Format(timeFormat), true
	case "audit.updated.by.id":
		return a.Updated.By, true
	}
	for _, text := range textMembers {
		if text.name == path {
			return *text.of(a), true
		}
	}
	name, isAddress := strings.CutPrefix(path, "address.")
	if !isAddress || !slices.Contains(addressMembers, name) {
		return "", false
	}
	return *a.Address.member(name), true
}

var addressMembers = []string{"addressLine1", "addressLine2", "postCode", "city", "state", "country"}

func (a *Address) member(name string) *string {
	return map[string]*string{
		"addressLine1": &a.AddressLine1, "addressLine2": &a.AddressLine2, "postCode": &a.PostCode,
		"city": &a.City, "state": &a.State, "country": &a.Country,
	}[name]
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only maps, strings and numbers come here
	}
	return b
}
