package fortanix

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

const (
	// loginTimeout bounds a login or refresh with its repeats, whoever waits for it.
	loginTimeout = 2 * time.Minute
	// renewAhead is how long before its end a token is renewed; less for tokens that live less than five times as long.
	renewAhead = time.Minute
)

// session is the user's session with the server, shared by all requests of a process: one login, one selected account.
// It implements transport.Session.
//
// The server's session and its token end separately. A refresh moves the token's end and leaves the token as it is;
// lifetimes are not documented, so both ends are taken from the replies, relative to the server's own clock.
type session struct {
	http     *transport.Client
	username string
	password transport.Secret
	given    bool // the token was given, so there is nothing to log in with

	renewals singleflight.Group

	mu       sync.Mutex
	token    transport.Secret
	subject  string    // id of the user, "" while unknown
	renewAt  time.Time // when to refresh; zero: never, as far as is known
	endsAt   time.Time // when to log in again; zero as above
	selected bool      // whether this client has selected an account in it
	refused  error     // why there will be no login any more
}

func newSession(http *transport.Client, o Options) *session {
	s := &session{http: http, username: o.Username, password: o.Password, token: o.Token, given: !o.Token.IsEmpty()}
	s.hide(o.Token)
	if !o.Password.IsEmpty() {
		http.Scrubber.AddBasic(o.Username, o.Password)
	}
	if s.given {
		// Nothing is known of its lifetime; the first request refreshes it, and the reply shows that.
		s.renewAt = http.Clock.Now()
	}
	return s
}

// hide makes the scrubber know a token, also together with its scheme: encoded as one, they hide each other.
func (s *session) hide(token transport.Secret) {
	if !token.IsEmpty() {
		s.http.Scrubber.Add(token, transport.NewSecret("Bearer "+token.Reveal()))
	}
}

// bearer puts a token on a request. The description and the reference page name the header Authentication, all of
// Fortanix's own clients send Authorization: it goes out in both, each time as "Bearer …", since the page calls it "a
// JWT bearer token".
type bearer struct{ token transport.Secret }

func (b bearer) Authorize(_ context.Context, req *http.Request) error {
	value := "Bearer " + b.token.Reveal()
	req.Header.Set("Authorization", value)
	req.Header.Set("Authentication", value)
	return nil
}

func (bearer) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

// basic logs in.
type basic struct{ session *session }

func (b basic) Authorize(_ context.Context, req *http.Request) error {
	req.SetBasicAuth(b.session.username, b.session.password.Reveal())
	return nil
}

func (basic) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

// Authorize implements transport.Session.
func (s *session) Authorize(ctx context.Context, req *http.Request) error {
	token, err := s.current(ctx)
	if err != nil {
		return err
	}
	return bearer{token}.Authorize(ctx, req)
}

// Renew implements transport.Session: after a 401 it logs in, unless another request has had the token replaced since.
func (s *session) Renew(ctx context.Context, failed *http.Request) (bool, error) {
	rejected := transport.NewSecret(strings.TrimPrefix(failed.Header.Get("Authorization"), "Bearer "))
	// Twice, since the first time may only join a refresh under way, which leaves the token as it is.
	for range 2 {
		if s.latest() != rejected {
			return true, nil
		}
		if s.given {
			return false, &transport.Error{
				Vendor: vendor, Operation: "use the session", Status: http.StatusUnauthorized,
				Message: "the session token is not valid, or no longer: set fortanix.token to a new one, " +
					"or fortanix.username and fortanix.password to log in",
			}
		}
		if _, err := s.renew(ctx, rejected); err != nil {
			return false, err
		}
	}
	return true, nil
}

// user returns the id of the session's user, "" where no reply has shown it.
func (s *session) user(ctx context.Context) (string, error) {
	if _, err := s.current(ctx); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.subject, nil
}

func (s *session) setUser(id string) {
	s.mu.Lock()
	s.subject = id
	s.mu.Unlock()
}

// markSelected notes that an account is selected in the session.
func (s *session) markSelected() {
	s.mu.Lock()
	s.selected = true
	s.mu.Unlock()
}

// leaveSelected makes the next request log in again where an account is selected in the session, and reports whether it
// does. A selection can't be undone otherwise, and that of a locked account may spoil every later call.
func (s *session) leaveSelected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given || !s.selected || s.refused != nil {
		return false
	}
	s.token, s.selected = transport.Secret{}, false
	return true
}

// A step is what has to happen before a token can be used.
type step int

const (
	nothing step = iota
	refresh
	login
)

// next is the step that is due. rejected is a token that the server has refused, if it has.
func (s *session) next(rejected transport.Secret) step {
	now := s.http.Clock.Now()
	due := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	switch {
	case s.given && due(s.renewAt):
		return refresh
	case s.given:
		return nothing
	case s.token.IsEmpty(), s.token == rejected, due(s.endsAt):
		return login
	case due(s.renewAt):
		return refresh
	}
	return nothing
}

