package gcore

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page answers a list: everything where no limit is asked for, else one page in its envelope. count writes the length of
// all in the type that this list has for it; item writes one.
func page[T any](m *Mock, c *call, all []T, count func(int64) json.Number, item func(T) object) reply {
	items := func(part []T) []object {
		list := []object{}
		for _, x := range part {
			doc := item(x)
			for _, name := range m.options.PartialLists {
				delete(doc, name)
			}
			list = append(list, doc)
		}
		return list
	}
	query := c.URL.Query()
	if !query.Has("limit") || m.options.Envelope == EnvelopeBare {
		return reply{http.StatusOK, items(all)}
	}
	limit, err := strconv.Atoi(query.Get("limit"))
	if err != nil || limit < 1 {
		return m.refuse(fieldErrors{"limit": {"A positive integer is required."}})
	}
	if m.options.MaxLimit > 0 {
		limit = min(limit, m.options.MaxLimit)
	}
	offset, err := strconv.Atoi(cmp.Or(query.Get("offset"), "0"))
	if err != nil || offset < 0 {
		return m.refuse(fieldErrors{"offset": {"A whole number is required."}})
	}
	from := min(offset, len(all))
	to := min(from+limit, len(all))
	key := "results"
	if m.options.Envelope == EnvelopeResult {
		key = "result"
	}
	body := object{key: items(all[from:to])}
	if !m.options.HideCount {
		body["count"] = count(int64(len(all) + m.options.ExtraCount))
		if to < len(all) {
			body["next"] = pageURL(c, query, limit, to)
		}
	}
	if from > 0 {
		body["previous"] = pageURL(c, query, limit, max(0, from-limit))
	}
	return reply{http.StatusOK, body}
}

func pageURL(c *call, query url.Values, limit, offset int) string {
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	return "https://" + c.Host + c.URL.Path + "?" + query.Encode()
}

// filters combines the filters of a query over clients.
func (m *Mock) filters(query url.Values) (func(*Client) bool, error) {
	var all []func(*Client) bool
	for name, values := range query {
		switch name {
		case "limit", "offset", "ordering":
			continue
		}
		keep, err := m.filter(name, values[len(values)-1])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, keep)
	}
	return func(c *Client) bool {
		return !slices.ContainsFunc(all, func(keep func(*Client) bool) bool { return !keep(c) })
	}, nil
}

// serviceFilters maps the filters by a service's status to its product. The last two are for products that no client has.
var serviceFilters = map[string]string{
	"cdn": "CDN", "storage": "STORAGE", "ddos": "DDOS", "dns": "DNS", "cloud": "CLOUD",
	"infrastructure_protection": "", "connect": "",
}

