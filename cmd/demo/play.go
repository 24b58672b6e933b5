package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// first is the configuration that the demo begins with: one of each resource.
const first = `
variable "customer_password" {
  type      = string
  ephemeral = true
  default   = "a-demo-Passw0rd"
}

resource "gcore_account" "team" {
  provider = accounts
  company  = "Demo Team"
}

resource "gcore_reseller_user" "customer" {
  provider            = accounts
  email               = "Owner@Customer.example"
  company             = "Demo Customer"
  password_wo         = var.customer_password
  password_wo_version = 1
  services            = { CDN = true, CLOUD = false }
}

resource "softwareone_account" "acme" {
  provider    = accounts
  name        = "Acme"
  type        = "Client"
  external_id = "CDG-4711"
  address     = { city = "Zurich", country = "CH" }
}

resource "fortanix_account" "enclave" {
  provider       = accounts
  name           = "Demo Enclave"
  account_status = "Active"
  auth_configs = [
    { password = { require_2fa = true, administrators_only = false } },
  ]
}
`

var (
	// second changes something in place in each of them.
	second = strings.NewReplacer(
		`"Demo Team"`, `"Demo Platform Team"`,
		`CLOUD = false }`, "CLOUD = true }\n  name                = \"Olivia Owner\"",
		`"Zurich", country = "CH" }`, "\"Bern\", country = \"CH\" }\n  website     = \"https://acme.example\"",
		`"Demo Enclave"`, `"Demo Enclave 2"`,
		`administrators_only = false`, `administrators_only = true`,
	).Replace(first)
	// active declares a status as well.
	active = strings.Replace(second, "  website ", "  status      = \"Active\"\n  website ", 1)
	// leaving gives every resource the policy that its destroy needs.
	leaving = strings.NewReplacer(
		`"Demo Platform Team"`, "\"Demo Platform Team\"\n  deletion_policy = \"abandon\"",
		`"Demo Customer"`, "\"Demo Customer\"\n  deletion_policy = \"delete\"",
		`"CDG-4711"`, "\"CDG-4711\"\n  deletion_policy = \"disable\"",
		`"Demo Enclave 2"`, "\"Demo Enclave 2\"\n  deletion_policy = \"delete\"",
	).Replace(second)
)

// existing declares what stands at the vendors already, with the blocks that import it.
const existing = `
import {
  to       = gcore_account.old
  provider = accounts
  id       = %q
}
resource "gcore_account" "old" {
  provider = accounts
  company  = "Old Account"
}

import {
  to       = gcore_reseller_user.old
  provider = accounts
  id       = %q
}
resource "gcore_reseller_user" "old" {
  provider = accounts
  email    = "old@customer.example"
  company  = "Old Customer"
}

import {
  to       = softwareone_account.old
  provider = accounts
  id       = %q
}
resource "softwareone_account" "old" {
  provider    = accounts
  name        = "Old Vendor"
  type        = "Vendor"
  description = "Has been here for years"
}

import {
  to       = fortanix_account.old
  provider = accounts
  id       = %q
}
resource "fortanix_account" "old" {
  provider = accounts
  name     = "Old Enclave"
  auth_configs = [
    { password = { require_2fa = false, administrators_only = false } },
  ]
}
`

// lost is one more account, the reply to whose create gets lost.
const lost = `
resource "softwareone_account" "lost" {
  provider = accounts
  name     = "Lost Reply"
  type     = "Client"
}
resource "fortanix_account" "lost" {
  provider = accounts
  name     = "Lost Reply"
}
`

