package gcore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// readings are the ways in which the vendor's filters may compare.
var readings = map[string]mock.FilterReading{
	"exact": mock.FilterExact, "fold": mock.FilterFold, "contains": mock.FilterContains, "prefix": mock.FilterPrefix,
	"lower": mock.FilterLower, "ignored": mock.FilterIgnored,
}

// hardNames are company names that a look-up must find.
var hardNames = []string{
	"Acme Corp", "It's \"Acme\" & Söhne <a@b>, (100%) \\ * ? + ; # =", "Acme  double", "Acme\u00a0Ltd",
	strings.Repeat("Ωμέγα 株式会社 😀 ", 31) + "dolor",
}

// squeeze is what a server does that folds whitespace.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// What was made is found again, whatever the vendor's filters mean and however the vendor spells it.
func TestLookUpReadings(t *testing.T) {
	t.Parallel()
	for reading, filters := range readings {
		for mode, options := range map[string]mock.Options{
			"":             {},
			"lower e-mail": {Email: strings.ToLower},
			"upper names":  {Company: strings.ToUpper, FoldCompany: true},
			"squeezed":     {Company: squeeze},
			"no users":     {PartialClients: []string{"users"}},
			"bare":         {Envelope: mock.EnvelopeBare},
			"capped":       {MaxLimit: 2, HideCount: true},
		} {
			if (mode == "bare" || mode == "capped") && filters != mock.FilterLower {
				continue // the filter matters no more there
			}
			t.Run(reading+" "+mode, func(t *testing.T) {
				t.Parallel()
				options.Filters = filters
				w := start(t, options)
				for i := range 3 {
					w.SeedUser(mock.User{Company: fmt.Sprintf("Other %d", i), Email: fmt.Sprintf("other%d@example.com", i)})
				}
				w.server.Inject(mockserver.Fault{On: "POST *", Effect: true, Close: true})
				for i, name := range hardNames {
					stored := name
					if options.Company != nil {
						stored = options.Company(name)
					}
					made, err := w.reseller().CreateAccount(t.Context(), name)
					w.foundAgain(err, made.ID, stored == name, w.clientsNamed(stored))
					w.foundBy(AccountFilter{Company: name}, w.clientsNamed(stored))

					user := NewUser{Email: fmt.Sprintf("Ann.%d@Example.com", i), Company: name + " users", Password: transport.NewSecret(password)}
					stored = name + " users"
					if options.Company != nil {
						stored = options.Company(stored)
					}
					madeUser, err := w.reseller().CreateUser(t.Context(), user)
					w.foundAgain(err, madeUser.ID, stored == user.Company, w.usersWith(user.Email))
					w.foundBy(AccountFilter{UserEmail: user.Email}, w.clientsNamed(stored))
					w.foundBy(AccountFilter{Company: user.Company, UserEmail: user.Email}, w.clientsNamed(stored))
					if got := collect(t, w.reseller().ListUsers(t.Context(), UserFilter{Email: user.Email}), userID); len(got) != 1 {
						t.Errorf("users of %s: %v", user.Email, got)
					}
				}
				w.count("POST *", 2*len(hardNames))
			})
		}
	}
}

// foundAgain asserts that a create whose reply was lost has found what it made: as its own where the vendor keeps what
// was sent exactly, else as the only candidate.
func (w *world) foundAgain(err error, id string, exactly bool, want []string) {
	w.Helper()
	if len(want) != 1 {
		w.Fatalf("%d were made", len(want))
	}
	if !exactly {
		w.candidates(err, want...)
		return
	}
	w.ok(err)
	if id != want[0] {
		w.Errorf("found %s, want %s", id, want[0])
	}
}

func (w *world) foundBy(filter AccountFilter, want []string) {
	w.Helper()
	if diff := cmp.Diff(want, collect(w.T, w.reseller().ListAccounts(w.Context(), filter), accountID)); diff != "" {
		w.Errorf("%+v: %s", filter, diff)
	}
}

func (w *world) usersWith(email string) (ids []string) {
	for _, u := range w.Users() {
		if strings.EqualFold(u.Email, email) {
			ids = append(ids, text(u.ID))
		}
	}
	return ids
}

