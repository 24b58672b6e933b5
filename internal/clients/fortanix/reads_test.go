package fortanix_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func TestGone(t *testing.T) {
	t.Parallel()
	const (
		gone      = "gone"
		notProven = "not proven"
		plain     = "plain error"
	)
	tests := map[string]struct {
		options mock.Options
		others  int // accounts of the user besides
		subject string
		address string // "" is the server's
		fault   mockserver.Fault
		want    string
		says    string
		lists   int
	}{
		"by the same user":                   {subject: "me", others: 3, want: gone, lists: 2},
		"by the same user, the last account": {subject: "me", want: notProven, says: "no other account of the same owner", lists: 1},
		"by a user not recorded":             {others: 1, want: notProven, says: "whose credential saw it last"},
		"at an address not recorded":         {subject: "me", others: 3, address: "none", want: notProven, says: "at which address"},
		"at another address": {
			subject: "me", others: 3, address: "https://ccm.example.com", want: notProven, says: "https://ccm.example.com",
		},
		"by another user": {subject: absentID, others: 3, want: notProven, says: absentID, lists: 2},
		"over many pages": {subject: "me", others: 85, want: gone, lists: 4},
		"listing refused": {
			subject: "me", fault: mockserver.Fault{On: list, Status: 403, Body: "no"}, want: notProven, says: "403", lists: 1,
		},
		"listing broken": {
			subject: "me", fault: mockserver.Fault{On: list, Status: 500, Body: "no"}, want: notProven, says: "500", lists: 6,
		},
		"second page broken": {
			subject: "me", others: 45, fault: mockserver.Fault{On: list, Skip: 1, Status: 400, Body: "no"}, want: notProven, says: "400", lists: 2,
		},
		"listing that comes to no end": {
			subject: "me", others: 3, fault: mockserver.Fault{On: list, Body: `{"items":[{"acct_id":"a` + absentID[1:] + `"}]}`}, want: notProven,
			says: "repeats itself", lists: 2,
		},
		"403": {subject: "me", options: mock.Options{GoneStatus: 403}, want: plain, says: "403"},
		"401": {
			subject: "me", fault: mockserver.Fault{On: get, Status: 401, Body: "no"}, want: plain, says: "401",
		},
		"500": {
			subject: "me", fault: mockserver.Fault{On: get, Status: 500, Body: "no"}, want: plain, says: "500",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, tt.options)
			l.seed(tt.others)
			if tt.subject == "me" {
				tt.subject = l.mock.AddUser(mock.DemoUsername, mock.DemoPassword)
			}
			if tt.fault.On != "" {
				l.server.Inject(tt.fault)
			}
			seen := witness.Witness{Owner: tt.subject, Address: tt.address}
			switch tt.address {
			case "":
				seen.Address = l.Address()
			case "none":
				seen.Address = ""
			}
			_, err := l.ReadAccount(t.Context(), absentID, seen, nil)
			var unproven *witness.NotProvenError
			got := plain
			switch {
			case err == nil:
				got = "no error"
			case errors.Is(err, witness.ErrGone):
				got = gone
			case errors.As(err, &unproven):
				got = notProven
			}
			if got != tt.want || !strings.Contains(fmt.Sprint(err), tt.says) {
				t.Errorf("got %s (%v), want %s that says %q", got, err, tt.want, tt.says)
			}
			if e := (*transport.Error)(nil); !errors.As(err, &e) {
				t.Errorf("no *transport.Error inside %v", err)
			}
			l.count(tt.lists, list)
		})
	}
}

// The listing still shows what a single read doesn't find.
func TestNotGoneWhileListed(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	id := l.seed(1)[0]
	seen := l.seen()
	l.server.Inject(mockserver.Fault{On: get, Status: 404, Body: "not found"})
	_, err := l.ReadAccount(t.Context(), id, seen, nil)
	if _, ok := errors.AsType[*witness.NotProvenError](err); !ok || errors.Is(err, witness.ErrGone) {
		t.Errorf("error is %v, want a *NotProvenError", err)
	}
}

// Many accounts that are gone share one listing.
func TestManyGone(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{}, bulk)
	ids, seen := l.seed(60), l.seen()
	for _, id := range ids[:30] {
		l.mock.Remove(id)
	}
	parallel(10, func(i int) {
		for _, id := range ids[3*i : 3*i+3] {
			if _, err := l.ReadAccount(t.Context(), id, seen, nil); !errors.Is(err, witness.ErrGone) {
				t.Errorf("error is %v, want gone", err)
			}
		}
	})
	if got := l.server.Count(list); got > 5 {
		t.Errorf("%d pages were fetched, want at most 2 for the reads and 3 for the proof", got)
	}
}

