// Command verify holds the picture that the provider has of its vendors against the vendors, by reads only.
//
//	go run ./cmd/verify -o report.md
//
// It takes the provider's environment variables and checks each vendor that they configure. What it prints holds no names,
// ids, addresses or secrets, so that it can be published.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

//go:generate go run . -list ../../templates/guides/verification.md.tmpl

// Exit codes.
const (
	exitHolds   = 0 // nothing differs
	exitDiffers = 1
	exitNotRun  = 2 // nothing is configured, or a configured vendor could not be asked
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, transport.SystemClock{}, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, clock transport.Clock, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print the report as JSON")
	file := flags.String("o", "", "write the report as Markdown to this `file` too")
	requests := flags.Int("max-requests", 60, "`requests` to each vendor at most")
	timeout := flags.Duration("timeout", 30*time.Second, "how long one request may take")
	deadline := flags.Duration("deadline", 10*time.Minute, "how long everything may take")
	pages := flags.String("list", "", "check nothing, but write the list of all checks into this `file`, between its markers")
	fail := func(err error) int {
		_, _ = fmt.Fprintln(stderr, "verify:", err)
		return exitNotRun
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitHolds
	case err != nil:
		return exitNotRun
	case flags.NArg() > 0 || *requests < 1 || *timeout <= 0 || *deadline <= 0:
		return fail(errors.New("unexpected arguments, or a number that is not above 0"))
	case *pages != "":
		if err := writeList(*pages); err != nil {
			return fail(err)
		}
		return exitHolds
	}

	ctx, cancel := context.WithTimeout(ctx, *deadline)
	defer cancel()
	show := func(format string, values ...any) { _, _ = fmt.Fprintf(stderr, "\r\x1b[K"+format, values...) } // on a line of its own
	if f, ok := stderr.(*os.File); !ok || !isTerminal(f) {
		show = func(string, ...any) {}
	}
	r := verify(ctx, getenv, options{timeout: *timeout, limit: *requests, clock: clock, progress: func(vendor string, n int) {
		show("%s: request %d", vendor, n)
	}})
	show("")
	if *file != "" {
		if err := os.WriteFile(*file, []byte(r.markdown()), 0o644); err != nil { //nolint:gosec // it is made to be published
			return fail(err)
		}
	}
	var err error
	if *asJSON {
		err = r.writeJSON(stdout)
	} else {
		_, err = io.WriteString(stdout, r.table())
	}
	if err != nil {
		return fail(err)
	}
	return r.exit()
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// verify runs the checks of every vendor that the environment configures.
func verify(ctx context.Context, getenv func(string) string, o options) report {
	r := report{At: o.clock.Now().UTC().Format(time.RFC3339)}
	for _, v := range vendors {
		r.Vendors = append(r.Vendors, v.verify(ctx, getenv, o))
	}
	return r
}

// vendor is one vendor's part.
type vendor struct {
	name, title string
	checks      []check
	// open makes the vendor's probe from the environment; nil and no problem where it configures none.
	open func(ctx context.Context, getenv func(string) string, o options) (p *probe, problem string)
	// close ends what open began; may be nil.
	close func(ctx context.Context, p *probe)
}

var vendors = []vendor{gcoreVendor, softwareoneVendor, fortanixVendor}

func (v vendor) verify(ctx context.Context, getenv func(string) string, o options) vendorReport {
	r := vendorReport{Vendor: v.title}
	p, problem := v.open(ctx, getenv, o)
	switch {
	case p == nil && problem == "":
		r.NotRun = "not configured"
		return r
	case p == nil:
		r.NotRun, r.failed = problem, true
		return r
	case problem != "":
		r.NotRun, r.failed = problem, true
		p.closed = problem
		clear(p.replies)
	}
	for _, c := range v.checks {
		f := c.run(ctx, p)
		r.Results = append(r.Results, resultOf(c, f))
	}
	if v.close != nil {
		v.close(ctx, p)
	}
	r.Requests = p.count
	if r.NotRun == "" && p.closed != "" {
		r.NotRun, r.failed = "stopped early: "+p.closed, true
	}
	return r
}
