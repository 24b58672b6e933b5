// Package softwareone speaks the Accounts API of the SoftwareOne Marketplace Platform.
//
// Facts about the API come from its create-account reference (specification 5.0.5521) and from SoftwareOne's public
// documentation and client library. Accounts can't be deleted, and names may repeat.
package softwareone

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

const accountsPath = "/public/v1/accounts/accounts"

// Options configure a Client.
type Options struct {
	Transport transport.Options
	APIToken  transport.Secret // idt:TKN-…
	// AllowedCallers are the ids of the tokens that may be used; any where empty.
	AllowedCallers []string
	BulkReads      bool
	// Warn takes messages for the log, such as that a listing can't be used.
	Warn func(ctx context.Context, message string)
}

// Client calls the Accounts API. It is safe for concurrent use.
type Client struct {
	http     *transport.Client
	token    transport.Secret
	accounts *bulkread.Reader[Account]
	creating nameLocks
}

// New returns a client. It makes no request.
func New(o Options) *Client {
	if o.Transport.Scrubber == nil {
		o.Transport.Scrubber = &transport.Scrubber{}
	}
	o.Transport.Vendor = vendor
	o.Transport.Scrubber.Add(o.APIToken)
	if _, secret, ok := strings.Cut(strings.TrimPrefix(o.APIToken.Reveal(), "idt:"), ":"); ok {
		o.Transport.Scrubber.Add(transport.NewSecret(secret))
	}
	c := &Client{http: transport.New(o.Transport), token: o.APIToken}
	c.http.Guard, c.http.Caller = transport.AllowCallers(o.AllowedCallers, c.callerID), c.TokenID
	c.accounts = bulkread.New(c.accountSource(o))
	return c
}

// Now is the client's clock.
func (c *Client) Now() time.Time { return c.http.Clock.Now() }

// Address is the base URL that requests go to.
func (c *Client) Address() string { return c.http.BaseURL.String() }

// BaseURL cuts what users copy along with the address: a trailing slash, /public or /public/v1, as the vendor's own
// client does.
func BaseURL(u *url.URL) *url.URL {
	out := *u
	out.Path = strings.TrimRight(out.Path, "/")
	for _, suffix := range []string{"/public/v1", "/public"} {
		out.Path = strings.TrimRight(strings.TrimSuffix(out.Path, suffix), "/")
	}
	return &out
}

// Authorize implements transport.Session.
func (c *Client) Authorize(_ context.Context, req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	return nil
}

// Renew implements transport.Session: an API token can't be renewed.
func (c *Client) Renew(context.Context, *http.Request) (bool, error) { return false, nil }

var tokenID = regexp.MustCompile(`^idt:(TKN-[0-9-]+):`)

// TokenID is the id of the token in use, which the API records as the maker of what it creates; "" where the token
// doesn't show it.
func (c *Client) TokenID() string {
	if m := tokenID.FindStringSubmatch(c.token.Reveal()); m != nil {
		return m[1]
	}
	return ""
}

var validID = regexp.MustCompile(`^ACC(-[0-9]{1,12}){1,6}$`)

// ErrInvalidID says what an account id looks like.
var ErrInvalidID = errors.New("a SoftwareOne account id looks like ACC-1234-5678; " +
	"the platform shows it below the account's name, and the data source softwareone_accounts lists it")

const vendor = "SoftwareOne"

// unexpected is a reply that was understood and makes no sense.
func unexpected(operation, message string) error {
	return &transport.Error{Vendor: vendor, Operation: operation, Kind: transport.KindUnexpected, Message: message}
}

// ValidID checks an id before it enters a path.
func ValidID(id string) error {
	if !validID.MatchString(id) {
		return ErrInvalidID
	}
	return nil
}

