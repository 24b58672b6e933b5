package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// NewHTTPClient returns the HTTP client that all vendors use: proxies from the environment, TLS 1.2 or newer, no
// redirects. A PEM bundle, where given, is added to the system's roots.
func NewHTTPClient(caPEM string) (*http.Client, error) {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return nil, errors.New("the default HTTP transport has been replaced")
	}
	t := base.Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.MaxIdleConnsPerHost = 64 // Terraform's -parallelism may be raised; each connection is to be used again
	if caPEM != "" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM([]byte(caPEM)) {
			return nil, errors.New("no PEM certificate found")
		}
		t.TLSClientConfig.RootCAs = roots
	}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// ParseBaseURL checks the address of a vendor's API. It is https, or http to this very machine; it has no user info,
// query or fragment. Its path comes back without a trailing slash. The error doesn't repeat the address, which may
// hold a password.
func ParseBaseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("is not a URL")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("must start with https://")
	case u.Hostname() == "" || u.Opaque != "":
		return nil, errors.New("names no host")
	case u.User != nil:
		return nil, errors.New("must not hold a user name or password")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("must not hold a query (?…)")
	case u.Fragment != "" || strings.HasSuffix(raw, "#"):
		return nil, errors.New("must not hold a fragment (#…)")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, errors.New("must start with https://; http:// is for localhost and loopback addresses alone")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// CheckToken refuses a token or password that can't stand in a header: empty, or with blanks or control characters.
// The error never repeats it.
func CheckToken(token string) error {
	if token == "" {
		return errors.New("is empty")
	}
	for _, r := range token {
		if unicode.IsSpace(r) {
			return errors.New("holds a blank or a line break; copy it again without what surrounds it")
		}
		if unicode.IsControl(r) || r > unicode.MaxASCII {
			return errors.New("holds a character that no token has; copy it again")
		}
	}
	return nil
}

// causeOf classifies an error of http.Client.Do. sent tells whether the request's headers went out.
func causeOf(err error, sent bool) (Kind, string) {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		err = urlErr.Err // its own text repeats the whole address
	}
	var (
		dns         *net.DNSError
		unknownCA   x509.UnknownAuthorityError
		badHost     x509.HostnameError
		invalidCert x509.CertificateInvalidError
		unverified  *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	switch {
	case errors.As(err, &unknownCA), errors.As(err, &badHost), errors.As(err, &invalidCert),
		errors.As(err, &unverified), errors.As(err, &record), errors.As(err, &alert):
		return KindUntrusted, fmt.Sprintf("no trusted TLS connection: %v", err)
	case errors.As(err, &dns) && !dns.IsTemporary && !dns.IsTimeout:
		return KindUntrusted, fmt.Sprintf("unknown host: %v", err)
	case !sent:
		return KindNotSent, fmt.Sprintf("no connection: %v", err)
	}
	return KindNoReply, fmt.Sprintf("no complete reply: %v", err)
}
