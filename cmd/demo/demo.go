package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

// demo is one run.
type demo struct {
	out       io.Writer
	vendors   *mockapi.Vendors
	terraform *terraform.Workspace
	steps     int
}

// step is one thing that the demo shows.
type step struct {
	title, text string
	// before is what happens at the vendors, outside of Terraform.
	before func()
	config string
	args   []string
	// want must be among what Terraform prints, and exit its exit code.
	want string
	exit int
	// after checks what the vendors have received.
	after func() error
	table bool
}

// marks are what Terraform's summaries and messages begin with.
var marks = []string{"Plan:", "Apply complete!", "Destroy complete!", "No changes.", "Error:", "Warning:", "will be", "must be"}

// show does a step, prints it, and reports whether it went as it should.
func (d *demo) show(ctx context.Context, s step) error {
	d.steps++
	d.say("\n━━ %d. %s", d.steps, s.title)
	for line := range strings.Lines(s.text) {
		d.say("   %s", strings.TrimSpace(line))
	}
	if s.before != nil {
		s.before()
	}
	if s.config != "" {
		if err := d.terraform.Write("main.tf", s.config); err != nil {
			return err
		}
	}
	d.say("   $ terraform %s", strings.Join(s.args, " "))
	result, err := d.terraform.Run(ctx, s.args...)
	if err != nil {
		return err
	}
	d.summary(result)
	if result.Exit != s.exit || !strings.Contains(strings.Join(strings.Fields(result.String()), " "), s.want) {
		return fmt.Errorf("step %d (%s): exit code %d and %q were due; exit code %d came, with:\n%s",
			d.steps, s.title, s.exit, s.want, result.Exit, result)
	}
	if s.after != nil {
		if err := s.after(); err != nil {
			return fmt.Errorf("step %d (%s): %w", d.steps, s.title, err)
		}
	}
	if s.table {
		d.table()
	}
	return nil
}

// summary prints the lines of Terraform that say what happened, each once.
func (d *demo) summary(result terraform.Result) {
	var lines []string
	times := map[string]int{}
	for _, line := range result.Lines(marks...) {
		line = strings.TrimPrefix(line, "# ")
		if strings.Contains(line, "development overrides") {
			continue
		}
		if times[line]++; times[line] == 1 {
			lines = append(lines, line)
		}
	}
	for _, line := range lines {
		if n := times[line]; n > 1 {
			line = fmt.Sprintf("%s (%d times)", line, n)
		}
		d.say("     %s", line)
	}
}

func (d *demo) say(format string, values ...any) { _, _ = fmt.Fprintf(d.out, format+"\n", values...) }

// table prints the accounts at the vendors, except those that the mocks start with.
func (d *demo) table() {
	d.say("")
	w := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	row := func(cells ...string) { _, _ = fmt.Fprintln(w, "     "+strings.Join(cells, "\t")) }
	row("AT THE VENDOR", "ID", "NAME", "STATE", "MORE")
	for _, c := range d.vendors.Gcore.Clients() {
		if c.ID > gcore.DemoMember {
			row("Gcore account", number(c.ID), c.Company, deleted(c.Deleted), c.Email)
		}
	}
	for _, u := range d.vendors.Gcore.Users() {
		if u.ID > gcore.DemoMember {
			row("Gcore user", number(u.ID), u.Email, deleted(u.Deleted), "of account "+number(u.Client))
		}
	}
	for _, a := range d.vendors.SoftwareOne.All() {
		if a.ID != softwareone.OperationsID {
			row("SoftwareOne account", a.ID, a.Name, a.Status, a.Type)
		}
	}
	for _, a := range d.vendors.Fortanix.All() {
		row("Fortanix account", a.ID, a.Name, a.AccountStatus, strconv.Itoa(len(a.AuthConfigs))+" auth configs")
	}
	_ = w.Flush()
}

func number(id int64) string { return strconv.FormatInt(id, 10) }

func deleted(is bool) string {
	if is {
		return "deleted"
	}
	return "there"
}

// creates counts the create requests that the vendors have received.
func (d *demo) creates() int {
	return d.vendors.GcoreServer.Count("POST *") + d.vendors.SoftwareOneServer.Count("POST /public/v1/accounts/accounts") +
		d.vendors.FortanixServer.Count("POST /v1/accounts")
}

// named counts the accounts of a name at SoftwareOne and Fortanix.
func (d *demo) named(name string) int {
	n := len(d.vendors.Fortanix.Named(name))
	return n + len(slices.DeleteFunc(d.vendors.SoftwareOne.All(), func(a softwareone.Account) bool { return a.Name != name }))
}
