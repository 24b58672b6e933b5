package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-version"
)

// use works inside an account that exists: a product is switched on, and a token is made, used and deleted.
const use = `
resource "gcore_account_service" "cdn" {
  provider   = accounts
  account_id = gcore_account.team.id
  product    = "CDN"
  status     = "active"
  enabled    = true
}

ephemeral "gcore_api_token" "team" {
  provider   = accounts
  account_id = gcore_account.team.id
  name       = "demo"
}

provider "accounts" {
  alias = "team"
  gcore {
    api_key = ephemeral.gcore_api_token.team.token
  }
}

data "gcore_caller" "team" {
  provider = accounts.team
}

output "inside" {
  value = data.gcore_caller.team.company
}
`

// act is an action, for command lines that have them.
const act = `
action "gcore_reset_password" "customer" {
  provider = accounts
  config {
    email = gcore_reseller_user.customer.email
  }
}
`

const (
	postToken   = "POST /iam/v2/clients/*/tokens"
	deleteToken = "DELETE /iam/v2/clients/*/tokens/*"
)

// useSteps show what is done with an account once it is there, and leave the state as it was.
func (d *demo) useSteps(ctx context.Context, apply []string) ([]step, error) {
	steps := []step{{
		title: "Use an account",
		text: "A product is switched on. A token inside the account is made, used by the same provider, and deleted\n" +
			"at the end of the run; it is in no plan and no state.",
		config: first + use, args: apply, want: `inside = "Demo Team"`,
		after: func() error {
			made, deleted := d.vendors.GcoreServer.Count(postToken), d.vendors.GcoreServer.Count(deleteToken)
			if left := len(d.vendors.Gcore.Tokens()); made == 0 || made != deleted || left > 0 {
				return fmt.Errorf("%d tokens were made, %d deleted, and %d are left", made, deleted, left)
			}
			return nil
		},
	}}
	able, err := d.hasActions(ctx)
	if err != nil {
		return nil, err
	}
	if able {
		steps = append(steps, step{
			title: "Invoke an action", text: "Gcore sends the customer an e-mail with which to choose another password.",
			config: first + use + act, args: append(apply, "-invoke=action.gcore_reset_password.customer"), want: "Gcore has sent it",
			after: func() error {
				if d.vendors.GcoreServer.Count("POST /iam/auth/reset_password") != 1 {
					return errors.New("the action was not asked for once")
				}
				return nil
			},
		})
	}
	return append(steps, step{
		title: "Leave the product on", text: "A removed block forgets the service, which stays as it is.",
		config: first + removed("gcore_account_service.cdn"), args: apply, want: "0 added, 0 changed, 0 destroyed",
	}), nil
}

// hasActions reports whether the command line is a Terraform that has actions.
func (d *demo) hasActions(ctx context.Context) (bool, error) {
	result, err := d.terraform.Run(ctx, "version")
	if err != nil {
		return false, err
	}
	line, _, _ := strings.Cut(result.Stdout, "\n")
	number, isTerraform := strings.CutPrefix(line, "Terraform v")
	is, err := version.NewVersion(strings.TrimSpace(number))
	if !isTerraform || err != nil {
		return false, nil //nolint:nilerr // another command line, which has none
	}
	return is.GreaterThanOrEqual(version.Must(version.NewVersion("1.14"))), nil
}
