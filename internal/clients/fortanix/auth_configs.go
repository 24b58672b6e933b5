package fortanix

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// AuthConfig is one way to log in to an account: one of its three configurations is set. One of a kind that this
// client doesn't know has none.
type AuthConfig struct {
	ID             string // the server's, only in replies
	Password       *PasswordAuth
	OAuth          *OAuth
	ClusterAuthRef *ClusterAuthRef
}

// PasswordAuth is log-in by password.
type PasswordAuth struct {
	Require2FA         bool `json:"require_2fa"`
	AdministratorsOnly bool `json:"administrators_only"`
}

// OAuth is log-in through an identity provider.
type OAuth struct {
	IDPName                  string  `json:"idp_name"`
	IDPIconURL               string  `json:"idp_icon_url"`
	IDPAuthorizationEndpoint string  `json:"idp_authorization_endpoint"`
	IDPTokenEndpoint         string  `json:"idp_token_endpoint"`
	IDPRequiresBasicAuth     bool    `json:"idp_requires_basic_auth"`
	IDPUserinfoEndpoint      *string `json:"idp_userinfo_endpoint,omitempty"`
	TLS                      TLS     `json:"-"`
	ClientID                 string  `json:"client_id"`
	// ClientSecret is needed in every request. What a reply shows of it, if anything, is dropped.
	ClientSecret transport.Secret `json:"-"`
}

// ClusterAuthRef points to an identity provider that the cluster's operator has set up.
type ClusterAuthRef struct {
	TargetID string `json:"target_id"`
}

// Modes of TLS.
const (
	TLSDisabled      = "disabled"
	TLSOpportunistic = "opportunistic"
	TLSRequired      = "required"
)

// TLS is how the server reaches an identity provider.
type TLS struct {
	Mode     string              // one of the modes; replies may hold others
	Required *TLSRequiredOptions // for the mode TLSRequired
}

// TLSRequiredOptions say whom the server trusts and what it presents itself.
type TLSRequiredOptions struct {
	ValidateHostname bool             `json:"validate_hostname"`
	CA               CA               `json:"ca"`
	ClientCert       *string          `json:"client_cert,omitempty"` // base64
	ClientKey        transport.Secret `json:"-"`                     // base64; dropped from replies
}

// CASetGlobalRoots is the one documented CA set.
const CASetGlobalRoots = "GLOBAL_ROOTS"

// CA names the trusted authorities: a set that the server knows, or the certificates themselves.
type CA struct {
	Set    *string  `json:"ca_set,omitempty"`
	Pinned []string `json:"pinned,omitempty"` // base64
}

// AuthKey is what makes an auth config the same one across changes: there is only one by password, an OAuth client has its
// provider's name and its id, a reference its target. The zero key belongs to unknown kinds.
type AuthKey struct {
	Kind              string // password, oauth or cluster_auth_ref
	IDPName, ClientID string
	TargetID          string
}

// String names the config for an error.
func (k AuthKey) String() string {
	switch k.Kind {
	case "oauth":
		return fmt.Sprintf("oauth of %q with client_id %q", k.IDPName, k.ClientID)
	case "cluster_auth_ref":
		return fmt.Sprintf("cluster_auth_ref to %q", k.TargetID)
	}
	return cmp.Or(k.Kind, "a configuration of another kind")
}

// Key returns the natural key.
func (a AuthConfig) Key() AuthKey {
	switch {
	case a.Password != nil:
		return AuthKey{Kind: "password"}
	case a.OAuth != nil:
		return AuthKey{Kind: "oauth", IDPName: a.OAuth.IDPName, ClientID: a.OAuth.ClientID}
	case a.ClusterAuthRef != nil:
		return AuthKey{Kind: "cluster_auth_ref", TargetID: a.ClusterAuthRef.TargetID}
	}
	return AuthKey{}
}

// Same reports whether both configs are equal, except for their ids and secrets, which replies don't show.
func (a AuthConfig) Same(b AuthConfig) bool {
	if a.Key() != b.Key() {
		return false
	}
	switch {
	case a.Password != nil:
		return *a.Password == *b.Password
	case a.OAuth != nil:
		x, y := *a.OAuth, *b.OAuth
		return x.IDPIconURL == y.IDPIconURL && x.IDPAuthorizationEndpoint == y.IDPAuthorizationEndpoint &&
			x.IDPTokenEndpoint == y.IDPTokenEndpoint && x.IDPRequiresBasicAuth == y.IDPRequiresBasicAuth &&
			text(x.IDPUserinfoEndpoint) == text(y.IDPUserinfoEndpoint) && x.TLS.same(y.TLS)
	}
	return true
}

