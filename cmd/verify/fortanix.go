package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

const (
	loginPath  = "/v1/sys/auth"
	logoutPath = "/v1/sys/session/terminate"

	ccmPath    = "/v1/accounts"
	ccmLogin   = "POST /v1/sys/auth"
	ccmLogout  = "POST /v1/sys/session/terminate"
	ccmList    = "GET /v1/accounts"
	ccmOne     = "GET /v1/accounts/{account-id}"
	ccmUser    = "GET /v1/user"
	ccmVersion = "GET /v1/sys/version"
	// ccmPage is the page size that the provider asks for.
	ccmPage = 40
	// unknownUUID is an id that no account has.
	unknownUUID = "7e57ab1e-0000-4000-8000-0000c0ffee00"

	ccmSpec    = "Fortanix's CCM description 2.0.0"
	ccmClients = "Fortanix's own clients"
)

var fortanixVendor = vendor{
	name: "fortanix", title: "Fortanix", open: openFortanix, close: closeFortanix,
	checks: slices.Concat(ccmSessionChecks, ccmListChecks, ccmAccountChecks, commonChecks("fortanix"), contractChecks("fortanix",
		map[string]string{
			"login": ccmLogin, "list-accounts": ccmList, "account": ccmOne, "user": ccmUser, "version": ccmVersion,
		})),
}

// ccmSession is the session that the checks use.
type ccmSession struct {
	login *exchange // nil where a token was given
	token string
}

func openFortanix(ctx context.Context, getenv func(string) string, o options) (*probe, string) {
	env := variables{getenv: getenv}
	username, password := getenv("FORTANIX_CCM_USERNAME"), getenv("FORTANIX_CCM_PASSWORD")
	token := ""
	if username == "" && password == "" { // user and password are the longer-lived ones
		token = env.token("FORTANIX_CCM_TOKEN")
	}
	switch {
	case username == "" && password == "" && token == "" && env.problem == "":
		return nil, ""
	case token == "" && (username == "" || password == ""):
		env.refuse("FORTANIX_CCM_USERNAME", "and FORTANIX_CCM_PASSWORD go together")
	case strings.Contains(username, ":"):
		env.refuse("FORTANIX_CCM_USERNAME", "holds a colon, which the login can't carry")
	}
	o.base = env.address("FORTANIX_CCM_ENDPOINT", "https://ccm.fortanix.com", "/v1")
	if env.problem != "" {
		return nil, env.problem
	}
	session := &ccmSession{token: token}
	p, err := newProbe("fortanix", o, mock.New(mock.Options{}).Contract(), func(req *http.Request) {
		req.Header.Set("Authorization", "Bearer "+session.token)
		req.Header.Set("Authentication", "Bearer "+session.token)
	})
	if err != nil {
		return nil, err.Error()
	}
	p.seen = session
	if token != "" {
		return p, refusedSession(ctx, p)
	}
	e, why := p.send(ctx, transport.Request{
		Method: http.MethodPost, Path: loginPath, ContentType: "application/json", Login: true,
		Session: as(func(req *http.Request) { req.SetBasicAuth(username, password) }),
	}, ccmLogin)
	switch {
	case e == nil:
		return p, why
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden:
		return p, fmt.Sprintf("the login is refused (%d)", e.status)
	}
	session.login, session.token = e, text(object(e.value), "access_token")
	return p, ""
}

func refusedSession(ctx context.Context, p *probe) string {
	e, why := ccmAccounts(ctx, p)
	switch {
	case e == nil:
		return why
	case e.status == http.StatusUnauthorized:
		return "the session token is refused (401)"
	}
	return ""
}

// closeFortanix ends the session that openFortanix has begun, and no other.
func closeFortanix(ctx context.Context, p *probe) {
	if session := ccmSessionOf(p); session.login != nil && session.token != "" {
		_, _ = p.send(ctx, transport.Request{Method: http.MethodPost, Path: logoutPath, ContentType: "application/json", Login: true,
			Session: p}, ccmLogout)
	}
}

func ccmSessionOf(p *probe) *ccmSession {
	session, ok := p.seen.(*ccmSession)
	if !ok {
		return &ccmSession{}
	}
	return session
}