// play shows one step after the other.
func (d *demo) play(ctx context.Context) error {
	apply, plan := []string{"apply", "-auto-approve"}, []string{"plan"}
	oldIDs := d.seed()
	withOld := active + fmt.Sprintf(existing, oldIDs...)
	var created int
	nothingCreated := func() error {
		if d.creates() != created {
			return errors.New("an account was created where none should have been")
		}
		return nil
	}
	using, err := d.useSteps(ctx, apply)
	if err != nil {
		return err
	}
	for _, s := range slices.Insert([]step{
		{
			title: "Plan", text: "One of each resource, declared in HCL. Nothing is sent that changes anything.",
			config: first, args: plan, want: "Plan: 4 to add", after: nothingCreated,
		},
		{
			title: "Apply",
			text:  "Exactly one request creates each account. The password is write-only: it is in no plan and no state.",
			args:  apply, want: "Apply complete! Resources: 4 added", table: true,
		},
		{
			title: "Plan again", text: "What the vendors answer equals what was declared.",
			args: plan, want: "No changes.",
		},
		{
			title: "Change in place",
			text: "New names, a website, another address, a product switched on, a stricter log-in: all without replacing\n" +
				"an account.",
			config: second, args: apply, want: "0 added, 4 changed, 0 destroyed", table: true,
		},
		{
			title: "Drift is seen", text: "Somebody changes the SoftwareOne and the Fortanix account outside of Terraform.",
			before: d.drift, args: plan, want: "Plan: 0 to add, 2 to change, 0 to destroy",
		},
		{title: "Drift is repaired", args: apply, want: "0 added, 2 changed, 0 destroyed"},
		{
			title: "Change a status", text: "status = \"Active\" is declared; the provider finds the one action that leads there.",
			config: active, args: apply, want: "0 added, 1 changed, 0 destroyed", table: true,
		},
		{
			title:  "Import what exists",
			text:   "Four accounts that exist at the vendors already, by import blocks. Nothing there is changed.",
			before: func() { created = d.creates() },
			config: withOld, args: apply, want: "4 imported, 0 added, 0 changed, 0 destroyed", after: nothingCreated,
		},
		{
			title: "Plan after the import", text: "The imported accounts are as declared.",
			args: plan, want: "No changes.",
		},
		{
			title: "A reply gets lost",
			text: "Two more accounts. SoftwareOne and Fortanix make them, then the connection breaks before the reply.\n" +
				"The provider looks, proves that they are its own, and saves them: nothing is created twice.",
			before: d.loseReplies, config: withOld + lost, args: apply, want: "2 added, 0 changed, 0 destroyed",
			after: func() error {
				if n := d.named("Lost Reply"); n != 2 {
					return fmt.Errorf("%d accounts exist where 2 were declared", n)
				}
				return nil
			},
		},
		{
			title: "Destroy is refused",
			text:  "deletion_policy is \"prevent\" by default. The plan fails before anything is changed.",
			args:  []string{"destroy", "-auto-approve"}, want: "is protected from being destroyed", exit: 1,
		},
		{
			title: "Forget without changing anything",
			text:  "removed blocks take the imported and the lost accounts out of the state; they stay at the vendors.",
			config: active + removed("gcore_account.old", "gcore_reseller_user.old", "softwareone_account.old",
				"fortanix_account.old", "softwareone_account.lost", "fortanix_account.lost"),
			args: apply, want: "0 added, 0 changed, 0 destroyed",
		},
		{
			title:  "Choose what destroy does",
			text:   "abandon, delete, disable: only the state changes, and no request changes anything at a vendor.",
			before: func() { created = d.creates() },
			config: leaving, args: apply, want: "0 added, 4 changed, 0 destroyed", after: nothingCreated,
		},
		{
			title: "Destroy",
			text: "The user and the Fortanix account are deleted, SoftwareOne's is disabled, Gcore's accounts stay:\n" +
				"Gcore has no call that deletes one.",
			args: []string{"destroy", "-auto-approve"}, want: "Destroy complete! Resources: 4 destroyed", table: true,
		},
	}, 3, using...) {
		if err := d.show(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// removed is a block for each address that forgets it.
func removed(addresses ...string) string {
	var out strings.Builder
	for _, address := range addresses {
		fmt.Fprintf(&out, "\nremoved {\n  from = %s\n  lifecycle { destroy = false }\n}\n", address)
	}
	return out.String()
}

// seed puts one account of each kind at the vendors, and returns the ids.
func (d *demo) seed() []any {
	account := d.vendors.Gcore.SeedClient(gcore.Client{Company: "Old Account"})
	user := d.vendors.Gcore.SeedUser(gcore.User{Email: "old@customer.example", Company: "Old Customer"})
	vendor := d.vendors.SoftwareOne.Seed(softwareone.Account{Name: "Old Vendor", Type: "Vendor", Description: "Has been here for years"})
	enclave := d.vendors.Fortanix.Seed(fortanix.Account{
		Name:        "Old Enclave",
		AuthConfigs: map[string]fortanix.AuthConfig{"0b0c8f0e-6a5e-4c1f-9a3e-7d1f2b3c4d5e": {Password: &fortanix.PasswordConfig{}}},
	})
	return []any{number(account.ID), number(user.ID), vendor.ID, enclave.ID}
}

// drift changes two accounts as another person would.
func (d *demo) drift() {
	for _, a := range d.vendors.SoftwareOne.All() {
		if a.Name == "Acme" {
			d.vendors.SoftwareOne.Change(a.ID, func(a *softwareone.Account) { a.Website = "https://elsewhere.example" })
		}
	}
	for _, a := range d.vendors.Fortanix.Named("Demo Enclave 2") {
		d.vendors.Fortanix.Change(a.ID, func(a *fortanix.Account) { a.Name = "Renamed by somebody" })
	}
}

// loseReplies breaks the connection once the next creates have been carried out.
func (d *demo) loseReplies() {
	d.vendors.SoftwareOneServer.Inject(mockserver.Fault{On: "POST /public/v1/accounts/accounts", Times: 1, Effect: true, Close: true})
	d.vendors.FortanixServer.Inject(mockserver.Fault{On: "POST /v1/accounts", Times: 1, Effect: true, Close: true})
}
