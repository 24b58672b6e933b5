package softwareone_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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

// A refusal that has acted anyway is not followed by another create, though the listing lags half a minute behind.
func TestCreateAfterARefusal(t *testing.T) {
	t.Parallel()
	for _, status := range []int{503, 425} {
		m, s, c, _ := start(t, mock.Options{})
		s.Inject(
			mockserver.Fault{On: posts, Effect: true, Status: status, Times: 1},
			mockserver.Fault{On: lists, Skip: 1, Times: 6, Body: `{"$meta":{"pagination":{"offset":0,"limit":100,"total":0}},"data":[]}`})
		made, err := c.CreateAccount(t.Context(), named("Acme"), nil, false)
		if err != nil || made.Name != "Acme" || s.Count(posts) != 1 || len(m.All()) != 2 { // one owns the token
			t.Errorf("%d creates were sent, %d accounts: %v", s.Count(posts), len(m.All()), err)
		}
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

// A reply to the create that is about another account is not adopted, and nothing is sent to that account.
func TestCreateReplyAboutAnother(t *testing.T) {
	t.Parallel()
	const other = "ACC-9999-0001"
	for name, test := range map[string]struct {
		reply string
		acts  bool   // whether the create is carried out
		ours  bool   // whether an account is returned
		name  string // its, where not as sent
		both  bool   // the reply has two ids, so that the error names none
	}{
		"another name": {reply: `{"id":"` + other + `","name":"Stranger","type":"Client","status":"Enabled"}`},
		"another name, but done": {
			reply: `{"id":"` + other + `","name":"Stranger","type":"Client","status":"Enabled"}`, acts: true, ours: true,
		},
		"another type":                      {reply: `{"id":"` + other + `","name":"Acme","type":"Vendor","status":"Active"}`},
		"only the id, of another":           {reply: `{"id":"` + other + `"}`},
		"only the id, of another, but done": {reply: `{"id":"` + other + `"}`, acts: true, ours: true},
		"two ids":                           {reply: `{"id":"ACC-1-1","ID":"` + other + `","name":"Acme","type":"Client"}`, both: true},
		"two ids, but done": {
			reply: `{"id":"ACC-1-1","ID":"` + other + `","name":"Acme","type":"Client"}`, acts: true, ours: true,
		},
		"another spelling": {reply: `{"id":"OURS","name":" ACME","type":"Client","status":"Enabled"}`, acts: true, ours: true, name: " ACME"},
		"only the id":      {reply: `{"id":"OURS"}`, acts: true, ours: true},
		"the vendor's own spelling, by proof": {
			reply: `{"id":"OURS","name":"Acme Ltd","type":"Client","status":"Enabled"}`, acts: true, ours: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rehearsal, _, c, _ := start(t, mock.Options{})
			rehearsal.Seed(mock.Account{ID: other, Name: "Stranger"})
			same, err := c.CreateAccount(t.Context(), named("Acme"), nil, false) // mocks give the same ids in turn
			if err != nil {
				t.Fatal(err)
			}
			m, s, c, _ := start(t, mock.Options{})
			m.Seed(mock.Account{ID: other, Name: "Stranger"})
			fault := mockserver.Fault{On: posts, Times: 1, Effect: test.acts, Status: 201, Body: strings.ReplaceAll(test.reply, "OURS", same.ID)}
			s.Inject(fault)
			made, err := c.CreateAccount(t.Context(), named("Acme"), nil, false)
			if test.ours != (err == nil) || err == nil && (made.ID != same.ID || made.Name != cmp.Or(test.name, "Acme")) {
				t.Errorf("got %+v, %v", made, err)
			}
			if err != nil {
				failure, ok := errors.AsType[*createonce.Error](err)
				if !ok || !failure.Unclear || !test.both && (failure.Named == nil || failure.Named.ID != other) {
					t.Errorf("the error is %+v", err)
				}
			}
			if a, _ := m.Get(other); a.Revision != 1 || s.Count(puts)+s.Count(actions) > 0 || s.Count(posts) != 1 {
				t.Errorf("something was sent to the stranger, which is %+v now", a)
			}
		})
	}
}

// Two creates never return the same account.
func TestCreateReturnsAnIDOnce(t *testing.T) {
	t.Parallel()
	_, s, c, _ := start(t, mock.Options{})
	first, err := c.CreateAccount(t.Context(), named("Acme"), nil, true)
	if err != nil {
		t.Fatal(err)
	}
	s.Inject(mockserver.Fault{
		On: posts, Times: 1, Status: 201, Body: `{"id":"` + first.ID + `","name":"Acme","type":"Client","status":"Enabled"}`,
	})
	if again, err := c.CreateAccount(t.Context(), named("Acme"), nil, true); err == nil {
		t.Errorf("returned again: %+v", again)
	}
}

// A gateway whose clock is wrong makes nobody else's account ours.
func TestCreateProofByAWrongClock(t *testing.T) {
	t.Parallel()
	for _, wrong := range []time.Duration{-time.Hour, -10 * time.Minute, 10 * time.Minute, time.Hour} {
		for _, acts := range []bool{false, true} {
			m, s, c, _ := start(t, mock.Options{})
			theirs := mock.Account{
				ID: "ACC-9999-0001", Name: "Acme", Type: "Client", DefaultLanguageCode: "en-US", Eligibility: &mock.Eligibility{Client: true},
				Created: mock.Event{At: time.Now().Add(-30 * time.Minute), By: mock.DemoTokenID},
			}
			s.Inject(mockserver.Fault{On: posts, Times: 1, Effect: acts, Status: 500, Body: `{}`, Before: func() { m.Seed(theirs) }})
			s.SetClockOffset(wrong)
			m.SetClock(time.Now) // the vendor behind the gateway keeps the right time
			made, err := c.CreateAccount(t.Context(), named("Acme"), nil, false)
			if err == nil {
				t.Errorf("%s, carried out: %t: %s was adopted", wrong, acts, made.ID)
			}
			if found := createonce.CandidatesOf(err); len(found) == 0 || s.Count(posts) != 1 {
				t.Errorf("%s: %d creates were sent, the error names %v", wrong, s.Count(posts), found)
			}
		}
	}
}

// With duplicates allowed, an account with the same content that this token has made within the last hour, but not this
// process, is the work of a run that was killed or retried.
func TestCreateAfterAKilledRun(t *testing.T) {
	t.Parallel()
	account := named("Acme Corp")
	account.Website = wire.Value("https://e.example")
	for name, test := range map[string]struct {
		change func(*mock.Account)
		token  string
		stands bool // whether it stands in the way
	}{
		"just now":            {stands: true},
		"50 minutes ago":      {change: func(a *mock.Account) { a.Created.At = a.Created.At.Add(-50 * time.Minute) }, stands: true},
		"disabled since":      {change: func(a *mock.Account) { a.Status = "Disabled" }, stands: true},
		"spelt otherwise":     {change: func(a *mock.Account) { a.Name = " ACME  corp" }, stands: true},
		"by an unknown token": {token: "idt:XX-1:demo-only", stands: true},
		"70 minutes ago":      {change: func(a *mock.Account) { a.Created.At = a.Created.At.Add(-70 * time.Minute) }},
		"by another token":    {change: func(a *mock.Account) { a.Created.By = mock.OtherTokenID }},
		"other content":       {change: func(a *mock.Account) { a.Website = "https://other.example" }},
		"more content":        {change: func(a *mock.Account) { a.ExternalID = "C1" }},
		"an address":          {change: func(a *mock.Account) { a.Address.City = "Town" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, s, killed, _ := start(t, mock.Options{})
			made, err := killed.CreateAccount(t.Context(), account, nil, true)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := killed.CreateAccount(t.Context(), account, nil, true); err != nil {
				t.Fatalf("the same process may make two: %v", err)
			}
			for _, a := range m.All()[1:] {
				if test.change != nil {
					m.Change(a.ID, test.change)
				}
			}
			token := mock.DemoToken
			if test.token != "" {
				token = test.token
				m.AddCredential(mock.Credential{Token: token, AccountID: mock.OperationsID})
			}
			_, err = clientOf(t, s, token, &clock{}).CreateAccount(t.Context(), account, nil, true)
			if found := createonce.CandidatesOf(err); (len(found) == 2) != test.stands ||
				test.stands && !strings.Contains(fmt.Sprint(found), made.ID) {
				t.Errorf("the error is %v", err)
			}
			if n := s.Count(posts); test.stands != (n == 2) {
				t.Errorf("%d creates were sent", n)
			}
		})
	}
}

// An account that has just been created may take some seconds to appear, and no longer.
func TestReadNewAccount(t *testing.T) {
	t.Parallel()
	for lag, found := range map[int]bool{0: true, 2: true, 50: false} {
		_, s, c, clock := start(t, mock.Options{Lag: lag, PartialCreate: true})
		made, err := c.CreateAccount(t.Context(), named("Acme"), nil, true)
		if err != nil || !made.IsPartial() {
			t.Fatalf("made %+v: %v", made, err)
		}
		read, err := c.ReadNewAccount(t.Context(), made.ID)
		if found && (err != nil || read.IsPartial() || s.Count(gets) != lag+1) || !found && !transport.IsNotFound(err) {
			t.Errorf("after %d reads with a lag of %d: %+v, %v", s.Count(gets), lag, read, err)
		}
		var waited time.Duration
		for _, d := range clock.slept {
			waited += d
		}
		if waited > 10*time.Second {
			t.Errorf("waited %s", waited)
		}
	}
}
