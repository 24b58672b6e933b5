// Command mockapi serves the three vendors' APIs from memory, only on this machine, for a provider to try things on.
//
//	go run ./cmd/mockapi -seed 20
//
// It prints the variables to export, and ends on Ctrl-C. Nothing is kept, and the next start gives other ids.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mockapi:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("mockapi", flag.ContinueOnError)
	flags.SetOutput(stderr)
	address := flags.String("addr", "127.0.0.1:0", "loopback `address` to listen on; port 0 is any free one")
	latency := flags.Duration("latency", 0, "how long every reply takes at least")
	seed := flags.Int("seed", 0, "`accounts` to start with, of each kind")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0 || *seed < 0 || *latency < 0:
		return fmt.Errorf("unexpected arguments or negative numbers: %s", strings.Join(args, " "))
	}

	vendors, err := mockapi.Serve(ctx, *address, mockserver.WithoutValidation())
	if err != nil {
		return err
	}
	vendors.SetLatency(*latency)
	started := uint64(time.Now().UnixNano())
	vendors.DrawIDs(started)
	vendors.Seed(*seed, started)
	_, _ = fmt.Fprintf(stdout, "# Gcore, SoftwareOne and Fortanix at %s, in memory. Ctrl-C ends them.\n", vendors.URL)
	for _, variable := range vendors.Environment() {
		name, value, _ := strings.Cut(variable, "=")
		_, _ = fmt.Fprintf(stdout, "export %s='%s'\n", name, value)
	}
	<-ctx.Done()
	return vendors.Close()
}