func (t TLS) same(u TLS) bool {
	if t.Mode != u.Mode || (t.Required == nil) != (u.Required == nil) {
		return false
	}
	if t.Required == nil {
		return true
	}
	x, y := *t.Required, *u.Required
	return x.ValidateHostname == y.ValidateHostname && text(x.CA.Set) == text(y.CA.Set) &&
		SameBase64(text(x.ClientCert), text(y.ClientCert)) && slices.EqualFunc(x.CA.Pinned, y.CA.Pinned, SameBase64)
}

// AuthChanges turn the auth configs that an account has into those that it should have.
type AuthChanges struct {
	Add    []AuthConfig
	Modify map[string]AuthConfig // by id
	Delete []string              // ids
}

// IsEmpty reports whether there is nothing to change.
func (c AuthChanges) IsEmpty() bool { return len(c.Add)+len(c.Modify)+len(c.Delete) == 0 }

// differences are the changes that an account doesn't show. They name configs by their keys, and show no values.
func (c AuthChanges) differences(now Account) wire.Differences {
	var all wire.Differences
	differs := func(sent, shown string) {
		all = append(all, wire.Difference{Field: "auth_configs", Sent: sent, Shown: shown})
	}
	missing := func(wanted AuthConfig) {
		switch {
		case slices.ContainsFunc(now.AuthConfigs, wanted.Same):
		case indexOf(now.AuthConfigs, wanted.Key()) >= 0:
			differs(wanted.Key().String(), "one with other values")
		default:
			differs(wanted.Key().String(), "none such")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Modify)) {
		missing(c.Modify[id])
	}
	for _, added := range c.Add {
		missing(added)
	}
	for _, kept := range now.AuthConfigs {
		if slices.Contains(c.Delete, kept.ID) {
			differs("none", kept.Key().String())
		}
	}
	return all
}

