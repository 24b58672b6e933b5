// Command demo builds the provider, starts the vendors' mocks on this machine, and takes every resource through its life
// with real Terraform, showing what happens.
//
//	go run ./cmd/demo
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

// run plays the demo and cleans up after it, also when ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(out)
	keep := flags.Bool("keep", false, "leave the mocks running afterwards, and print the variables to export")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	dir, err := os.MkdirTemp("", "accounts-demo-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	say := func(format string, values ...any) { _, _ = fmt.Fprintf(out, format+"\n", values...) }
	say("Building the provider, and starting the vendors' mocks on this machine …")
	binary, provider, err := terraform.Prepare(ctx, dir)
	if err != nil {
		return err
	}
	vendors, err := mockapi.Serve(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer func() { _ = vendors.Close() }()
	vendors.DrawIDs(uint64(time.Now().UnixNano()))
	workspace, err := terraform.NewWorkspace(filepath.Join(dir, "work"), binary, provider, vendors.Environment())
	if err != nil {
		return err
	}
	say("Mocks at %s, Terraform at %s.", vendors.URL, binary)

	d := &demo{out: out, vendors: vendors, terraform: workspace}
	if err := d.play(ctx); err != nil {
		return err
	}
	for _, server := range vendors.Servers() {
		if broken := server.Violations(); len(broken) > 0 {
			return fmt.Errorf("%d requests or replies don't fit the vendors' published descriptions: %s", len(broken), broken[0])
		}
	}
	say("\nAll %d steps went as they should: accounts of 4 types planned, created, used, changed, repaired, imported and destroyed.", d.steps)
	if !*keep {
		return nil
	}
	say("\nThe mocks go on until Ctrl-C. To use them:")
	for _, variable := range vendors.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		say("export %s='%s'", name, value)
	}
	<-ctx.Done()
	return nil
}