// A filter that the vendor refuses, such as a name of too many characters, does no harm.
func TestLookUpWithoutFilter(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 414, 422} {
		w := start(t, mock.Options{})
		w.server.Inject(
			mockserver.Fault{On: "GET /iam/clients", Where: asksFor("companyName"), Status: status},
			mockserver.Fault{On: "GET /iam/clients", Where: asksFor("users_email"), Status: status},
			mockserver.Fault{On: "POST *", Effect: true, Close: true},
		)
		made, err := w.reseller().CreateAccount(t.Context(), "Acme")
		w.foundAgain(err, made.ID, true, w.clientsNamed("Acme"))
		w.foundBy(AccountFilter{Company: "Acme"}, w.clientsNamed("Acme"))
		user := newUser()
		user.Company = "Users"
		madeUser, err := w.reseller().CreateUser(t.Context(), user)
		w.foundAgain(err, madeUser.ID, true, w.usersWith(user.Email))
		w.foundBy(AccountFilter{UserEmail: user.Email}, w.clientsNamed("Users"))
	}
}

// noListings are replies with status 200 that hold no list.
var noListings = []string{
	`{}`, `{"message":"maintenance"}`, `null`, `{"results":null}`, `{"result":null}`, `{"items":[]}`, `{"data":[]}`, `{"count":0}`,
	`{"count":1,"results":null}`, `[null]`, `{"results":[null]}`, `{"results":[{}]}`, `{"results":{}}`, `"none"`, `0`,
}

// A 200 that isn't a listing is never an empty one.
func TestNoListing(t *testing.T) {
	t.Parallel()
	for _, body := range append(noListings, `{"count":1,"results":[]}`, `{"count":2.0,"result":[]}`) {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			seeded := w.SeedUser(mock.User{Company: "Acme", Email: "ann@example.com"})
			id := text(seeded.Client)
			w.server.Inject(
				mockserver.Fault{On: "GET /iam/clients", Body: body}, mockserver.Fault{On: "GET /iam/users", Body: body},
				mockserver.Fault{On: "GET " + availabilityPath + "/*", Body: body}, mockserver.Fault{On: "POST *", Status: 503},
			)
			for what, call := range map[string]func() error{
				"accounts": func() error { return failureOf(w.reseller().ListAccounts(t.Context(), AccountFilter{})) },
				"filtered": func() error { return failureOf(w.reseller().ListAccounts(t.Context(), AccountFilter{Company: "Acme"})) },
				"users":    func() error { return failureOf(w.reseller().ListUsers(t.Context(), UserFilter{})) },
				"member's": func() error {
					_, err := w.member().ReadAccount(t.Context(), "7999999", witness.Witness{}, nil)
					return err
				},
			} {
				err := call()
				if err == nil || errors.Is(err, witness.ErrGone) {
					t.Errorf("%s: %v", what, err)
					continue
				}
				_ = w.transportError(err)
			}
			if _, err := w.reseller().Availability(t.Context(), id); err == nil && !strings.Contains(body, "count\":1,\"results\":[]") &&
				!strings.Contains(body, "2.0") {
				t.Error("products: no error")
			}
			// After a 503 nothing is sent again unless a look-up found nothing.
			_, err := w.reseller().CreateAccount(t.Context(), "Acme")
			_, userErr := w.reseller().CreateUser(t.Context(), newUser())
			for _, err := range []error{err, userErr} {
				failed, ok := errors.AsType[*createonce.Error](err)
				if !ok || failed.LookUp == nil {
					t.Errorf("got %v", err)
				}
			}
			w.count("POST *", 2)
		})
	}
}

func failureOf[T any](seq func(func(T, error) bool)) (failure error) {
	seq(func(_ T, err error) bool {
		failure = err
		return err == nil
	})
	return failure
}

// A listing that shows fewer items than it says is made once more, and then an error with both numbers.
func TestShortListing(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{ExtraCount: 2})
	w.SeedUser(mock.User{})
	for what, call := range map[string]func() error{
		"accounts": func() error { return failureOf(w.reseller().ListAccounts(t.Context(), AccountFilter{})) },
		"users":    func() error { return failureOf(w.reseller().ListUsers(t.Context(), UserFilter{})) },
	} {
		w.server.Reset()
		err := call()
		short, ok := errors.AsType[*wire.ShortListingError](err)
		if !ok || short.Shown != 2 || short.Total != 4 {
			t.Errorf("%s: %v", what, err)
		}
		_ = w.transportError(err)
		w.count("GET *", 4) // two pages each time: the second one is empty
	}
	w.Configure(func(o *mock.Options) { o.ExtraCount = 0 })
	w.server.Inject(mockserver.Fault{On: "GET *", Body: `{"count":9,"results":[]}`, Times: 1})
	if got := collect(t, w.reseller().ListUsers(t.Context(), UserFilter{}), userID); len(got) != 2 {
		t.Errorf("the second listing shows %v", got)
	}
}

