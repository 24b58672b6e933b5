package gcore

import (
	"cmp"
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
)

// deletionDelay is how long after a pause, or the end of a trial, a service is deleted.
const deletionDelay = 14 * 24 * time.Hour

// ServiceOption is a setting of a service.
type ServiceOption struct {
	ID          *int64 `json:"id"`
	Value       string `json:"value"`
	ValueType   string `json:"value_type"`
	Name        string `json:"name"`
	Category    string `json:"category"`
	Description string `json:"description"`
	Title       string `json:"title"`
}

// serviceID is the id of a product at a client: the mock makes it of the two.
func serviceID(client *Client, product string) int64 {
	return client.ID*10 + int64(slices.Index(products, product))
}

func (m *Mock) serviceJSON(client *Client, product string) object {
	s := client.Services[product]
	options := s.Options
	if options == nil {
		options = []ServiceOption{}
	}
	stamp := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	doc := object{
		"id": serviceID(client, product), "name": product, "client": client.ID, "status": cmp.Or(s.Status, "new"),
		"previous_status": cmp.Or(s.Previous, "new"), "status_changed_at": stamp(cmp.Or(s.ChangedAt, client.CreatedAt)),
		"start": stamp(
			client.CreatedAt,
		), "deleted_date": nil, "enabled": s.Enabled, "options": options, "status_transition_options": []ServiceOption{},
	}
	if s.Status == "paused" || s.Status == "trialend" {
		doc["deleted_date"] = stamp(s.ChangedAt.Add(deletionDelay))
	}
	if m.options.OmitNulls && doc["deleted_date"] == nil {
		delete(doc, "deleted_date")
	}
	return doc
}

func (m *Mock) listServices(c *call) reply {
	client, refusal := m.client(c)
	if refusal != nil {
		return *refusal
	}
	list := []object{}
	for _, product := range products {
		if !slices.Contains(m.options.HiddenServices, product) {
			list = append(list, m.serviceJSON(client, product))
		}
		if s := client.Services[product]; s.Status == "activating" && s.reads == 0 {
			s.Status = "active"
			client.Services[product] = s
		} else if s.reads > 0 {
			s.reads--
			client.Services[product] = s
		}
	}
	return reply{http.StatusOK, list}
}

// updateService changes the status of a product at a client, and whether it is enabled.
func (m *Mock) updateService(c *call) reply {
	client, refusal := m.client(c)
	if refusal != nil {
		return *refusal
	}
	product := ""
	for _, p := range products {
		if c.PathValue("service") == strconv.FormatInt(serviceID(client, p), 10) {
			product = p
		}
	}
	if product == "" {
		return m.notFound()
	}
	f, bad := m.form(c)
	if bad != nil {
		return *bad
	}
	f.require("status")
	status, enabled := takeChoice(
		f,
		"status",
		[]string{"new", "trial", "trialend", "active", "paused", "activating", "deleted"},
	), take[bool](
		f,
		"enabled",
	)
	options := take[[]ServiceOption](f, "options")
	take[[]ServiceOption](f, "status_transition_options")
	s := client.Services[product]
	now := cmp.Or(s.Status, "new")
	if status.value != nil && len(f.errs) == 0 {
		switch to := *status.value; {
		case to == now, to == "active" && now == "activating":
		case now == "deleted":
			f.errs.add("status", "A deleted product can't be changed.")
		case !slices.Contains([]string{"trial", "active", "paused"}, to):
			f.errs.add("status", fmt.Sprintf("The status %s can't be set.", to))
		case to == "trial" && (now == "active" || now == "paused"):
			f.errs.add("status", "A product that was active can't go back to trial.")
		case !m.available(client, product):
			f.errs.add("status", "The product is not available to this client.")
		}
	}
	if !f.finish() {
		return m.refuse(f.errs)
	}
	if to := *status.value; to != now && !(to == "active" && now == "activating") {
		s.Previous, s.Status, s.ChangedAt = now, to, m.now()
		if to == "active" && m.options.Activating > 0 {
			s.Status, s.reads = "activating", m.options.Activating-1
		}
	}
	if enabled.value != nil || m.options.PutServiceReplaces {
		s.Enabled = enabled.value != nil && *enabled.value
	}
	if options.value != nil || m.options.PutServiceReplaces {
		s.Options = nil
		if options.value != nil {
			s.Options = *options.value
		}
	}
	client.Services[product] = s
	return reply{http.StatusOK, m.serviceJSON(client, product)}
}

// Seller is a reseller's employee as Gcore keeps it.
type Seller struct {
	ID        int64
	Email     string
	FullName  string
	Phone     string
	Reseller  int64
	Activated bool
	Deleted   bool
}

// SeedSeller adds a seller, of the demo reseller where it names none, and returns it with its id.
func (m *Mock) SeedSeller(s Seller) Seller {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.ID, s.Reseller = m.id(s.ID), cmp.Or(s.Reseller, DemoReseller)
	m.sellers[s.ID] = &s
	return s
}

func (m *Mock) listSellers(c *call) reply {
	if c.caller.kind == Member {
		if m.options.Member == MemberEmpty {
			return page(m, c, []*Seller(nil), m.number, nil)
		}
		return m.memberDenied()
	}
	query := c.URL.Query()
	var found []*Seller
	for _, s := range sorted(m.sellers) {
		keep := s.Reseller == c.caller.reseller && (m.options.SoftDelete || !s.Deleted)
		for name, have := range map[string]*string{"email": &s.Email, "full_name": &s.FullName} {
			keep = keep && (!query.Has(name) || m.matches(have, query.Get(name)))
		}
		if want := query.Get("deleted"); want == "true" || want == "false" {
			keep = keep && s.Deleted == (want == "true")
		}
		if keep {
			found = append(found, s)
		}
	}
	return page(m, c, found, m.number, func(s *Seller) object {
		doc := object{
			"id": s.ID, "email": s.Email, "full_name": s.FullName, "reseller_name": fmt.Sprintf("Reseller %d", s.Reseller), "company": "",
			"date_joined": "2026-01-02T03:04:05Z", "activated": s.Activated, "deleted": s.Deleted,
		}
		if s.Phone != "" {
			doc["phone"] = s.Phone
		}
		return doc
	})
}

// renewInvitation sends a user who is not activated another invitation.
func (m *Mock) renewInvitation(c *call) reply {
	return m.mail(c, func(u *User) *reply {
		if u.Activated {
			return &reply{http.StatusBadRequest, object{"message": "This user already activated."}}
		}
		u.Invitations++
		return nil
	})
}

// resetPassword sends a user the means to choose another password.
func (m *Mock) resetPassword(c *call) reply {
	return m.mail(c, func(u *User) *reply {
		u.PasswordResets++
		return nil
	})
}

// mail does something for the user of an address, which only the user's reseller may ask for.
func (m *Mock) mail(c *call, do func(*User) *reply) reply {
	if c.caller.kind == Member {
		return m.memberDenied()
	}
	f, bad := m.form(c)
	if bad != nil {
		return *bad
	}
	f.require("email")
	email := take[string](f, "email")
	if email.value != nil {
		if _, err := mail.ParseAddress(*email.value); err != nil {
			f.errs.add("email", "Enter a valid email address.")
		}
	}
	if !f.finish() {
		return m.refuse(f.errs)
	}
	for _, u := range sorted(m.users) {
		if strings.EqualFold(u.Email, *email.value) && !u.Deleted && u.Reseller == c.caller.reseller {
			if refusal := do(u); refusal != nil {
				return *refusal
			}
			return reply{status: http.StatusOK}
		}
	}
	return m.notFound()
}