func (m *Mock) filter(name, want string) (func(*Client) bool, error) {
	if product, ok := serviceFilters[name]; ok {
		return func(c *Client) bool { return product != "" && cmp.Or(c.Services[product].Status, "new") == want }, nil
	}
	switch name {
	case "email":
		return m.byText(want, func(c *Client) *string { return &c.Email }), nil
	case "companyName":
		return m.byText(want, func(c *Client) *string { return &c.Company }), nil
	case "name":
		return m.byText(want, func(c *Client) *string { return c.Name }), nil
	case "custom_id":
		return m.byText(want, func(c *Client) *string { return c.CustomID }), nil
	case "users_name":
		return m.anyUser(func(u *User) bool { return m.matches(u.Name, want) }), nil
	case "users_email":
		return m.anyUser(func(u *User) bool { return m.matches(&u.Email, want) }), nil
	case "country_code":
		return func(c *Client) bool { return cmp.Or(c.CountryCode, "null") == want }, nil
	case "client_type":
		return func(c *Client) bool { return c.ClientType == want }, nil
	case "bill_type":
		return func(c *Client) bool { return c.BillType == want }, nil
	case "deleted":
		all := want != "true" && want != "false"
		return func(c *Client) bool { return all || c.Deleted == (want == "true") }, nil
	case "is_test":
		flag, err := strconv.ParseBool(want)
		return func(c *Client) bool { return c.IsTest == flag }, err
	case "activated":
		flag, err := strconv.ParseBool(want)
		activated := m.anyUser(func(u *User) bool { return u.Activated })
		return func(c *Client) bool { return activated(c) == flag }, err
	case "reseller_id":
		id, err := strconv.ParseInt(want, 10, 64)
		return func(c *Client) bool { return c.Reseller == id }, err
	case "seller_id":
		id, err := strconv.ParseInt(want, 10, 64)
		return func(c *Client) bool { return c.Seller != nil && *c.Seller == id }, err
	case "created_at_gte":
		at, err := time.Parse(time.RFC3339, want)
		return func(c *Client) bool { return !c.CreatedAt.Before(at) }, err
	case "created_at_lte":
		at, err := time.Parse(time.RFC3339, want)
		return func(c *Client) bool { return !c.CreatedAt.After(at) }, err
	case "id__in__exclude":
		ids := strings.Split(want, ",")
		return func(c *Client) bool { return !slices.Contains(ids, strconv.FormatInt(c.ID, 10)) }, nil
	case "personal_product_availability":
		names := strings.Split(want, ",")
		return func(c *Client) bool {
			return slices.ContainsFunc(names, func(n string) bool { return c.Availability[n] })
		}, nil
	case "feature_id_in", "promocode", "secondaryhostnames":
		return func(*Client) bool { return false }, nil // no client has any
	case "min_traffic", "max_traffic":
		// No client has any traffic.
		bound, err := strconv.ParseFloat(want, 64)
		keep := bound >= 0 && (name == "max_traffic" || bound == 0)
		return func(*Client) bool { return keep }, err
	}
	return nil, errors.New("unknown parameter")
}

func (m *Mock) byText(want string, of func(*Client) *string) func(*Client) bool {
	return func(c *Client) bool { return m.matches(of(c), want) }
}

func (m *Mock) matches(have *string, want string) bool {
	switch {
	case m.options.Filters == FilterIgnored:
		return true
	case have == nil:
		return false
	}
	switch m.options.Filters {
	case FilterFold:
		return strings.EqualFold(*have, want)
	case FilterContains:
		return strings.Contains(strings.ToLower(*have), strings.ToLower(want))
	case FilterPrefix:
		return strings.HasPrefix(*have, want)
	case FilterLower:
		return strings.ToLower(*have) == want
	default:
		return *have == want
	}
}

func (m *Mock) anyUser(match func(*User) bool) func(*Client) bool {
	return func(c *Client) bool {
		for _, u := range m.users {
			if _, has := u.Access[c.ID]; has && !u.Deleted && match(u) {
				return true
			}
		}
		return false
	}
}

var orderings = map[string]func(a, b *Client) int{
	"id":          func(a, b *Client) int { return cmp.Compare(a.ID, b.ID) },
	"email":       func(a, b *Client) int { return cmp.Compare(a.Email, b.Email) },
	"name":        func(a, b *Client) int { return cmp.Compare(text(a.Name), text(b.Name)) },
	"status":      func(a, b *Client) int { return cmp.Compare(a.status(), b.status()) },
	"companyName": func(a, b *Client) int { return cmp.Compare(a.Company, b.Company) },
	"created_at":  func(a, b *Client) int { return a.CreatedAt.Compare(b.CreatedAt) },
}

// order sorts clients, which come by id, by comma-separated keys; a leading minus turns a key round.
func order(clients []*Client, keys string) error {
	if keys == "" {
		return nil
	}
	// The last key first: the sort is stable.
	for _, key := range slices.Backward(strings.Split(keys, ",")) {
		name, descending := strings.CutPrefix(key, "-")
		compare, known := orderings[name]
		if !known {
			return fmt.Errorf("unknown key %q", key)
		}
		slices.SortStableFunc(clients, func(a, b *Client) int {
			if descending {
				return compare(b, a)
			}
			return compare(a, b)
		})
	}
	return nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