// call makes one request that carries a JSON body, or none, and decodes the reply.
func (c *Client) call(
	ctx context.Context,
	operation, method, path, query string,
	replay transport.Replay,
	body, into any,
) (*transport.Response, error) {
	request := transport.Request{
		Operation: operation, Method: method, Path: path, Query: query, Replay: replay, Session: c, Into: into,
		ResourceID: transport.IDIn(path, ValidID),
	}
	switch b := body.(type) {
	case nil:
	case form:
		request.Body, request.ContentType = b.body, b.contentType
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, fmt.Errorf("SoftwareOne: %s: %w", operation, err)
		}
		request.Body = raw
	}
	return c.http.Do(ctx, request)
}

// form is a multipart body.
type form struct {
	body        []byte
	contentType string
}

// withLogo packs an account and its logo the way the vendor's own client does: the same JSON as without a logo in the
// part "account", the image in the part "logo".
func withLogo(account any, logo []byte) (form, error) {
	raw, err := json.Marshal(account)
	if err != nil {
		return form{}, err
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	imageType, fileName := imageOf(logo)
	for _, part := range []struct {
		disposition, contentType string
		content                  []byte
	}{
		{`form-data; name="account"`, "application/json", raw},
		{`form-data; name="logo"; filename="` + fileName + `"`, imageType, logo},
	} {
		p, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {part.disposition}, "Content-Type": {part.contentType},
		})
		if err != nil {
			return form{}, err
		}
		if _, err := p.Write(part.content); err != nil {
			return form{}, err
		}
	}
	if err := w.Close(); err != nil {
		return form{}, err
	}
	return form{body: body.Bytes(), contentType: w.FormDataContentType()}, nil
}

// imageOf is the media type of an image and a name for it. What is not recognised goes as it is documented for every logo.
func imageOf(logo []byte) (mediaType, fileName string) {
	switch mediaType = http.DetectContentType(logo); mediaType {
	case "image/png":
		return mediaType, "logo.png"
	case "image/jpeg":
		return mediaType, "logo.jpg"
	case "image/gif":
		return mediaType, "logo.gif"
	case "image/webp":
		return mediaType, "logo.webp"
	}
	if isSVG(logo) {
		return "image/svg+xml", "logo.svg"
	}
	return "application/octet-stream", "logo"
}

// isSVG reports whether the first element of a file is svg. Files in other encodings than UTF-8 are not recognised.
func isSVG(file []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(file))
	d.Strict = false
	for {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		if element, ok := token.(xml.StartElement); ok {
			return element.Name.Local == "svg"
		}
	}
}

// nameLocks lets one create per name run at a time, since the API has nothing against two of a name, and remembers what
// this process has created, which a listing may not show yet.
type nameLocks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
	made map[string][]createonce.Candidate
	ids  createonce.IDs
}

// lock waits until name is free or ctx ends.
func (l *nameLocks) lock(ctx context.Context, name string) (unlock func(), err error) {
	for {
		taken, ok := l.take(name)
		if ok {
			return func() {
				l.mu.Lock()
				defer l.mu.Unlock()
				delete(l.held, name)
				close(taken)
			}, nil
		}
		select {
		case <-taken:
		case <-ctx.Done():
			failure := transport.NotSent(ctx.Err())
			failure.Vendor, failure.Operation = vendor, "create account"
			failure.Message += ", while another account of this name was being created"
			return nil, failure
		}
	}
}

// take takes a name that is free; otherwise it returns what is closed once that may be so.
func (l *nameLocks) take(name string) (taken chan struct{}, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if taken, held := l.held[name]; held {
		return taken, false
	}
	if l.held == nil {
		l.held, l.made = map[string]chan struct{}{}, map[string][]createonce.Candidate{}
	}
	l.held[name] = make(chan struct{})
	return l.held[name], true
}

// created remembers an account. The caller holds its name.
func (l *nameLocks) created(name string, a Account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made[name] = append(l.made[name], describe(a))
}

// before returns what has been created under a name. The caller holds it.
func (l *nameLocks) before(name string) []createonce.Candidate {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.made[name])
}
