// Command bench measures what plans, queries, imports and creates cost, against the mocks and all in one run.
//
//	go run ./cmd/bench -quick
//
// It compares a plan of each kind of account, with bulk reads and without, with three others: of as many of Terraform's
// built-in terraform_data, of a provider that has the same schemas and reads nothing, and with its own at a vendor without
// latency. Times depend on the machine; ratios and request counts are what to compare.
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
	"slices"
	"syscall"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// plans says what to measure.
type plans struct {
	counts    []int
	latencies []time.Duration
	runs      int // of each, of which the median counts
	only      string
	binary    string // Terraform
	provider  string // the folder with the provider
	empty     string // the folder with the one that reads nothing
	dir       string
}

// most is the number of accounts above which nothing is measured without bulk reads, which takes hours.
const most = 1000

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	quick := flags.Bool("quick", false, "only plans of 10 and 100 accounts at 0 and 100 ms: less than a minute")
	large := flags.Bool("large", false, "10,000 accounts as well")
	runs := flags.Int("runs", 1, "`times` that each plan is run; the median counts")
	only := flags.String("only", "", "only one resource `type`")
	provider := flags.String("provider", "", "the `folder` of a provider to measure in place of building one, such as an older one")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	p := plans{
		counts: []int{10, 100, 1000}, latencies: []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond}, runs: max(*runs, 1),
		only: *only, provider: *provider,
	}
	switch {
	case *quick:
		p.counts, p.latencies = p.counts[:2], p.latencies[:2]
	case *large:
		p.counts = append(p.counts, 10_000)
	}
	dir, err := os.MkdirTemp("", "accounts-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p.dir = dir
	if p.binary, err = terraform.Binary(ctx, dir); err != nil {
		return err
	}
	if p.provider == "" {
		if p.provider, err = terraform.BuildProvider(ctx, dir); err != nil {
			return err
		}
	}
	if p.empty, err = terraform.Build(ctx, filepath.Join(dir, "empty"), "/cmd/bench/empty"); err != nil {
		return err
	}
	startup, err := startupTime(ctx, filepath.Join(p.provider, terraform.Program))
	if err != nil {
		return err
	}
	say(out, "Provider start-up: %d ms. Each plan below reads every account anew.\n", startup.Milliseconds())
	if err := p.measurePlans(ctx, out); err != nil || *quick {
		return err
	}
	return p.measureOthers(ctx, out)
}

// measurePlans prints a table of plans.
func (p plans) measurePlans(ctx context.Context, out io.Writer) error {
	say(out, "| %-19s | accounts | latency | requests, bulk | single | plan, bulk | single | ÷ terraform_data, bulk | single | "+
		"÷ empty provider | ÷ 0 ms | peak MiB | CPU, Terraform | provider | empty provider |", "resource")
	say(out, "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, n := range p.counts {
		floor, err := measureFloor(ctx, filepath.Join(p.dir, fmt.Sprint("floor-", n)), p.binary, p.provider, n, p.runs)
		if err != nil {
			return err
		}
		for _, k := range kinds {
			if p.only != "" && p.only != k.resource {
				continue
			}
			if err := p.measureKind(ctx, out, filepath.Join(p.dir, fmt.Sprint(k.resource, "-", n)), k, n, floor); err != nil {
				return fmt.Errorf("%s, %d accounts: %w", k.resource, n, err)
			}
		}
	}
	return nil
}

// measureKind prints a line for each latency.
func (p plans) measureKind(ctx context.Context, out io.Writer, dir string, k kind, n int, floor time.Duration) error {
	b, err := prepare(ctx, dir, p.binary, p.provider, k, n)
	if err != nil {
		return err
	}
	defer b.close()
	empty, err := b.measureEmpty(ctx, p)
	if err != nil {
		return err
	}
	var atOnce time.Duration
	for _, latency := range p.latencies {
		b.vendors.SetLatency(latency)
		bulk, err := b.measure(ctx, true, p.runs)
		if err != nil {
			return err
		}
		var single cost
		if n <= most {
			if single, err = b.measure(ctx, false, p.runs); err != nil {
				return err
			}
		}
		if latency == 0 {
			atOnce = bulk.took
		}
		say(out, "| %-19s | %8d | %4d ms | %14d | %6d | %8.1f s | %4.1f s | %22.1f | %6.1f | "+
			"%16.1f | %6.1f | %8d | %12.1f s | %6.1f s | %12.1f s |",
			k.resource, n, latency.Milliseconds(), bulk.requests, single.requests, bulk.took.Seconds(), single.took.Seconds(),
			ratio(bulk.took, floor), ratio(single.took, floor), ratio(bulk.took, empty.took), ratio(bulk.took, atOnce), bulk.provider.peak>>20,
			bulk.terraform.cpu.Seconds(), bulk.provider.cpu.Seconds(), empty.provider.cpu.Seconds())
	}
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func say(w io.Writer, format string, values ...any) { _, _ = fmt.Fprintf(w, format+"\n", values...) }
