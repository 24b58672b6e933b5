// Command bench measures what a plan costs, beside Terraform's own share of it: for each kind of account, with bulk reads
// and without, and for as many of Terraform's built-in terraform_data, all in turn in one run against the mocks.
//
//	go run ./cmd/bench -quick
//
// Times depend on the machine; ratios and request counts are what to compare. It judges nothing.
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
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	quick := flags.Bool("quick", false, "10 and 100 accounts at 0 and 100 ms alone: less than a minute")
	runs := flags.Int("runs", 1, "`times` that each plan is run; the median counts")
	only := flags.String("only", "", "one resource `type` alone")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	p := plans{counts: []int{10, 100, 1000}, latencies: []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond}, runs: max(*runs, 1)}
	if *quick {
		p.counts, p.latencies = p.counts[:2], p.latencies[:2]
	}
	dir, err := os.MkdirTemp("", "accounts-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary, err := terraform.Binary(ctx, dir)
	if err != nil {
		return err
	}
	provider, err := terraform.BuildProvider(ctx, dir)
	if err != nil {
		return err
	}
	startup, err := startupTime(ctx, filepath.Join(provider, "terraform-provider-accounts"))
	if err != nil {
		return err
	}
	say(out, "Provider start-up: %d ms. Each plan below reads every account anew.\n", startup.Milliseconds())
	say(out, "| %-19s | accounts | latency | requests, bulk | single | plan, bulk | single | ÷ terraform_data, bulk | single | ÷ 0 ms | peak MiB | CPU, Terraform | provider |", "resource")
	say(out, "|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, n := range p.counts {
		floor, err := measureFloor(ctx, filepath.Join(dir, fmt.Sprint("floor-", n)), binary, provider, n, p.runs)
		if err != nil {
			return err
		}
		for _, k := range kinds {
			if *only != "" && *only != k.resource {
				continue
			}
			if err := measureKind(ctx, out, filepath.Join(dir, fmt.Sprint(k.resource, "-", n)), binary, provider, k, n, floor, p); err != nil {
				return fmt.Errorf("%s, %d accounts: %w", k.resource, n, err)
			}
		}
	}
	return nil
}

// measureKind prints a line for each latency.
func measureKind(ctx context.Context, out io.Writer, dir, binary, provider string, k kind, n int, floor time.Duration, p plans) error {
	b, err := prepare(ctx, dir, binary, provider, k, n)
	if err != nil {
		return err
	}
	defer b.close()
	var atOnce time.Duration
	for _, latency := range p.latencies {
		b.vendors.SetLatency(latency)
		bulk, err := b.measure(ctx, true, p.runs)
		if err != nil {
			return err
		}
		single, err := b.measure(ctx, false, p.runs)
		if err != nil {
			return err
		}
		if latency == 0 {
			atOnce = bulk.took
		}
		say(out, "| %-19s | %8d | %4d ms | %14d | %6d | %8.1f s | %4.1f s | %22.1f | %6.1f | %6.1f | %8d | %12.1f s | %6.1f s |", k.resource, n, latency.Milliseconds(),
			bulk.requests, single.requests, bulk.took.Seconds(), single.took.Seconds(), ratio(bulk.took, floor), ratio(single.took, floor),
			ratio(bulk.took, atOnce), bulk.provider.peak>>20,
			bulk.terraform.cpu.Seconds(), bulk.provider.cpu.Seconds())
	}
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func say(w io.Writer, format string, values ...any) { _, _ = fmt.Fprintf(w, format+"\n", values...) }