// withSession reads with the session, if there is one.
func ccmRead(ctx context.Context, p *probe, operation, path, query string) (*exchange, string) {
	if ccmSessionOf(p).token == "" {
		return nil, orElse(p.closed, "there is no session token")
	}
	return p.read(ctx, operation, path, query)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func ccmAccounts(ctx context.Context, p *probe) (*exchange, string) {
	return ccmRead(ctx, p, ccmList, ccmPath, fmt.Sprintf("limit=%d", ccmPage))
}

func ccmItems(e *exchange) []map[string]any { return objects(object(e.value)["items"]) }

func withLogin(check func(e *exchange, body map[string]any) finding) func(context.Context, *probe) finding {
	return func(_ context.Context, p *probe) finding {
		e := ccmSessionOf(p).login
		if !e.ok() {
			return refused(e, orElse(p.closed, "a token was given, so there was no login"))
		}
		return check(e, object(e.value))
	}
}

var ccmSessionChecks = []check{
	{"fortanix.access-token", "A login hands out an access_token.", ccmSpec + ", where it is optional", withLogin(func(_ *exchange,
		body map[string]any) finding {
		return expect(text(body, "access_token") != "", "it does", "it doesn't: sessions may be kept in cookies only")
	})},
	{"fortanix.session-times", "A session's times are in seconds, and its token ends no later than the session.", ccmSpec,
		withLogin(checkSessionTimes)},
	{"fortanix.session-user", "A login names its user, as GET /v1/user does.", ccmClients, checkSessionUser},
	{"fortanix.header-authorization", "The session token is taken from Authorization: Bearer.", ccmClients, headerCheck("Authorization")},
	{"fortanix.header-authentication", "The session token is taken from Authentication: Bearer.", "Fortanix's reference page",
		headerCheck("Authentication")},
	{"fortanix.version", "GET /v1/sys/version answers.", ccmSpec, func(ctx context.Context, p *probe) finding {
		e, why := ccmRead(ctx, p, ccmVersion, "/v1/sys/version", "")
		if e == nil {
			return notTold("%s", why)
		}
		return expect(e.ok(), "it does", fmt.Sprintf("it answers %d", e.status))
	}},
}

func checkSessionTimes(e *exchange, body map[string]any) finding {
	info := object(body["session_info"])
	ends, hasEnd := number(info, "session_expires_at")
	tokenEnds, hasTokenEnd := number(info, "session_token_expires_at")
	if !hasEnd || !hasTokenEnd {
		return itDiffers("one of them is missing")
	}
	now := e.received
	if date, err := http.ParseTime(e.header.Get("Date")); err == nil {
		now = date
	}
	life, tokenLife := time.Unix(ends, 0).Sub(now), time.Unix(tokenEnds, 0).Sub(now)
	const longest = 10 * 365 * 24 * time.Hour
	if life <= 0 || life > longest || tokenLife <= 0 || tokenLife > life {
		return itDiffers("as seconds they make no sense")
	}
	return itHolds("the session lives for %s, its token for %s", life.Round(time.Minute), tokenLife.Round(time.Minute))
}

func checkSessionUser(ctx context.Context, p *probe) finding {
	e, why := ccmRead(ctx, p, ccmUser, "/v1/user", "")
	switch {
	case e == nil:
		return notTold("%s", why)
	case !e.ok():
		return itDiffers("GET /v1/user answers %d", e.status)
	case ccmSessionOf(p).login == nil:
		return notTold("a token was given, so there was no login")
	}
	named := text(object(object(ccmSessionOf(p).login.value)["session_info"]), "subject_id")
	return expect(named != "" && strings.EqualFold(named, text(object(e.value), "user_id")), "it does", "it names none, or another one")
}

// headerCheck asks with the token in one header only.
func headerCheck(name string) func(context.Context, *probe) finding {
	return func(ctx context.Context, p *probe) finding {
		token := ccmSessionOf(p).token
		if token == "" {
			return notTold("%s", orElse(p.closed, "there is no session token"))
		}
		e, why := p.send(ctx, transport.Request{
			Method: http.MethodGet, Path: ccmPath, Query: "limit=1", Session: as(func(req *http.Request) {
				req.Header.Set(name,
					"Bearer "+token)
			}),
		}, ccmList)
		switch {
		case e == nil:
			return notTold("%s", why)
		case e.ok():
			return itHolds("it is")
		case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden:
			return itDiffers("with it only, the vendor answers %d", e.status)
		}
		return refused(e, why)
	}
}
