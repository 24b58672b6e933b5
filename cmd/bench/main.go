// Command bench measures what plans, queries, imports and creates cost, against the mocks and all in one run.
//
//	go run ./cmd/bench -quick
//
// It compares a plan of each kind of account, with bulk reads and without, with three others: of as many of Terraform's
// built-in terraform_data, of a provider that has the same schemas and reads nothing, and with its own at a vendor without
// latency. With -against, an older provider plans the same accounts in turn with this one. The vendor holds half as many
// accounts again as are declared. Times depend on the machine; ratios and request counts are what to compare.
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
	"strings"
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
	older     string // the folder with the one to compare it with, if any
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
	provider := flags.String("provider", "", "the `folder` of a provider to measure in place of building one")
	older := flags.String("against", "", "the `folder` of another provider, such as an older one, to compare with in the same run")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	p := plans{
		counts: []int{10, 100, 1000}, latencies: []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond}, runs: max(*runs, 1),
		only: *only, provider: *provider, older: *older,
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
	say(out, "Provider start-up: %d ms. Each plan below reads every account again.\n", startup.Milliseconds())
	if err := p.measurePlans(ctx, out); err != nil || *quick {
		return err
	}
	return p.measureOthers(ctx, out)
}

// measurePlans prints a table of plans.
func (p plans) measurePlans(ctx context.Context, out io.Writer) error {
	columns := []string{
		"resource", "accounts", "latency", "requests, bulk", "single", "plan, bulk", "single", "÷ terraform_data, bulk", "single",
		"÷ empty provider", "÷ 0 ms", "round trips more than at 0 ms", "peak MiB", "CPU, Terraform", "provider", "empty provider",
	}
	if p.older != "" {
		columns = append(columns, "÷ the other provider: plan", "peak", "CPU")
	}
	heading(out, columns...)
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
	empty, err := b.measureWith(ctx, p.empty, p.runs)
	if err != nil {
		return err
	}
	var atOnce time.Duration
	for _, latency := range p.latencies {
		b.vendors.SetLatency(latency)
		bulk, older, err := b.measureInTurn(ctx, p.older, p.runs)
		if err != nil {
			return err
		}
		var single cost
		if n <= most {
			if single, err = b.measureSingle(ctx, p.runs); err != nil {
				return err
			}
		}
		if latency == 0 {
			atOnce = bulk.took
		}
		cells := []any{
			k.resource, n, fmt.Sprint(latency.Milliseconds(), " ms"), bulk.requests, single.requests,
			seconds(bulk.took), seconds(single.took), ratio(bulk.took, floor), ratio(single.took, floor), ratio(bulk.took, empty.took),
			ratio(bulk.took, atOnce), roundTrips(bulk.took-atOnce, latency), bulk.provider.peak >> 20,
			seconds(bulk.terraform.cpu), seconds(bulk.provider.cpu), seconds(empty.provider.cpu),
		}
		if p.older != "" {
			cells = append(cells, ratio(bulk.took, older.took), ratio(bulk.provider.peak, older.provider.peak),
				ratio(bulk.provider.cpu, older.provider.cpu))
		}
		row(out, cells...)
	}
	return nil
}

// heading begins a table.
func heading(out io.Writer, columns ...string) {
	say(out, "| %s |", strings.Join(columns, " | "))
	say(out, "|%s", strings.Repeat("---|", len(columns)))
}

// row prints a line of a table.
func row(out io.Writer, cells ...any) { say(out, "|"+strings.Repeat(" %v |", len(cells)), cells...) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

func ratio[N int64 | time.Duration](a, b N) string {
	return fmt.Sprintf("%.2f", float64(a)/float64(max(b, 1)))
}

// roundTrips is how many requests in turn, each of which takes latency, explain a time.
func roundTrips(longer, latency time.Duration) string {
	if latency == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(longer)/float64(latency))
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

func say(w io.Writer, format string, values ...any) { _, _ = fmt.Fprintf(w, format+"\n", values...) }