// current returns a token that is good for a while, as far as is known.
func (s *session) current(ctx context.Context) (transport.Secret, error) {
	s.mu.Lock()
	token, due := s.token, s.next(transport.Secret{})
	s.mu.Unlock()
	if due == nothing {
		return token, nil
	}
	return s.renew(ctx, transport.Secret{})
}

// renew takes the step that is due, once for all who wait for it. It goes on without those who stop waiting.
func (s *session) renew(ctx context.Context, rejected transport.Secret) (transport.Secret, error) {
	done := s.renewals.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loginTimeout)
		defer cancel()
		return s.step(ctx, rejected)
	})
	select {
	case result := <-done:
		token, _ := result.Val.(transport.Secret)
		return token, result.Err
	case <-ctx.Done():
		failure := transport.NotSent(ctx.Err())
		failure.Vendor, failure.Operation = vendor, "log in"
		return transport.Secret{}, failure
	}
}

func (s *session) step(ctx context.Context, rejected transport.Secret) (transport.Secret, error) {
	s.mu.Lock()
	token, due, refused := s.token, s.next(rejected), s.refused
	s.mu.Unlock()
	switch due {
	case nothing:
		return token, nil
	case refresh:
		if s.refresh(ctx, token) {
			return s.latest(), nil
		}
		if s.given {
			return token, nil // it may still be good; else a 401 follows
		}
	case login:
	}
	if refused != nil {
		return transport.Secret{}, refused
	}
	if err := s.login(ctx); err != nil {
		return transport.Secret{}, err
	}
	return s.latest(), nil
}

func (s *session) latest() transport.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

// sessionReply is what login, refresh and selection answer. Only a login hands out a token.
type sessionReply struct {
	AccessToken string `json:"access_token"`
	Info        struct {
		Subject   string   `json:"subject_id"`
		Ends      unixTime `json:"session_expires_at"`
		TokenEnds unixTime `json:"session_token_expires_at"`
	} `json:"session_info"`
}

// login gets a new token. What the server has refused is not tried again: that could lock the user out.
func (s *session) login(ctx context.Context) error {
	var reply sessionReply
	response, err := s.post(ctx, "log in", "/v1/sys/auth", basic{s}, &reply)
	if err == nil && reply.AccessToken != "" {
		s.accept(reply, response.Date)
		return nil
	}
	if err == nil {
		err = &transport.Error{
			Vendor: vendor, Operation: "log in", Kind: transport.KindCancelled,
			Message: "the reply holds no access_token: this server keeps sessions only in cookies, or the user has to log in " +
				"with more than a password; set fortanix.token to the token of a session that is logged in already",
		}
		s.refuse(err)
	}
	if transport.IsStatus(err, http.StatusUnauthorized, http.StatusForbidden) {
		s.refuse(err)
	}
	return err
}

func (s *session) refuse(err error) {
	s.mu.Lock()
	s.refused = err
	s.mu.Unlock()
}

// refresh moves the end of the token. It reports whether it has.
func (s *session) refresh(ctx context.Context, token transport.Secret) bool {
	var reply sessionReply
	response, err := s.post(ctx, "refresh session", "/v1/sys/session/refresh", bearer{token}, &reply)
	if err != nil {
		s.mu.Lock()
		s.renewAt = time.Time{} // not before every request
		s.mu.Unlock()
		return false
	}
	s.accept(reply, response.Date)
	return true
}

// post sends a request without a body, as JSON, the way Fortanix's own clients do.
func (s *session) post(
	ctx context.Context,
	operation, path string,
	as transport.Session,
	reply *sessionReply,
) (*transport.Response, error) {
	return s.http.Do(ctx, transport.Request{
		Operation: operation, Method: http.MethodPost, Path: path, ContentType: "application/json",
		Replay: transport.Idempotent, Session: as, Into: reply, Login: true, Sensitive: true,
	})
}

// accept stores what a reply says. serverNow is the server's clock, zero where the reply has no Date.
func (s *session) accept(reply sessionReply, serverNow time.Time) {
	token := transport.NewSecret(reply.AccessToken)
	s.hide(token)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !token.IsEmpty() {
		s.token, s.selected = token, false
	}
	if reply.Info.Subject != "" {
		s.subject = reply.Info.Subject
	}
	now := s.http.Clock.Now()
	if serverNow.IsZero() {
		serverNow = now
	}
	s.renewAt = renewalTime(now, serverNow, reply.Info.TokenEnds)
	s.endsAt = renewalTime(now, serverNow, reply.Info.Ends)
}

// renewalTime is when to renew what ends at ends by the server's clock. It is zero where the end is unknown or, by
// that clock, over already: only a 401 can show it then.
func renewalTime(now, serverNow time.Time, ends unixTime) time.Time {
	left := time.Unix(int64(ends), 0).Sub(serverNow)
	if ends == 0 || left <= 0 {
		return time.Time{}
	}
	return now.Add(left - min(renewAhead, left/5))
}
