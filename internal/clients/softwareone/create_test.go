package softwareone_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

func named(name string) softwareone.NewAccount {
	return softwareone.NewAccount{AccountFields: softwareone.AccountFields{Name: name}, Type: softwareone.TypeClient}
}

// Many creates of one name in one process make one account, even while listings lag; the others are told which.
func TestCreateOnceByName(t *testing.T) {
	t.Parallel()
	m, s, c, _ := start(t, mock.Options{Lag: 100})
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = c.CreateAccount(t.Context(), named([]string{"Acme  Corp", "ACME corp"}[i%2]), nil, false)
		})
	}
	wait.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
		} else if found := createonce.CandidatesOf(err); len(found) != 1 || found[0].ID != m.All()[1].ID {
			t.Errorf("the error names %v: %v", found, err)
		}
	}
	if made != 1 || s.Count(posts) != 1 {
		t.Errorf("%d creates succeeded, %d were sent, want 1", made, s.Count(posts))
	}
	if _, err := c.CreateAccount(t.Context(), named("Acme Corp"), nil, true); err != nil {
		t.Errorf("a wanted duplicate: %v", err)
	}
	vendor := named("Acme Corp")
	vendor.Type = softwareone.TypeVendor
	if _, err := c.CreateAccount(t.Context(), vendor, nil, false); err != nil {
		t.Errorf("the same name for another type: %v", err)
	}
}

// A name that is taken holds up only its own creates, and not for longer than they may last.
func TestCreateWaitsForItsName(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	arrived, release := make(chan struct{}), make(chan struct{})
	s.Inject(mockserver.Fault{On: posts, Times: 1, Before: func() { close(arrived); <-release }})
	done := make(chan error)
	go func() {
		_, err := c.CreateAccount(t.Context(), named("Acme"), nil, false)
		done <- err
	}()
	<-arrived
	if _, err := c.CreateAccount(t.Context(), named("Other"), nil, false); err != nil {
		t.Errorf("another name: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := c.CreateAccount(ctx, named("acme"), nil, false)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "another account of this name") {
		t.Errorf("while the name is taken: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := s.Count(posts); n != 2 {
		t.Errorf("%d creates were sent, want 2", n)
	}
}

// A look-up before the create that fails ends it: nobody would know of a duplicate.
func TestCreateNeedsItsLookUp(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	s.Inject(mockserver.Fault{On: lists, Status: 403})
	if _, err := c.CreateAccount(t.Context(), named("Acme"), nil, false); !transport.IsStatus(err, 403) || s.Count(posts) > 0 {
		t.Errorf("%d creates were sent: %v", s.Count(posts), err)
	}
}

// Of a create with a lost reply only the account is taken that has all that was sent.
func TestCreateProof(t *testing.T) {
	t.Parallel()
	full := named("Acme")
	full.ExternalID, full.Website, full.Description = wire.Value("C1"), wire.Value("https://e.example"), wire.Value("Text")
	full.TechnicalSupportEmail, full.DefaultLanguageCode = wire.Value("ops@e.example"), wire.Value("de-CH")
	full.Address = &softwareone.Address{City: new("Town")}
	full.Eligibility = wire.Value(softwareone.Eligibility{Partner: new(true)})
	for name, change := range map[string]func(*mock.Account){
		"":            nil,
		"name":        func(a *mock.Account) { a.Name = "ACME" },
		"type":        func(a *mock.Account) { a.Type = "Vendor" },
		"external id": func(a *mock.Account) { a.ExternalID = "C2" },
		"website":     func(a *mock.Account) { a.Website = "" },
		"description": func(a *mock.Account) { a.Description = "Other" },
		"e-mail":      func(a *mock.Account) { a.TechnicalSupportEmail = "x@e.example" },
		"language":    func(a *mock.Account) { a.DefaultLanguageCode = "en-US" },
		"address":     func(a *mock.Account) { a.Address.City = "Elsewhere" },
		"eligibility": func(a *mock.Account) { a.Eligibility.Partner = false },
		"maker":       func(a *mock.Account) { a.Created.By = mock.OtherTokenID },
		"time":        func(a *mock.Account) { a.Created.At = a.Created.At.Add(-3 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, c, _ := start(t, mock.Options{})
			s.Inject(mockserver.Fault{On: posts, Times: 1, Effect: true, Close: true})
			if change != nil {
				s.Inject(mockserver.Fault{On: lists, Skip: 1, Times: 1, Before: func() { m.Change(m.All()[1].ID, change) }})
			}
			made, err := c.CreateAccount(t.Context(), full, nil, false)
			if change == nil && (err != nil || made.ID != m.All()[1].ID) {
				t.Errorf("it was not found: %v", err)
			}
			if change != nil && err == nil {
				t.Error("somebody else's account was taken")
			}
			if n := s.Count(posts); n != 1 {
				t.Errorf("%d creates were sent, want 1", n)
			}
		})
	}
}
