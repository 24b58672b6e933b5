package fortanix

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// Components, the types of an account.
const (
	ComponentDefault        = "DEFAULT"
	ComponentConfidentialAI = "CONFIDENTIAL_AI"
)

// Values of Account.AccountStatus.
const (
	AccountActive      = "Active"
	AccountDeactivated = "Deactivated"
)

// Account is the API's Account. Only the id is always there: servers of other versions know fewer fields. Enumerations
// may hold values that the description doesn't name. What has no name of the API here, accountReply reads.
type Account struct {
	ID          string       `json:"acct_id"` // a UUID
	Name        string       `json:"name"`
	CreatedAt   *int64       `json:"-"`      // seconds since 1970
	Roles       []string     `json:"roles"`  // of the session's user in the account: READER, WRITER, MANAGER
	Status      *string      `json:"status"` // of that user's membership: ACTIVE, PENDING, DISABLED
	CustomLogo  Logo         `json:"-"`
	AuthConfigs []AuthConfig `json:"-"` // in the order of their ids, without secrets; nil where the reply shows none
	// NodeEnrollment and Component are fixed when the account is created.
	NodeEnrollment      *NodeEnrollment `json:"node_enrollment"`
	Component           *string         `json:"component"`
	Totals              *Totals         `json:"totals"` // only where asked for
	DefaultGroupID      *string         `json:"default_group_id"`
	MarketplaceGroupID  *string         `json:"marketplace_group_id"`
	AccountStatus       *string         `json:"account_status"`
	AzureCVMPCRPriority []int64         `json:"azure_cvm_pcr_priority"` // the integers 0 to 22 in an order of preference
}

// NodeEnrollment says how nodes join.
type NodeEnrollment struct {
	// AttestationEnforcementDisabledInsecure lets nodes join without an enforced attestation.
	AttestationEnforcementDisabledInsecure bool `json:"attestation_enforcement_disabled_insecure"`
}

// Totals counts what an account holds.
type Totals struct {
	Datasets       int64 `json:"datasets"`
	FinalWorkflows int64 `json:"final_workflows"`
	Nodes          int64 `json:"nodes"`
}

// sameAccount compares what resources use: everything except the roles and status of the session's user, and the totals.
func sameAccount(a, b Account) bool {
	same := a.CustomLogo.Same(b.CustomLogo) && slices.Equal(a.AzureCVMPCRPriority, b.AzureCVMPCRPriority) &&
		slices.EqualFunc(a.AuthConfigs, b.AuthConfigs, func(x, y AuthConfig) bool { return x.ID == y.ID && x.Same(y) })
	for _, rest := range []*Account{&a, &b} {
		rest.ID, rest.CustomLogo, rest.AzureCVMPCRPriority, rest.AuthConfigs = "", Logo{}, nil, nil
		rest.Roles, rest.Status, rest.Totals = nil, nil, nil
	}
	return same && reflect.DeepEqual(a, b)
}

// SameName reports whether two names count as equal: servers may trim or recase what they are given.
func SameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// ReadAccountDetails returns one account with its totals and the text of its logo, never from a listing. A 404
// doesn't prove that it is gone.
func (c *Client) ReadAccountDetails(ctx context.Context, id string) (Account, error) {
	if err := ValidID(id); err != nil {
		return Account{}, err
	}
	return c.getAccount(ctx, id, url.Values{"with_totals": {"true"}})
}

// LogoText returns an account's logo in base64, in one line, "" for none. It asks for it where the account comes from a
// listing.
func (c *Client) LogoText(ctx context.Context, account Account) (string, error) {
	if !account.CustomLogo.IsZero() && account.CustomLogo.Base64 == "" {
		read, err := c.getAccount(ctx, account.ID, nil)
		if err != nil {
			return "", err
		}
		account = read
	}
	return canonicalBase64(account.CustomLogo.Base64), nil
}

func (c *Client) getAccount(ctx context.Context, id string, query url.Values) (Account, error) {
	account, _, err := c.readAt(ctx, id, query)
	return account, err
}

// readAt reads an account singly, and returns the moment of the reply too.
func (c *Client) readAt(ctx context.Context, id string, query url.Values) (Account, createonce.Moment, error) {
	reply := accountReply{want: id, scrubber: c.http.Scrubber}
	response, err := c.call(ctx, "read account", http.MethodGet, accountPath(id), query, transport.Idempotent, nil, &reply)
	if err != nil {
		return Account{}, createonce.Moment{}, err
	}
	return reply.Account, createonce.MomentOf(response), nil
}

// DeleteAccount deletes an account. One that is not there is as good as deleted. A 403 is tried once more with the
// account selected.
func (c *Client) DeleteAccount(ctx context.Context, id string) error {
	if err := ValidID(id); err != nil {
		return err
	}
	c.accounts.Dirty(readerID(id))
	err := c.callSelected(ctx, "delete account", http.MethodDelete, id, transport.Idempotent, nil, nil)
	if transport.IsNotFound(err) {
		return nil
	}
	return err
}

// DeactivateAccount sets an account's status to AccountDeactivated, which UpdateAccount can undo. One that is not there is as
// good as deactivated.
func (c *Client) DeactivateAccount(ctx context.Context, id string) error {
	_, err := c.UpdateAccount(ctx, id, AccountUpdate{AccountStatus: wire.Value(AccountDeactivated)})
	if transport.IsNotFound(err) {
		return nil
	}
	return err
}

// accountReply decodes an account, dropping secrets on the way.
type accountReply struct {
	Account
	want     string // the id that was asked for, "" for any
	scrubber *transport.Scrubber
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *accountReply) UnmarshalJSON(raw []byte) error {
	var shown struct {
		Account
		CreatedAt   *unixTime                 `json:"created_at"`
		CustomLogo  string                    `json:"custom_logo"`
		AuthConfigs map[string]authConfigJSON `json:"auth_configs"`
	}
	if err := json.Unmarshal(raw, &shown); err != nil {
		return err
	}
	switch {
	case ValidID(shown.ID) != nil:
		return errors.New("an account without a valid acct_id")
	case r.want != "" && !sameID(r.want, shown.ID):
		return fmt.Errorf("asked for account %s, it is of account %s", r.want, shown.ID)
	}
	r.Account = shown.Account
	r.CreatedAt, r.CustomLogo = (*int64)(shown.CreatedAt), NewLogo(shown.CustomLogo)
	if shown.AuthConfigs != nil {
		r.AuthConfigs = []AuthConfig{}
	}
	for _, id := range slices.Sorted(maps.Keys(shown.AuthConfigs)) {
		r.AuthConfigs = append(r.AuthConfigs, shown.AuthConfigs[id].fromJSON(id, r.scrubber))
	}
	return nil
}

// unixTime is a time in seconds since 1970. The API doesn't name its unit, so milliseconds are accepted too,
// which are recognised by their size.
type unixTime int64

// firstMillis is where milliseconds begin: in 1973, if they are milliseconds, and in the year 5138, if seconds.
const firstMillis = 100_000_000_000

// UnmarshalJSON implements json.Unmarshaler; it also takes a number in a string.
func (t *unixTime) UnmarshalJSON(raw []byte) error {
	number := string(bytes.Trim(raw, `"`))
	if number == "null" {
		return nil
	}
	value, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(number, 64)
		if err != nil || math.Abs(f) > 1<<53 || math.IsNaN(f) {
			return errors.New("a time that is not a number")
		}
		value = int64(math.Floor(f))
	}
	if value >= firstMillis {
		value /= 1000
	}
	*t = unixTime(value)
	return nil
}
