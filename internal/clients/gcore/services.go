package gcore

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Statuses of a service.
const (
	ServiceTrial      = "trial"
	ServiceActive     = "active"
	ServiceActivating = "activating" // active is on its way
	ServicePaused     = "paused"     // its resources are stopped, and deleted after a time
)

// Products are the products that an account has a service of (schema ServiceName).
func Products() []string { return []string{"CDN", "STORAGE", "STREAMING", "DNS", "DDOS", "CLOUD"} }

// Service is one product at one account (schema Service of the Reseller API).
type Service struct {
	ID        string           `json:"-"`
	Product   string           `json:"name"`
	AccountID string           `json:"-"`
	Status    string           `json:"status"`          // new, trial, trialend, active, paused, activating, deleted; others may come
	Previous  string           `json:"previous_status"` // status before that
	Enabled   wire.Field[bool] `json:"enabled"`
	ChangedAt string           `json:"-"`       // as the vendor writes it
	DeletedAt string           `json:"-"`       // when it is to be deleted; "" where it isn't
	Options   json.RawMessage  `json:"options"` // as read; nil where the reply lacks them
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Service) UnmarshalJSON(raw []byte) (err error) {
	type plain Service
	var in struct {
		plain
		ID        integer `json:"id"`
		Account   integer `json:"client"`
		ChangedAt word    `json:"status_changed_at"`
		DeletedAt word    `json:"deleted_date"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*s = Service(in.plain)
	s.AccountID, s.ChangedAt, s.DeletedAt = in.Account.id(), string(in.ChangedAt), string(in.DeletedAt)
	s.ID, err = in.ID.requireID("service")
	return err
}

// ServiceUpdate is what to change of a service (schema UpdateServiceRequest).
type ServiceUpdate struct {
	Status  string
	Enabled *bool // nil: as last read
}

// SameStatus reports whether a service that is to have one status has it: activating is on the way to active.
func SameStatus(wanted, is string) bool {
	return wanted == is || wanted == ServiceActive && is == ServiceActivating
}

// serviceListing is one listing of an account's services, which many reads share.
type serviceListing struct {
	lock     transport.Lock
	services []Service
	begun    time.Time // zero: there is none
}

// servicesAge is how long a listing may serve.
const servicesAge = time.Minute

// serviceListings are the listings by account.
type serviceListings struct {
	mu      sync.Mutex
	of      map[string]*serviceListing
	enabled bool
}

func (l *serviceListings) get(accountID string) *serviceListing {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = map[string]*serviceListing{}
	}
	if l.of[accountID] == nil {
		l.of[accountID] = &serviceListing{lock: transport.NewLock()}
	}
	return l.of[accountID]
}

// Services returns the services of an account by GET /iam/clients/{id}/services, which is the reseller's only. One listing
// serves all reads of a minute, unless a service was changed since.
func (c *Client) Services(ctx context.Context, accountID string) ([]Service, error) {
	const operation = "list services"
	if err := checkID(operation, accountID); err != nil {
		return nil, err
	}
	listing := c.services.get(accountID)
	if err := listing.lock.Acquire(ctx); err != nil {
		return nil, asError(operation, err)
	}
	defer listing.lock.Release()
	if c.services.enabled && !listing.begun.IsZero() && c.Now().Sub(listing.begun) < servicesAge {
		return listing.services, nil
	}
	return c.listServices(ctx, accountID, listing)
}

// listServices reads the services of an account into a listing whose lock the caller holds.
func (c *Client) listServices(ctx context.Context, accountID string, listing *serviceListing) ([]Service, error) {
	const operation = "list services"
	begun := c.Now()
	var all list[Service]
	_, err := c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodGet, Path: servicesPath(accountID), Into: &all,
	}, nil)
	if err != nil {
		return nil, err
	}
	for i := range all.Items {
		switch owner := all.Items[i].AccountID; owner {
		case accountID:
		case "":
			all.Items[i].AccountID = accountID
		default:
			return nil, unexpected(operation, "the reply is about account "+owner+", not "+accountID)
		}
	}
	listing.services, listing.begun = all.Items, begun
	return listing.services, nil
}

// Service returns one product at an account.
func (c *Client) Service(ctx context.Context, accountID, product string) (Service, error) {
	services, err := c.Services(ctx, accountID)
	if err != nil {
		return Service{}, err
	}
	return serviceOf(services, accountID, product)
}

func serviceOf(services []Service, accountID, product string) (Service, error) {
	for _, s := range services {
		if s.Product == product {
			return s, nil
		}
	}
	return Service{}, unexpected("read service", fmt.Sprintf("account %s shows no service %s", accountID, product))
}

// UpdateService changes a service by PUT /iam/clients/{c}/services/{s}, with everything else as it is read right before.
// What is so already isn't sent. before is the service as it was. A *wire.NotKeptError says what the vendor did not keep.
func (c *Client) UpdateService(ctx context.Context, accountID, product string, change ServiceUpdate) (before, after Service, err error) {
	const operation = "update service"
	if err := checkID(operation, accountID); err != nil {
		return Service{}, Service{}, err
	}
	listing := c.services.get(accountID)
	if err := listing.lock.Acquire(ctx); err != nil { // also from the read to the write: each write is of a whole service
		return Service{}, Service{}, asError(operation, err)
	}
	defer listing.lock.Release()
	services, err := c.listServices(ctx, accountID, listing)
	if err != nil {
		return Service{}, Service{}, err
	}
	if before, err = serviceOf(services, accountID, product); err != nil {
		return Service{}, Service{}, err
	}
	if change.differences(before) == nil {
		return before, before, nil
	}
	body := struct {
		Status  string           `json:"status"`
		Enabled wire.Field[bool] `json:"enabled,omitzero"`
		Options json.RawMessage  `json:"options,omitempty"`
	}{change.Status, before.Enabled, before.Options}
	if change.Enabled != nil {
		body.Enabled = wire.Value(*change.Enabled)
	}
	listing.begun = time.Time{} // the listing is not true any more, whatever becomes of the request
	_, err = c.call(ctx, transport.Request{
		Operation: operation, Method: http.MethodPut, Path: pathOf(servicesPath(accountID), before.ID), Into: &after,
	}, body)
	if err == nil && (after.ID != before.ID || after.Product != product) {
		err = unexpected(operation, "the reply is about service "+after.ID+", not "+before.ID)
	}
	if transport.Accepted(err) { // what the service itself shows counts
		if services, readErr := c.listServices(ctx, accountID, listing); readErr == nil {
			after, err = serviceOf(services, accountID, product)
		}
	}
	if err != nil {
		return before, Service{}, err
	}
	after.AccountID = accountID
	if differences := change.differences(after); differences != nil {
		return before, after, &wire.NotKeptError{Vendor: vendor, Differences: differences}
	}
	return before, after, nil
}

// differences are what a service doesn't have of a change.
func (u ServiceUpdate) differences(is Service) (all wire.Differences) {
	wire.Compare(&all, "status", wire.Value(u.Status), wire.Value(is.Status), SameStatus)
	if u.Enabled != nil {
		wire.Compare(&all, "enabled", wire.Value(*u.Enabled), is.Enabled, wire.Exactly)
	}
	return all
}

func servicesPath(accountID string) string { return pathOf(clientsPath, accountID) + "/services" }
