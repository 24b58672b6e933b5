package witness_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const address = "https://api.example"

var errNotFound = errors.New("HTTP 404")

// vendor lists accounts and counts how often it was asked.
type vendor struct {
	mu       sync.Mutex
	accounts []witness.Listed
	failure  error  // after all accounts
	during   func() // while it lists
	listings int
	now      time.Time
}

func (v *vendor) list(ctx context.Context) iter.Seq2[witness.Listed, error] {
	return func(yield func(witness.Listed, error) bool) {
		v.mu.Lock()
		v.listings++
		accounts, failure, during := v.accounts, v.failure, v.during
		v.mu.Unlock()
		if during != nil {
			during()
		}
		for _, account := range accounts {
			if !yield(account, nil) {
				return
			}
		}
		if err := errors.Join(failure, ctx.Err()); err != nil {
			yield(witness.Listed{}, err)
		}
	}
}

func (v *vendor) clock() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

func (v *vendor) pass(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = v.now.Add(d)
}

func (v *vendor) set(accounts ...witness.Listed) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.accounts = accounts
}

func newVendor(accounts ...witness.Listed) (*vendor, *witness.Listing) {
	v := &vendor{accounts: accounts, now: time.Now()}
	return v, witness.NewListing(v.list, v.clock)
}

func of(owner string, ids ...string) (listed []witness.Listed) {
	for _, id := range ids {
		listed = append(listed, witness.Listed{ID: id, Owner: owner})
	}
	return listed
}

// mustDoubt wants an error that is no proof, for a reason.
func mustDoubt(t *testing.T, err error, reason string) {
	t.Helper()
	doubt, ok := errors.AsType[*witness.NotProvenError](err)
	if !ok || errors.Is(err, witness.ErrGone) || !errors.Is(err, errNotFound) || !strings.Contains(doubt.Reason, reason) ||
		!strings.Contains(err.Error(), "doesn't prove") {
		t.Errorf("error is %v, want %q", err, reason)
	}
}

// TestProveGone: only a listing that succeeds, lacks the account and shows another one of the same owner is proof.
func TestProveGone(t *testing.T) {
	t.Parallel()
	seen := witness.Witness{Owner: "r1", Address: address}
	for name, tt := range map[string]struct {
		witness  witness.Witness
		id       string
		address  string
		listed   []witness.Listed
		failure  error
		doubt    string // "" for proof
		listings int
	}{
		"another of the owner":  {seen, "7", address, of("r1", "8"), nil, "", 1},
		"one of many":           {seen, "7", address, append(of("r2", "1", "2"), of("r1", "9")...), nil, "", 1},
		"owner in other case":   {seen, "7", address, of("R1", "8"), nil, "", 1},
		"no address remembered": {witness.Witness{Owner: "r1"}, "7", address, of("r1", "8"), nil, "address", 0},
		"another address": {
			witness.Witness{Owner: "r1", Address: "https://old.example"}, "7", address, of("r1", "8"), nil, "https://old.example", 0,
		},
		"no owner remembered":         {witness.Witness{Address: address}, "7", address, of("", "8"), nil, "whose credential", 0},
		"nothing remembered":          {witness.Witness{}, "7", "", of("", "8"), nil, "address", 0},
		"no id":                       {seen, "", address, of("r1", "8"), nil, "no id", 0},
		"others' only":                {seen, "7", address, of("r2", "8"), nil, "no other account of the same owner (r1)", 1},
		"owners not told":             {seen, "7", address, of("", "8"), nil, "no other account", 1},
		"nothing":                     {seen, "7", address, nil, nil, "no other account", 1},
		"it fails":                    {seen, "7", address, nil, errors.New("HTTP 403"), "failed: HTTP 403", 1},
		"it fails after some":         {seen, "7", address, of("r1", "8"), errors.New("HTTP 500"), "failed: HTTP 500", 1},
		"it shows it":                 {seen, "7", address, of("r1", "7", "8"), nil, "still shows it", 1},
		"it shows it, of nobody":      {seen, "7", address, append(of("", "7"), of("r1", "8")...), nil, "still shows it", 1},
		"it shows it in other case":   {seen, "4d7f-AB", address, of("r1", "4D7F-ab", "8"), nil, "still shows it", 1},
		"it shows one without id":     {seen, "7", address, append(of("r1", "8"), of("r1", "")...), nil, "without id", 1},
		"text for a terminal":         {witness.Witness{Owner: "r\x1b[2J", Address: address}, "7", address, nil, nil, "(r[2J)", 1},
		"an address that ends in a /": {seen, "7", address + "/", of("r1", "8"), nil, "last seen at", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, listing := newVendor(tt.listed...)
			v.failure = tt.failure
			err := listing.ProveGone(t.Context(), tt.id, tt.address, tt.witness, errNotFound)
			if tt.doubt != "" {
				mustDoubt(t, err, tt.doubt)
			} else if !errors.Is(err, witness.ErrGone) || !errors.Is(err, errNotFound) {
				t.Errorf("error is %v", err)
			}
			if v.listings != tt.listings {
				t.Errorf("%d listings", v.listings)
			}
		})
	}
}