// Changes compares what an account has, as read, with what it should have, element by element by natural key. Configs
// that are not in Have stay, whoever set them, and so do those of unknown kinds.
func (u AuthConfigsUpdate) Changes(has []AuthConfig) AuthChanges {
	var changes AuthChanges
	left := slices.Clone(has)
	for _, wanted := range u.Want {
		key := wanted.Key()
		at := slices.IndexFunc(left, wanted.Same)
		if at < 0 {
			at = indexOf(left, key)
		}
		if at < 0 {
			changes.Add = append(changes.Add, wanted)
			continue
		}
		if !left[at].Same(wanted) || slices.Contains(u.Resend, key) {
			if changes.Modify == nil {
				changes.Modify = map[string]AuthConfig{}
			}
			changes.Modify[left[at].ID] = wanted
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, surplus := range left {
		if key := surplus.Key(); key != (AuthKey{}) && indexOf(u.Have, key) >= 0 {
			changes.Delete = append(changes.Delete, surplus.ID)
		}
	}
	return changes
}

func indexOf(configs []AuthConfig, key AuthKey) int {
	return slices.IndexFunc(configs, func(a AuthConfig) bool { return a.Key() == key })
}

// authConfigJSON is an AuthConfig on the wire, secrets in the clear: it lives while a request is marshalled or a reply
// decoded.
type authConfigJSON struct {
	Password       *PasswordAuth   `json:"password,omitempty"`
	OAuth          *oauthJSON      `json:"oauth,omitempty"`
	ClusterAuthRef *ClusterAuthRef `json:"cluster_auth_ref,omitempty"`
}

type oauthJSON struct {
	OAuth
	TLS          tlsJSON `json:"tls"`
	ClientSecret string  `json:"client_secret"`
}

type tlsRequiredJSON struct {
	TLSRequiredOptions
	ClientKey string `json:"client_key,omitempty"`
}

// tlsJSON is TLS as an object whose one key is the mode.
type tlsJSON struct {
	mode     string
	required *tlsRequiredJSON
}

func (t tlsJSON) MarshalJSON() ([]byte, error) {
	if t.required != nil {
		return json.Marshal(map[string]*tlsRequiredJSON{t.mode: t.required})
	}
	return json.Marshal(map[string]struct{}{t.mode: {}})
}

// UnmarshalJSON takes any mode, and one that is a bare string, as Rust servers write variants that hold nothing.
func (t *tlsJSON) UnmarshalJSON(raw []byte) error {
	*t = tlsJSON{}
	if bytes.HasPrefix(raw, []byte(`"`)) {
		return json.Unmarshal(raw, &t.mode)
	}
	var modes map[string]json.RawMessage
	if err := json.Unmarshal(raw, &modes); err != nil {
		return err
	}
	for _, mode := range slices.Sorted(maps.Keys(modes)) {
		if bytes.Equal(modes[mode], []byte("null")) {
			continue
		}
		t.mode = mode
		if mode == TLSRequired {
			return json.Unmarshal(modes[mode], &t.required)
		}
	}
	return nil
}

// outgoing is an AuthConfig in a request. Marshalling it, and nothing else, reveals its secrets.
type outgoing AuthConfig

// prepare makes configs ready to be sent: the scrubber learns their secrets, and none lacks its client_secret.
func (c *Client) prepare(operation string, configs ...AuthConfig) ([]outgoing, error) {
	var out []outgoing
	for _, a := range configs {
		if o := a.OAuth; o != nil {
			if o.ClientSecret.IsEmpty() {
				return nil, unsendable(operation, fmt.Sprintf("the OAuth config %q can't be sent without its client_secret", o.IDPName))
			}
			c.http.Scrubber.Add(o.ClientSecret)
			if r := o.TLS.Required; r != nil {
				c.http.Scrubber.Add(r.ClientKey, transport.NewSecret(canonicalBase64(r.ClientKey.Reveal())))
			}
		}
		out = append(out, outgoing(a))
	}
	return out, nil
}

// MarshalJSON implements json.Marshaler.
func (a outgoing) MarshalJSON() ([]byte, error) {
	j := authConfigJSON{Password: a.Password, ClusterAuthRef: a.ClusterAuthRef}
	if o := a.OAuth; o != nil {
		j.OAuth = &oauthJSON{OAuth: *o, TLS: tlsJSON{mode: o.TLS.Mode}, ClientSecret: o.ClientSecret.Reveal()}
		if r := o.TLS.Required; r != nil {
			sent := &tlsRequiredJSON{TLSRequiredOptions: *r, ClientKey: canonicalBase64(r.ClientKey.Reveal())}
			sent.ClientCert, sent.CA.Pinned = nil, nil
			if certificate := canonicalBase64(text(r.ClientCert)); certificate != "" {
				sent.ClientCert = &certificate
			}
			for _, certificate := range r.CA.Pinned {
				sent.CA.Pinned = append(sent.CA.Pinned, canonicalBase64(certificate))
			}
			j.OAuth.TLS.required = sent
		}
	}
	return json.Marshal(j)
}

// fromJSON drops the secrets, after the scrubber has learnt them.
func (j authConfigJSON) fromJSON(id string, scrubber *transport.Scrubber) AuthConfig {
	a := AuthConfig{ID: id, Password: j.Password, ClusterAuthRef: j.ClusterAuthRef}
	if o := j.OAuth; o != nil {
		scrubber.Add(transport.NewSecret(o.ClientSecret))
		a.OAuth = &o.OAuth
		a.OAuth.TLS = TLS{Mode: o.TLS.mode}
		if r := o.TLS.required; r != nil {
			scrubber.Add(transport.NewSecret(r.ClientKey))
			if text(r.ClientCert) == "" {
				r.ClientCert = nil
			}
			a.OAuth.TLS.Required = &r.TLSRequiredOptions
		}
	}
	return a
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// DecodeBase64 decodes base64 in any of its alphabets, padded or not, over one line or many.
func DecodeBase64(encoded string) ([]byte, error) {
	plain := strings.TrimRight(strings.Join(strings.Fields(encoded), ""), "=")
	if strings.ContainsAny(plain, "-_") {
		return base64.RawURLEncoding.DecodeString(plain)
	}
	return base64.RawStdEncoding.DecodeString(plain)
}

// canonicalBase64 encodes again as the API wants it: the standard alphabet, padded, in one line. What is not base64
// is left for the server to refuse.
func canonicalBase64(encoded string) string {
	raw, err := DecodeBase64(encoded)
	if err != nil {
		return encoded
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// SameBase64 reports whether two texts encode the same bytes.
func SameBase64(a, b string) bool { return a == b || canonicalBase64(a) == canonicalBase64(b) }
