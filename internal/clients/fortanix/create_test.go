package fortanix_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// A reply to a create that is about another account is not adopted, and nothing is sent to that account.
func TestCreateReplyAboutAnother(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply   string // to the create; STRANGER stands for the id of another account
		notDone bool   // whether the create did not act
		says    string
	}{
		"another name":                  {reply: `{"acct_id":"STRANGER","name":"Other"}`},
		"another name, not carried out": {reply: `{"acct_id":"STRANGER","name":"Other"}`, notDone: true, says: "STRANGER"},
		"only the id":                   {reply: `{"acct_id":"STRANGER"}`},
		"only the id, not carried out":  {reply: `{"acct_id":"STRANGER"}`, notDone: true, says: "STRANGER"},
		"id in two cases":               {reply: `{"acct_id":"STRANGER","ACCT_ID":"STRANGER","name":"Acme"}`},
		"id twice":                      {reply: `{"acct_id":"STRANGER","name":"Acme","acct_id":"STRANGER"}`},
		"no id":                         {reply: `{"name":"Acme"}`},
		"no object":                     {reply: `null`},
		"a list":                        {reply: `{"items":[{"acct_id":"STRANGER","name":"Acme"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			// Made at the very same time, which proves nothing since its name differs.
			stranger := l.mock.Seed(mock.Account{Name: "Other", CreatedAt: time.Now().Add(time.Second)})
			l.server.Inject(mockserver.Fault{On: create, Effect: !tt.notDone, Body: strings.ReplaceAll(tt.reply, "STRANGER", stranger.ID)})
			made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
			ours := l.mock.Named("Acme")
			switch {
			case tt.notDone:
				if err == nil || !strings.Contains(err.Error(), stranger.ID) {
					t.Errorf("error is %v, want one that names %s", err, stranger.ID)
				}
				var unclear *createonce.Error
				if !errors.As(err, &unclear) || !unclear.Unclear || unclear.Named == nil {
					t.Errorf("error is %#v, want an unclear one", err)
				}
			case err != nil || len(ours) != 1 || made.ID != ours[0].ID:
				t.Errorf("account %s, error %v; there are %v", made.ID, err, ours)
			}
			l.count(1, create)
			for _, r := range l.server.Requests() {
				if r.Method != http.MethodGet && strings.Contains(r.Path, stranger.ID) {
					t.Errorf("%s %s was sent", r.Method, r.Path)
				}
			}
		})
	}
}

// A name that the vendor spells in its own way, or doesn't repeat, is not another account.
func TestCreateReplySpellsTheName(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]mock.Options{
		"as it is":    {},
		"in capitals": {NormalizeName: strings.ToUpper},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, options)
			if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil {
				t.Error(err)
			}
			l.count(2, "* *")
		})
	}
	l := start(t, mock.Options{})
	l.server.Inject(mockserver.Fault{On: create, Body: fmt.Sprintf(`{"acct_id":%q}`, absentID)})
	if made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil || made.ID != absentID {
		t.Errorf("without a name: %s, %v", made.ID, err)
	}
}

// No two creates return the same account.
func TestCreateReplyTwice(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	first, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	l.mock.Change(first.ID, func(a *mock.Account) { a.Name = "Acme 2" })
	l.server.Inject(mockserver.Fault{On: create, Body: fmt.Sprintf(`{"acct_id":%q,"name":"Acme 2"}`, first.ID)})
	if made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme 2"}); err == nil {
		t.Errorf("account %s was returned twice", made.ID)
	}
}

// A gateway's Date may differ from the vendor's creation times: then nothing can be proven, and nothing is adopted. The
// API's times may be in whole seconds or in milliseconds.
func TestCreateBehindAnotherClock(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]time.Duration{
		"right": 0, "an hour ahead": time.Hour, "an hour behind": -time.Hour, "half an hour behind": -30 * time.Minute,
	} {
		for _, millis := range []bool{false, true} {
			for _, done := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, milliseconds %t, done %t", name, millis, done), func(t *testing.T) {
					t.Parallel()
					l := start(t, mock.Options{CreatedMillis: millis}, func(o *fortanix.Options) {
						o.Transport.RoundTripper = otherDate{o.Transport.RoundTripper, off}
					})
					name := "Acme"
					if done {
						name = "Acme " // the mock would refuse the very same one
					}
					colleagues := l.mock.Seed(mock.Account{Name: name, CreatedAt: time.Now().Add(-29 * time.Minute)})
					l.server.Inject(mockserver.Fault{On: create, Effect: done, Status: 500})
					made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
					if adopted := err == nil; adopted != (done && off == 0) || made.ID == colleagues.ID {
						t.Errorf("account %s (the colleague's is %s), error %v", made.ID, colleagues.ID, err)
					}
					if err != nil && !strings.Contains(err.Error(), colleagues.ID) {
						t.Errorf("error is %v, want one that names %s", err, colleagues.ID)
					}
					l.count(1, create)
				})
			}
		}
	}
}

// otherDate is a gateway whose clock differs from the vendor's.
type otherDate struct {
	http.RoundTripper
	off time.Duration
}

func (g otherDate) RoundTrip(r *http.Request) (*http.Response, error) {
	reply, err := g.RoundTripper.RoundTrip(r)
	if err == nil {
		reply.Header.Set("Date", time.Now().Add(g.off).UTC().Format(http.TimeFormat))
	}
	return reply, err
}

// A reply to a change that is about another account is never used.
func TestUpdateReplyAboutAnother(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]string{
		"another id": `{"acct_id":"` + absentID + `","name":"new"}`, "no id": `{"name":"new"}`, "nothing": `null`,
		"two ids": `{"acct_id":"ID","Acct_id":"` + absentID + `","name":"new"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			id := l.seed(1)[0]
			l.server.Inject(mockserver.Fault{On: patch, Effect: true, Body: strings.ReplaceAll(reply, "ID", id)})
			if got, err := l.UpdateAccount(t.Context(), id, renamed("new")); err != nil || got.ID != id || got.Name != "new" {
				t.Errorf("got %s %q, %v", got.ID, got.Name, err)
			}
		})
	}
}