// TestReuse: one listing serves for a minute, unless something was created or it shows the account.
func TestReuse(t *testing.T) {
	t.Parallel()
	seen := witness.Witness{Owner: "r1", Address: address}
	v, listing := newVendor(of("r1", "8", "9")...)
	gone := func(id string, listings int) {
		t.Helper()
		if err := listing.ProveGone(t.Context(), id, address, seen, errNotFound); !errors.Is(err, witness.ErrGone) {
			t.Errorf("%s: %v", id, err)
		}
		if v.listings != listings {
			t.Errorf("%s: %d listings, want %d", id, v.listings, listings)
		}
	}
	gone("1", 1)
	v.pass(59 * time.Second)
	gone("2", 1)
	v.pass(time.Second)
	gone("3", 2)
	listing.Changed()
	gone("4", 3)
	v.set(of("r1", "8")...) // 9 is deleted
	v.pass(time.Second)
	gone("9", 4)
	gone("1", 4)
	// A failed listing serves nobody.
	v.pass(time.Minute)
	v.failure = errors.New("HTTP 500")
	mustDoubt(t, listing.ProveGone(t.Context(), "1", address, seen, errNotFound), "HTTP 500")
	mustDoubt(t, listing.ProveGone(t.Context(), "1", address, seen, errNotFound), "HTTP 500")
	v.failure = nil
	gone("1", 7)
}

// TestChangedMeanwhile: a listing during which something was created serves nobody else.
func TestChangedMeanwhile(t *testing.T) {
	t.Parallel()
	seen := witness.Witness{Owner: "r1", Address: address}
	v, listing := newVendor(of("r1", "8")...)
	v.during = listing.Changed
	for want := range 3 {
		if err := listing.ProveGone(t.Context(), "1", address, seen, errNotFound); !errors.Is(err, witness.ErrGone) || v.listings != want+1 {
			t.Errorf("%d listings: %v", v.listings, err)
		}
	}
}

// TestConcurrent: many 404s at once share a listing, also those of accounts that it shows.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	seen := witness.Witness{Owner: "r1", Address: address}
	v, listing := newVendor(of("r1", "8")...)
	started := make(chan struct{})
	var once sync.Once
	v.during = func() { once.Do(func() { <-started }) }
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			id := fmt.Sprint(i)
			err := listing.ProveGone(t.Context(), id, address, seen, errNotFound)
			if errors.Is(err, witness.ErrGone) == (id == "8") {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	close(started)
	all.Wait()
	if v.listings > 2 {
		t.Errorf("%d listings", v.listings)
	}
}

// TestConcurrentListed: those who asked before a listing began don't list again for what it shows.
func TestConcurrentListed(t *testing.T) {
	t.Parallel()
	seen := witness.Witness{Owner: "r1", Address: address}
	v, listing := newVendor(of("r1", "1", "2", "3", "4")...)
	for range 4 {
		for _, id := range []string{"1", "2", "3", "4"} {
			mustDoubt(t, listing.ProveGone(t.Context(), id, address, seen, errNotFound), "still shows it")
		}
	}
	if v.listings != 1 { // the clock stands still
		t.Errorf("%d listings", v.listings)
	}
}

// TestCancelled: who is cancelled while another lists gets no proof, and stops waiting.
func TestCancelled(t *testing.T) {
	t.Parallel()
	seen := witness.Witness{Owner: "r1", Address: address}
	v, listing := newVendor(of("r1", "8")...)
	listed, release := make(chan struct{}), make(chan struct{})
	v.during = func() { close(listed); <-release }
	var all sync.WaitGroup
	all.Go(func() {
		if err := listing.ProveGone(t.Context(), "1", address, seen, errNotFound); !errors.Is(err, witness.ErrGone) {
			t.Error(err)
		}
	})
	<-listed
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	mustDoubt(t, listing.ProveGone(ctx, "1", address, seen, errNotFound), "was not made: context canceled")
	close(release)
	all.Wait()
}
