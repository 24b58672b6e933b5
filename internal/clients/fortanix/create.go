package fortanix

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// NewAccount is what a create sends, AccountRequest in the API. Fields that are left out get the server's defaults,
// which are not documented.
type NewAccount struct {
	Name           string             `json:"name"`                 // unique within a CCM instance
	CustomLogo     wire.Field[string] `json:"custom_logo,omitzero"` // base64, at most MaxLogo bytes decoded
	AuthConfigs    []AuthConfig       `json:"-"`                    // with their secrets
	NodeEnrollment *NodeEnrollment    `json:"node_enrollment,omitempty"`
	Component      *string            `json:"component,omitempty"`
}

// accountRequest is the body of a create.
type accountRequest struct {
	NewAccount
	AuthConfigs []outgoing `json:"auth_configs,omitempty"`
}

// CreateAccount creates an account, exactly once. Its error is an *createonce.Error, unless the request couldn't be
// made at all.
//
// After an unclear failure an account counts as ours if it has the name and all that was sent, as far as the reply
// shows it, and was created since.
func (c *Client) CreateAccount(ctx context.Context, account NewAccount) (Account, error) {
	const operation = "create account"
	configs, err := c.prepare(operation, account.AuthConfigs...)
	if err != nil {
		return Account{}, err
	}
	body := accountRequest{NewAccount: account, AuthConfigs: configs}
	body.CustomLogo = canonicalLogo(account.CustomLogo)
	c.listed.Changed() // a listing made before now can't show that the new account is gone
	var proven Account
	creation := createonce.Creation[Account]{
		Clock: c.http.Clock,
		IDs:   &c.created,
		Post: func(sending context.Context) (Account, error) {
			reply := accountReply{scrubber: c.http.Scrubber}
			_, err := c.call(sending, operation, http.MethodPost, accountsPath, nil, transport.Create, body, &reply)
			if err == nil && reply.ID != "" && reply.Name == "" {
				// The reply is partial: the account itself shows whether it is the one that was sent, where it can be read.
				if read, err := c.getAccount(ctx, reply.ID, nil); err == nil {
					return read, nil
				}
			}
			return reply.Account, err
		},
		Mismatch: func(made Account) string {
			if made.Name == "" || SameName(made.Name, account.Name) {
				return ""
			}
			return fmt.Sprintf("the reply is about an account named %q", made.Name)
		},
		Read: func(ctx context.Context, made Account) (Account, createonce.Moment, error) {
			return c.readAt(ctx, made.ID, nil)
		},
		LookUp: func(ctx context.Context) ([]Account, createonce.Moment, error) { return c.namesakes(ctx, account.Name) },
		Same:   func(found Account) bool { return found.Name == account.Name },
		MadeHere: func(ctx context.Context, found Account, window createonce.Window) (bool, error) {
			if found.CreatedAt != nil && !window.Contains(time.Unix(*found.CreatedAt, 0)) {
				return false, nil
			}
			// A list item may hold less than the account itself.
			read, err := c.getAccount(ctx, found.ID, nil)
			switch {
			case transport.IsNotFound(err): // it is only in the listing so far
				return false, nil
			case err != nil || !account.made(read, window):
				return false, err
			}
			proven = read
			return true, nil
		},
		Describe: func(a Account) createonce.Candidate { return createonce.Candidate{ID: a.ID, Label: a.Name} },
	}
	made, err := creation.Run(ctx)
	if err != nil {
		return Account{}, err
	}
	if proven.ID == made.ID {
		made = proven
	}
	c.accounts.Dirty(readerID(made.ID)) // the vendor may not show it yet, and that must be seen
	return made, nil
}

// ReadCreated is createonce.UntilShown for an account.
func (c *Client) ReadCreated(ctx context.Context, id string) (Account, error) {
	return createonce.UntilShown(ctx, c.http.Clock, func() (Account, error) { return c.getAccount(ctx, id, nil) })
}

// made reports whether the account is what this create asked for and was created within the window. The API shows
// nobody as the creator, so an account of another name never is, even where a reply to the create has its id.
func (n NewAccount) made(found Account, window createonce.Window) bool {
	return found.CreatedAt != nil && window.Contains(time.Unix(*found.CreatedAt, 0)) && SameName(found.Name, n.Name) &&
		len(n.differences(found)) == 0
}

// differences are what a reply shows otherwise than it was sent. What was not sent may have got a default; but no
// server makes up a logo.
func (n NewAccount) differences(shown Account) wire.Differences {
	var all wire.Differences
	wire.Compare(&all, "component", ifAny(n.Component), ifAny(shown.Component), wire.Exactly)
	wire.Compare(&all, "node_enrollment", ifAny(n.NodeEnrollment), ifAny(shown.NodeEnrollment), wire.Exactly)
	logo, _ := n.CustomLogo.Get()
	if !shown.CustomLogo.IsZero() {
		wire.Compare(&all, "custom_logo", wire.Value(NewLogo(text(logo))), wire.Value(shown.CustomLogo), Logo.Same)
	}
	if len(n.AuthConfigs) > 0 && shown.AuthConfigs != nil {
		wire.Compare(&all, "auth_configs", wire.Value(keys(n.AuthConfigs)), wire.Value(keys(shown.AuthConfigs)), slices.Equal)
	}
	return all
}

// ifAny is a field with p's value, left out where p is nil.
func ifAny[T any](p *T) wire.Field[T] {
	if p == nil {
		return wire.Field[T]{}
	}
	return wire.Value(*p)
}

// keys are the natural keys in a fixed order.
func keys(configs []AuthConfig) []AuthKey {
	out := make([]AuthKey, len(configs))
	for i, config := range configs {
		out[i] = config.Key()
	}
	slices.SortFunc(out, func(a, b AuthKey) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.IDPName, b.IDPName), cmp.Compare(a.ClientID, b.ClientID),
			cmp.Compare(a.TargetID, b.TargetID))
	})
	return out
}

// namesakes are the accounts of the name, by SameName, with the moment of the listing's last reply.
func (c *Client) namesakes(ctx context.Context, name string) ([]Account, createonce.Moment, error) {
	var found []Account
	var moment createonce.Moment
	for account, err := range c.eachAccount(ctx, &moment) {
		if err != nil {
			return nil, createonce.Moment{}, err
		}
		if SameName(account.Name, name) {
			found = append(found, account)
		}
	}
	return found, moment, nil
}