// What is created after a listing isn't gone by that listing.
func TestCreatedAfterTheListing(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.seed(1)
	if _, err := l.ReadAccount(t.Context(), absentID, l.seen(), nil); !errors.Is(err, witness.ErrGone) {
		t.Fatal(err)
	}
	made, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	l.server.Inject(mockserver.Fault{On: get, Status: 404, Body: "it lags"})
	if _, err := l.ReadAccount(t.Context(), made.ID, l.seen(), nil); err == nil || errors.Is(err, witness.ErrGone) {
		t.Errorf("error is %v, want one that is not gone", err)
	}
}

func TestListAccounts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options mock.Options
		total   int
		pages   int
	}{
		"none":                          {total: 0, pages: 1},
		"few: the page may be capped":   {total: 3, pages: 2},
		"a full page":                   {total: 40, pages: 2},
		"a short last page":             {total: 85, pages: 4},
		"full pages":                    {total: 80, pages: 3},
		"capped by the server":          {options: mock.Options{MaxPageSize: 10}, total: 35, pages: 5},
		"capped, full pages":            {options: mock.Options{MaxPageSize: 10}, total: 30, pages: 4},
		"capped, one more than a page":  {options: mock.Options{MaxPageSize: 10}, total: 11, pages: 3},
		"capped at less than there are": {options: mock.Options{MaxPageSize: 1}, total: 3, pages: 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, tt.options)
			want := l.seed(tt.total, func(a *mock.Account) { a.CustomLogo = png("logo") })
			var got []string
			for account, err := range l.ListAccounts(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				if account.CustomLogo.Base64 != png("logo") {
					t.Error("an account without its logo")
				}
				got = append(got, account.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d accounts, want %d", len(got), len(want))
			}
			l.count(tt.pages, list)
			for _, r := range l.server.Find(list) {
				if strings.Contains(r.Query, "scope") {
					t.Errorf("query %s", r.Query)
				}
			}
		})
	}
}

// Where list items may be partial, an account is asked for by itself.
func TestComplete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options mock.Options
		gets    int
	}{
		"whole items":   {mock.Options{}, 0}, // one of them shows it
		"empty maps":    {mock.Options{EmptyConfigs: true}, 0},
		"partial items": {mock.Options{PartialList: true}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, tt.options)
			l.seed(1)
			l.seed(1, func(a *mock.Account) { a.CustomLogo = png("logo") })
			l.seed(1)
			var got, want []fortanix.Account
			for listed, err := range l.ListAccounts(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				account, err := l.Complete(t.Context(), listed)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, account)
			}
			l.count(tt.gets, get)
			for _, account := range got {
				want = append(want, l.read(account.ID))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A server that ignores the cursor must not keep the client busy for ever.
func TestListIgnoredCursor(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	items := fmt.Sprintf(`{"items":[{"acct_id":%q},{"acct_id":%q}]}`, absentID, "a"+absentID[1:])
	l.server.Inject(mockserver.Fault{On: list, Body: items})
	got := 0
	for _, err := range l.ListAccounts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got++
	}
	if got != 2 || len(l.warnings) != 1 || !strings.Contains(l.warnings[0], "repeats itself") {
		t.Errorf("%d accounts, want 2; warnings %q", got, l.warnings)
	}
	l.count(2, list)
}

// Pages may be shorter than asked for, or repeat what was there before; none of that is the end of a listing.
func TestListSkipsNobody(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	id := func(n int) string { return fmt.Sprintf("%08d%s", n, absentID[8:]) }
	item := func(n int) string { return fmt.Sprintf(`{"acct_id":%q}`, id(n)) }
	for after, page := range map[string]string{
		"": item(1) + "," + item(2) + "," + item(3), id(3): item(4), id(4): item(2) + "," + item(1), id(1): item(5) + "," + item(6), id(6): "",
	} {
		l.server.Inject(mockserver.Fault{On: list, Body: `{"items":[` + page + `]}`, Where: func(r *http.Request) bool {
			return r.URL.Query().Get("previous_id") == after
		}})
	}
	var got []string
	for account, err := range l.ListAccounts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, account.ID)
	}
	if want := []string{id(1), id(2), id(3), id(4), id(5), id(6)}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	l.count(5, list)
}

// A 200 that is not a listing is an error in every call that lists, and two pages in turn for ever come to an end.
func TestNotAListing(t *testing.T) {
	t.Parallel()
	a, b := fmt.Sprintf(`{"items":[{"acct_id":%q}]}`, absentID), fmt.Sprintf(`{"items":[{"acct_id":%q}]}`, "a"+absentID[1:])
	for _, body := range []string{
		`null`, `{}`, `{"message":"maintenance"}`, `{"items":null}`, `{"items":{}}`, `{"items":[null]}`, `{"items":[{}]}`, `[]`, `"ok"`, `OK`, a,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			l := start(t, mock.Options{})
			l.server.Inject(mockserver.Fault{On: list, Body: body, Where: func(r *http.Request) bool {
				return body != a || r.URL.Query().Get("previous_id") != absentID
			}}, mockserver.Fault{On: list, Body: b})
			if body != a { // where pages are shown in turn, what they show is a listing
				var failure error
				for _, err := range l.ListAccounts(t.Context()) {
					failure = err
				}
				if failure == nil {
					t.Error("ListAccounts: no error")
				}
			}
			seen := l.seen()
			var doubt *witness.NotProvenError
			if _, err := l.ReadAccount(t.Context(), "b"+absentID[1:], seen, nil); !errors.As(err, &doubt) {
				t.Errorf("the proof: error is %v, want a *NotProvenError", err)
			}
			l.server.Inject(mockserver.Fault{On: create, Status: 500, Times: 1})
			_, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"})
			var unclear *createonce.Error
			if !errors.As(err, &unclear) || unclear.LookUp == nil {
				t.Errorf("the look-up: error is %v, want one that says that the look-up failed", err)
			}
			l.count(1, create)
		})
	}
}