// Pages that are shorter than asked for skip nobody, whether or not the reply has a count or the next page's address.
func TestShortPages(t *testing.T) {
	t.Parallel()
	for _, hide := range []bool{false, true} {
		for _, most := range []int{7, 50, 100} {
			w := start(t, mock.Options{MaxLimit: most, HideCount: hide})
			var want []string
			for range 120 {
				want = append(want, text(w.SeedUser(mock.User{}).Client))
			}
			want = append([]string{text(mock.DemoAccount)}, want...)
			if diff := cmp.Diff(want, collect(t, w.reseller().ListAccounts(t.Context(), AccountFilter{}), accountID)); diff != "" {
				t.Errorf("%d a page, count hidden %t: %s", most, hide, diff)
			}
			if got := collect(t, w.reseller().ListUsers(t.Context(), UserFilter{}), userID); len(got) != 121 {
				t.Errorf("%d a page, count hidden %t: %d users", most, hide, len(got))
			}
			c := w.reseller()
			for _, id := range want {
				if _, err := c.ReadAccount(t.Context(), id, witness.Witness{}, nil); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// A reply to a create that is about something else is never taken, and nothing is sent to what it names.
func TestCreateReplyAboutAnother(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect bool
		body   func(w *world, stranger, own int64) string
		want   string // own, stranger's id named, or lost
	}{
		"another company": {
			effect: true, body: func(_ *world, s, _ int64) string { return fmt.Sprintf(`{"id":%d,"company":"Other"}`, s) }, want: "own",
		},
		"not carried out": {body: func(_ *world, s, _ int64) string { return fmt.Sprintf(`{"id":%d,"company":"Other"}`, s) }, want: "named"},
		"other case": {
			effect: true, body: func(_ *world, _, own int64) string { return fmt.Sprintf(`{"id":%d,"company":" aCME\u00a0 corp"}`, own) },
			want: "own",
		},
		"without company": {effect: true, body: func(_ *world, _, own int64) string { return fmt.Sprintf(`{"id":%d}`, own) }, want: "own"},
		"company null": {
			effect: true, body: func(_ *world, _, own int64) string { return fmt.Sprintf(`{"id":%d,"company":null}`, own) }, want: "own",
		},
		"its own name for it": {
			effect: true, body: func(_ *world, _, own int64) string { return fmt.Sprintf(`{"id":%d,"company":"Acme Corporation"}`, own) },
			want: "own",
		},
		"only its id":         {effect: true, body: func(_ *world, s, _ int64) string { return fmt.Sprintf(`{"id":%d}`, s) }, want: "own"},
		"only its id, undone": {body: func(_ *world, s, _ int64) string { return fmt.Sprintf(`{"id":%d}`, s) }, want: "named"},
		"an id that isn't":    {effect: true, body: func(*world, int64, int64) string { return `{"id":7999999,"company":"Other"}` }, want: "own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, mock.Options{})
			stranger := w.SeedClient(mock.Client{Company: "Other", Owner: mock.DemoResellerUser, CreatedAt: time.Now().Add(-time.Hour)})
			// The mock's ids follow each other.
			w.server.Inject(mockserver.Fault{On: "POST *", Effect: test.effect, Status: 201, Body: test.body(w, stranger.ID, stranger.ID+1)})
			made, err := w.reseller().CreateAccount(t.Context(), "Acme Corp")
			w.count("POST *", 1)
			w.count("P* /iam/clients/"+text(stranger.ID), 0)
			if test.want == "own" {
				w.foundAgain(err, made.ID, true, w.clientsNamed("Acme Corp"))
				return
			}
			failed, ok := errors.AsType[*createonce.Error](err)
			if !ok || !failed.Unclear || failed.Named == nil || failed.Named.ID != text(stranger.ID) || !strings.Contains(err.Error(), "Other") {
				t.Errorf("made %+v: %v", made, err)
			}
		})
	}
}

// The same for a user and the account that comes along.
func TestUserCreateReplyAboutAnother(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply string // %d: the id of the stranger's user, %d: of the stranger's account
		named bool   // whether the error names the stranger
	}{
		"another user":    {`{"id":%d,"client":%d,"email":"bob@example.com","company":"Other"}`, true},
		"another e-mail":  {`{"id":%d,"client":%d,"email":"bob@example.com"}`, true},
		"another company": {`{"id":%d,"client":%d,"company":"Other"}`, true},
		"another company's": {
			`{"id":%d,"client":%[2]d,"client_and_roles":[{"client_id":%[2]d,"client_company_name":"Other","user_id":1,"user_roles":[]}]}`, true,
		},
		"only its ids":    {`{"id":%d,"client":%d}`, true},
		"without account": {`{"id":%d,"email":"Ann@Example.com","x":%d}`, false},
	} {
		for _, effect := range []bool{true, false} {
			t.Run(fmt.Sprint(name, effect), func(t *testing.T) {
				t.Parallel()
				w := start(t, mock.Options{})
				stranger := w.SeedUser(mock.User{Company: "Other", Email: "bob@example.com"})
				w.ChangeClient(stranger.Client, func(c *mock.Client) { c.CreatedAt = time.Now().Add(-time.Hour) })
				w.server.Inject(mockserver.Fault{
					On: "POST *", Effect: effect, Status: 201, Body: fmt.Sprintf(test.reply, stranger.ID, stranger.Client),
				})
				made, err := w.reseller().CreateUser(t.Context(), newUser())
				w.count("POST *", 1)
				if effect {
					w.foundAgain(err, made.ID, true, w.usersWith("ann@example.com"))
					return
				}
				failed, ok := errors.AsType[*createonce.Error](err)
				if !ok || !failed.Unclear || test.named && (failed.Named == nil || failed.Named.ID != text(stranger.ID)) {
					t.Errorf("made %+v: %v", made, err)
				}
			})
		}
	}
	for name, reply := range map[string]string{
		"spelt otherwise": `{"id":%d,"client":%d,"email":"ANN@example.com ","company":"ACME"}`, "with less": `{"id":%d,"client":%d}`,
		"null":         `{"id":%d,"client":%d,"email":"Ann@Example.com","company":null}`,
		"its own name": `{"id":%d,"client":%d,"email":"Ann@Example.com","company":"Acme Corporation"}`,
	} {
		w := start(t, mock.Options{})
		last := w.SeedUser(mock.User{}).ID
		w.server.Inject(mockserver.Fault{On: "POST *", Effect: true, Status: 201, Body: fmt.Sprintf(reply, last+2, last+1)})
		made, err := w.reseller().CreateUser(t.Context(), newUser())
		w.ok(err)
		if diff := cmp.Diff(w.usersWith("ann@example.com"), []string{made.ID}); diff != "" || !sameText(made.Email, "Ann@Example.com") {
			t.Errorf("%s: %+v %s", name, made, diff)
		}
	}
}

// Two creates of one client never get one id.
func TestCreatesGetOneIDEach(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	c := w.reseller()
	first, err := c.CreateAccount(t.Context(), "Acme")
	w.ok(err)
	w.server.Inject(mockserver.Fault{On: "POST *", Effect: true, Status: 201, Body: `{"id":` + first.ID + `}`})
	second, err := c.CreateAccount(t.Context(), "Bcme")
	w.foundAgain(err, second.ID, true, w.clientsNamed("Bcme"))
}

// A change whose reply is about another account or user takes nothing from it.
func TestUpdateReplyAboutAnother(t *testing.T) {
	t.Parallel()
	for _, effect := range []bool{true, false} {
		w := start(t, mock.Options{})
		user, other := w.SeedUser(mock.User{Company: "Acme"}), w.SeedUser(mock.User{Company: "Other"})
		w.server.Inject(
			mockserver.Fault{On: "PATCH /iam/clients/*", Effect: effect, Body: fmt.Sprintf(`{"id":%d,"companyName":"Bcme"}`, other.Client)},
			mockserver.Fault{On: "PATCH /iam/users/*", Effect: effect, Body: fmt.Sprintf(`{"id":%d,"email":"new@example.com"}`, other.ID)},
		)
		c := w.reseller()
		account, err := c.RenameAccount(t.Context(), text(user.Client), "Bcme")
		if effect != (err == nil) || effect && account.ID != text(user.Client) {
			t.Errorf("effect %t: %+v, %v", effect, account, err)
		}
		changed, err := c.UpdateUser(t.Context(), text(user.ID), UserUpdate{Email: value("new@example.com")})
		if effect != (err == nil) || effect && changed.ID != text(user.ID) {
			t.Errorf("effect %t: %+v, %v", effect, changed, err)
		}
		w.count("PATCH *"+text(other.ID), 0)
		read, err := c.ReadAccount(t.Context(), text(user.Client), witness.Witness{}, nil)
		w.ok(err)
		if read.ID != text(user.Client) {
			t.Errorf("read %+v", read)
		}
	}
}

// What the vendor accepts and doesn't keep is named, field by field.
func TestNotKept(t *testing.T) {
	t.Parallel()
	w := start(t, mock.Options{})
	user := w.SeedUser(mock.User{Company: "Acme"})
	w.server.Inject(
		mockserver.Fault{
			On: "PATCH /iam/clients/*", Body: fmt.Sprintf(`{"id":%d,"companyName":"ACME","custom_id":null,"is_test":false}`, user.Client),
		},
		mockserver.Fault{On: "PATCH /iam/users/*", Body: fmt.Sprintf(`{"id":%d,"email":"OLD@example.com","name":null,"phone":""}`, user.ID)},
	)
	_, account := w.reseller().UpdateClient(t.Context(), text(user.Client), AccountUpdate{
		Company: value("acme"), AccountFields: AccountFields{CustomID: value("c-1"), Seller: value[int64](5), IsTest: value(true)},
	})
	_, person := w.reseller().UpdateUser(t.Context(), text(user.ID), UserUpdate{
		Email: value("new@example.com"), UserFields: UserFields{Name: value("Ann"), Phone: wire.Null[string](), Lang: value("de")},
	})
	for err, want := range map[error][]string{account: {"custom_id", "is_test"}, person: {"email", "name"}} {
		failed, ok := errors.AsType[*wire.NotKeptError](err)
		if !ok {
			t.Fatalf("got %v", err)
		}
		var got []string
		for _, d := range failed.Differences {
			got = append(got, d.Field)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// A gateway whose clock differs from the vendor's proves nothing, and makes nobody's account ours.
func TestGatewayClock(t *testing.T) {
	t.Parallel()
	for _, offset := range []time.Duration{-time.Hour, time.Hour} {
		for _, age := range []time.Duration{30 * time.Minute, -30 * time.Minute, 2 * time.Hour} {
			for _, effect := range []bool{false, true} {
				w := start(t, mock.Options{})
				w.server.SetDateOffset(offset)
				colleague := w.SeedClient(mock.Client{Company: "Acme", Owner: mock.DemoResellerUser, CreatedAt: time.Now().Add(-age)})
				users := w.SeedUser(mock.User{
					Email: "ann@example.com", Client: w.SeedClient(mock.Client{Company: "Users", CreatedAt: time.Now().Add(-age)}).ID,
				})
				w.server.Inject(mockserver.Fault{On: "POST *", Status: 500, Effect: effect})
				_, err := w.reseller().CreateAccount(t.Context(), "Acme")
				if err == nil {
					t.Errorf("Date %v off, %v old: account %d is ours", offset, age, colleague.ID)
				}
				made, err := w.reseller().CreateUser(t.Context(), NewUser{
					Email: "ann@example.com", Company: "Users", Password: transport.NewSecret(password),
				})
				if err == nil {
					t.Errorf("Date %v off, %v old: user %d is ours, as %s", offset, age, users.ID, made.ID)
				}
			}
		}
	}
}

func TestSameName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"Acme", "ACME", true}, {"Acme  Corp", " acme corp", true}, {"Acme\u00a0Corp", "acme corp", true}, {"", " ", true},
		{"Straße", "STRASSE", false}, {"Acme", "Acme 2", false},
	} {
		if got := SameName(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: %t", test.a, test.b, got)
		}
	}
}
