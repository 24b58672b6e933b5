package gcore

import (
	"net/http"
	"slices"
)

func (m *Mock) getAvailability(c *call) reply {
	client, refusal := m.client(c)
	if refusal != nil {
		return *refusal
	}
	list := []object{}
	for _, product := range products {
		_, overridden := client.Availability[product]
		if overridden || m.options.EffectiveAvailability {
			list = append(list, object{"product_name": product, "available": m.available(client, product)})
		}
	}
	return reply{http.StatusOK, list}
}

// updateAvailability sets the override of one product.
func (m *Mock) updateAvailability(c *call) reply {
	client, f, refusal := m.clientForm(c)
	if refusal != nil {
		return *refusal
	}
	f.require("product_name", "available")
	product, available := takeChoice(f, "product_name", products), take[bool](f, "available")
	if !f.finish() {
		return m.refuse(f.errs)
	}
	if !*available.value {
		if inUse := productsInUse(client, *product.value); inUse != nil {
			return *inUse
		}
	}
	client.Availability[*product.value] = *available.value
	return reply{http.StatusOK, object{"product_name": *product.value, "available": *available.value}}
}

// deleteAvailability drops overrides, so that the products inherit again.
func (m *Mock) deleteAvailability(c *call) reply {
	client, f, refusal := m.clientForm(c)
	if refusal != nil {
		return *refusal
	}
	f.require("product_names")
	names := take[[]string](f, "product_names")
	if names.value != nil && slices.ContainsFunc(*names.value, func(n string) bool { return !slices.Contains(products, n) }) {
		f.errs.add("product_names", "Not a valid choice.")
	}
	if !f.finish() {
		return m.refuse(f.errs)
	}
	var hidden []string
	for _, product := range *names.value {
		if inherited, set := m.options.Availability[product]; set && !inherited {
			hidden = append(hidden, product)
		}
	}
	if inUse := productsInUse(client, hidden...); inUse != nil {
		return *inUse
	}
	for _, product := range *names.value {
		delete(client.Availability, product)
	}
	return reply{status: http.StatusNoContent}
}

// available is the client's override, else what it inherits.
func (m *Mock) available(client *Client, product string) bool {
	if own, overridden := client.Availability[product]; overridden {
		return own
	}
	inherited, set := m.options.Availability[product]
	return inherited || !set
}

// productsInUse refuses to hide products that the client uses; it is nil when none of them is in use.
func productsInUse(client *Client, hide ...string) *reply {
	byStatus := map[string][]string{"trial": {}, "activating": {}, "active": {}}
	inUse := false
	for _, product := range hide {
		status := client.Services[product].Status
		if _, blocks := byStatus[status]; blocks {
			byStatus[status] = append(byStatus[status], product)
			inUse = true
		}
	}
	if !inUse {
		return nil
	}
	body := object{"message": "Change the status of these products first."}
	for status, names := range byStatus {
		body[status] = names
	}
	return &reply{http.StatusForbidden, body}
}