func TestListStopsWithItsConsumer(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.seed(60)
	for _, err := range l.ListAccounts(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	l.count(1, list)
	l.server.Inject(mockserver.Fault{On: list, Status: 403, Body: "no"})
	for _, err := range l.ListAccounts(t.Context()) {
		if !transport.IsStatus(err, 403) {
			t.Errorf("error is %v, want 403", err)
		}
	}
	l.count(2, list)
}

func TestBulkReads(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{}, bulk)
	logo := png(strings.Repeat("x", 1000))
	ids := l.seed(200, func(a *mock.Account) {
		a.CustomLogo = logo
		a.AuthConfigs = map[string]mock.AuthConfig{absentID: {OAuth: &mock.OAuthConfig{
			Name: "A", ClientID: "1", ClientSecret: "the secret", TLS: mock.TLS{Disabled: &struct{}{}},
		}}}
	})
	parallel(10, func(i int) {
		for _, id := range ids[20*i : 20*i+20] {
			account, err := l.ReadAccount(t.Context(), strings.ToUpper(id), witness.Witness{}, nil)
			if err != nil || account.ID != id || !account.CustomLogo.Same(fortanix.NewLogo(logo)) {
				t.Errorf("account %s, %v, want %s", account.ID, err, id)
			}
		}
	})
	if got := l.server.Count("* *"); got > 2*10+5 {
		t.Errorf("%d requests for 200 accounts in 10 pages", got)
	}
	if len(l.warnings) > 0 {
		t.Error(l.warnings)
	}

	last := l.read(ids[199])
	if last.CustomLogo.Base64 != "" {
		t.Error("the text of a logo out of a listing is kept")
	}
	if text, err := l.LogoText(t.Context(), last); err != nil || text != logo {
		t.Errorf("LogoText gives %d characters, %v", len(text), err)
	}

	// Our own write shows at once.
	if _, err := l.UpdateAccount(t.Context(), ids[199], renamed("new")); err != nil {
		t.Fatal(err)
	}
	if got := l.read(ids[199]).Name; got != "new" {
		t.Errorf("the name is %s", got)
	}
	if err := l.DeleteAccount(t.Context(), ids[198]); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ReadAccount(t.Context(), ids[198], l.seen(), nil); !errors.Is(err, witness.ErrGone) {
		t.Errorf("error is %v, want gone", err)
	}
}

func TestBulkReadsFallBack(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		options mock.Options
		fault   mockserver.Fault
	}{
		"partial list items": {options: mock.Options{PartialList: true}},
		"listing refused":    {fault: mockserver.Fault{On: list, Status: 403, Body: "no"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, tt.options, bulk)
			ids := l.seed(30, func(a *mock.Account) { a.CustomLogo = png("logo") })
			if tt.fault.On != "" {
				l.server.Inject(tt.fault)
			}
			for _, id := range ids {
				if l.read(id).CustomLogo.Base64 == "" {
					t.Error("an account without its logo")
				}
			}
			l.count(30, get)
			l.count(1, list)
			if len(l.warnings) != 1 {
				t.Errorf("warnings: %q", l.warnings)
			}
		})
	}
}

func TestBulkReadsOff(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	for _, id := range l.seed(30) {
		l.read(id)
	}
	l.count(0, list)
}

func TestThrottled(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.server.Inject(mockserver.Fault{On: create, Status: 429, Header: http.Header{"Retry-After": {"20"}}, Times: 3})
	began := l.clock.Now()
	if _, err := l.CreateAccount(t.Context(), fortanix.NewAccount{Name: "Acme"}); err != nil {
		t.Error(err)
	}
	l.count(4, create)
	if waited := l.clock.Now().Sub(began); waited < time.Minute {
		t.Errorf("waited %s, want a minute at least", waited)
	}
}

func TestCancelledBeforeItIsSent(t *testing.T) {
	t.Parallel()
	l := start(t, mock.Options{})
	l.read(l.seed(1)[0])
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.CreateAccount(ctx, fortanix.NewAccount{Name: "Acme"}); !errors.Is(err, context.Canceled) || transport.Unclear(err) {
		t.Errorf("error is %v, want a clear cancellation", err)
	}
	l.count(0, create)
}
