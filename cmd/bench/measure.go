package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

// kind is one resource type: how to put an account of it at the vendor, and how to declare it.
type kind struct {
	resource string
	server   func(*mockapi.Vendors) *mockserver.Server
	seed     func(v *mockapi.Vendors, i int) (id string)
	// arguments declare the account; one that is not seeded has what only a create needs as well.
	arguments func(i int, seeded bool) string
}

func company(i int) string { return fmt.Sprintf("Company %d", i) }
func email(i int) string   { return fmt.Sprintf("user%d@example.com", i) }
func named(i int) string   { return fmt.Sprintf("Account %d", i) }

var kinds = []kind{
	{
		"gcore_account", func(v *mockapi.Vendors) *mockserver.Server { return v.GcoreServer },
		func(v *mockapi.Vendors, i int) string {
			return strconv.FormatInt(v.Gcore.SeedClient(gcore.Client{Company: company(i)}).ID, 10)
		},
		func(i int, _ bool) string { return fmt.Sprintf("company = %q", company(i)) },
	},
	{
		"gcore_reseller_user", func(v *mockapi.Vendors) *mockserver.Server { return v.GcoreServer },
		func(v *mockapi.Vendors, i int) string {
			return strconv.FormatInt(v.Gcore.SeedUser(gcore.User{Company: company(i), Email: email(i)}).ID, 10)
		},
		func(i int, seeded bool) string {
			text := fmt.Sprintf("company = %q\n  email = %q", company(i), email(i))
			if !seeded {
				text += "\n  password_wo = \"Bench-1234\"\n  password_wo_version = 1"
			}
			return text
		},
	},
	{
		"softwareone_account", func(v *mockapi.Vendors) *mockserver.Server { return v.SoftwareOneServer },
		func(v *mockapi.Vendors, i int) string {
			return v.SoftwareOne.Seed(softwareone.Account{Name: named(i), Type: "Client"}).ID
		},
		func(i int, _ bool) string { return fmt.Sprintf("name = %q\n  type = \"Client\"", named(i)) },
	},
	{
		"fortanix_account", func(v *mockapi.Vendors) *mockserver.Server { return v.FortanixServer },
		func(v *mockapi.Vendors, i int) string { return v.Fortanix.Seed(fortanix.Account{Name: named(i)}).ID },
		func(i int, _ bool) string { return fmt.Sprintf("name = %q", named(i)) },
	},
}

// bench is one kind of account, n of them in the state of a workspace, in separate blocks.
type bench struct {
	vendors   *mockapi.Vendors
	server    *mockserver.Server
	workspace *terraform.Workspace
	terraform string // the program, as the system names it
	provider  string
}

// open seeds the vendor with n accounts, or none of them, and declares them. The import blocks are returned.
func open(ctx context.Context, dir, binary, provider string, k kind, n int, seeded bool) (b *bench, imports string, err error) {
	vendors, err := mockapi.Serve(ctx, "127.0.0.1:0", mockserver.WithoutValidation())
	if err != nil {
		return nil, "", err
	}
	b = &bench{vendors: vendors, server: k.server(vendors), provider: filepath.Join(provider, terraform.Program)}
	if b.terraform, err = filepath.EvalSymlinks(binary); err == nil {
		b.workspace, err = terraform.NewWorkspace(dir, binary, provider, vendors.Environment())
	}
	if err != nil {
		return nil, "", errors.Join(err, vendors.Close())
	}
	var blocks, all strings.Builder
	for i := range n {
		var id string
		if seeded {
			id = k.seed(vendors, i)
		}
		fmt.Fprintf(&blocks, "resource %q \"r%d\" {\n  provider = accounts\n  %s\n}\n", k.resource, i, k.arguments(i, seeded))
		fmt.Fprintf(&all, "import {\n  to = %s.r%d\n  provider = accounts\n  id = %q\n}\n", k.resource, i, id)
	}
	if err := errors.Join(b.workspace.Write("main.tf", blocks.String()), b.setBulkReads(true)); err != nil {
		b.close()
		return nil, "", err
	}
	return b, all.String(), nil
}

// prepare seeds the vendor and imports what is declared. The vendor holds half as many accounts again, as where others make
// accounts too.
func prepare(ctx context.Context, dir, binary, provider string, k kind, n int) (*bench, error) {
	b, imports, err := open(ctx, dir, binary, provider, k, n, true)
	if err != nil {
		return nil, err
	}
	for i := range n / 2 {
		k.seed(b.vendors, n+i)
	}
	err = b.workspace.Write("imports.tf", imports)
	if err == nil {
		err = b.run(ctx, "apply", "-auto-approve", "-parallelism=10")
	}
	if err == nil {
		err = b.workspace.Write("imports.tf", "")
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) close() { _ = b.vendors.Close() }

func (b *bench) setBulkReads(on bool) error {
	return b.workspace.Write("provider.tf", fmt.Sprintf("provider \"accounts\" {\n  bulk_reads = %t\n}\n", on))
}

func (b *bench) run(ctx context.Context, args ...string) error {
	result, err := b.workspace.Run(ctx, args...)
	if err == nil && result.Exit != 0 {
		err = fmt.Errorf("terraform %s: exit %d\n%s", strings.Join(args, " "), result.Exit, result)
	}
	return err
}

// cost is what a plan has cost.
type cost struct {
	took                time.Duration
	requests            int
	terraform, provider usage
}

// measureSingle is what a plan costs without bulk reads.
func (b *bench) measureSingle(ctx context.Context, runs int) (cost, error) {
	if err := b.setBulkReads(false); err != nil {
		return cost{}, err
	}
	c, err := b.plan(ctx, runs)
	return c, errors.Join(err, b.setBulkReads(true))
}

// measureInTurn is what a plan costs with this provider and with another, if there is one: one run of each in turn, so that
// whatever else the machine does weighs on both alike.
func (b *bench) measureInTurn(ctx context.Context, other string, runs int) (mine, others cost, err error) {
	if other == "" {
		mine, err = b.plan(ctx, runs)
		return mine, cost{}, err
	}
	var of [2][]cost
	for range runs {
		c, err := b.plan(ctx, 1)
		if err != nil {
			return cost{}, cost{}, err
		}
		o, err := b.measureWith(ctx, other, 1)
		if err != nil {
			return cost{}, cost{}, fmt.Errorf("the provider in %s: %w", other, err)
		}
		of[0], of[1] = append(of[0], c), append(of[1], o)
	}
	return middle(of[0]), middle(of[1]), nil
}

// measureWith is what a plan costs with the provider in another folder.
func (b *bench) measureWith(ctx context.Context, folder string, runs int) (cost, error) {
	own := b.provider
	defer func() { b.provider = own }()
	b.provider = filepath.Join(folder, terraform.Program)
	if err := b.workspace.Use(folder); err != nil {
		return cost{}, err
	}
	c, err := b.plan(ctx, runs)
	return c, errors.Join(err, b.workspace.Use(filepath.Dir(own)))
}

// plan is what a plan costs, which must be empty.
func (b *bench) plan(ctx context.Context, runs int) (cost, error) {
	var costs []cost
	for range runs {
		b.server.Reset()
		var c cost
		var err error
		c.took, c.terraform, c.provider, err = b.watched(ctx, "plan", "-detailed-exitcode", "-parallelism=10", "-lock=false")
		if err != nil {
			return cost{}, err
		}
		c.requests = len(b.server.Requests())
		costs = append(costs, c)
	}
	return middle(costs), nil
}

// middle is the run with the median time, with the largest peak of all.
func middle(costs []cost) cost {
	slices.SortFunc(costs, func(a, b cost) int { return cmp.Compare(a.took, b.took) })
	c := costs[len(costs)/2]
	for _, other := range costs {
		c.provider.peak = max(c.provider.peak, other.provider.peak)
	}
	return c
}

// measureFloor is the same plan over Terraform's built-in terraform_data: what Terraform costs by itself.
func measureFloor(ctx context.Context, dir, binary, provider string, n, runs int) (time.Duration, error) {
	w, err := terraform.NewWorkspace(dir, binary, provider, nil)
	if err != nil {
		return 0, err
	}
	type instance map[string]any
	var blocks strings.Builder
	var resources []instance
	for i := range n {
		fmt.Fprintf(&blocks, "resource \"terraform_data\" \"r%d\" {\n  input = \"Account %d\"\n}\n", i, i)
		text := map[string]string{"value": fmt.Sprintf("Account %d", i), "type": "string"}
		resources = append(resources, instance{
			"mode": "managed", "type": "terraform_data", "name": fmt.Sprint("r", i), "provider": `provider["terraform.io/builtin/terraform"]`,
			"instances": []instance{{"schema_version": 0, "attributes": instance{
				"id": fmt.Sprintf("%x", sha256.Sum256([]byte(strconv.Itoa(i)))), "input": text, "output": text, "triggers_replace": nil,
			}}},
		})
	}
	state, err := json.Marshal(instance{"version": 4, "serial": 1, "lineage": "bench", "outputs": instance{}, "resources": resources})
	if err != nil {
		return 0, err
	}
	if err := errors.Join(
		w.Write("main.tf", blocks.String()),
		w.Write("versions.tf", ""),
		w.Write("terraform.tfstate", string(state)),
	); err != nil {
		return 0, err
	}
	var times []time.Duration
	for range runs + 1 {
		started := time.Now()
		result, err := w.Run(ctx, "plan", "-detailed-exitcode", "-lock=false")
		if err != nil || result.Exit != 0 {
			return 0, fmt.Errorf("the plan of terraform_data: exit %d: %w\n%s", result.Exit, err, result)
		}
		times = append(times, time.Since(started))
	}
	return median(times[1:]), nil // the first one finds Terraform itself not yet in memory
}

// startupTime is how long the provider takes until it is ready to be spoken to.
func startupTime(ctx context.Context, provider string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, provider)
	// The handshake of Terraform's plugins.
	cmd.Env = []string{"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", "PLUGIN_PROTOCOL_VERSIONS=6"}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	_, err = bufio.NewReader(stdout).ReadString('\n')
	took := time.Since(started)
	cancel()
	_ = cmd.Wait() // it was killed
	return took, err
}

// usage is what processes of one program have used, where the system shows it (Linux); else zero.
type usage struct {
	peak int64 // bytes of memory, of the process that has had the most
	cpu  time.Duration
}

// watch follows the processes of two programs until ctx ends.
func watch(ctx context.Context, terraform, provider string) (ofTerraform, ofProvider usage) {
	followed := map[string]*usage{terraform: {}, provider: {}}
	spent := map[string]time.Duration{} // by process
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return *followed[terraform], *followed[provider]
		case <-tick.C:
		}
		links, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, link := range links {
			program, err := os.Readlink(link)
			if used := followed[program]; err == nil && used != nil {
				process := filepath.Dir(link)
				used.peak = max(used.peak, highWater(process))
				cpu := max(cpuTime(process), spent[process])
				used.cpu += cpu - spent[process]
				spent[process] = cpu
			}
		}
	}
}

// highWater reads the peak memory of a process, in bytes.
func highWater(process string) int64 {
	status, err := os.ReadFile(filepath.Join(process, "status")) //nolint:gosec // a folder of /proc
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "VmHWM:" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// cpuTime reads the time that a process has computed for.
func cpuTime(process string) time.Duration {
	stat, err := os.ReadFile(filepath.Join(process, "stat")) //nolint:gosec // a folder of /proc
	if err != nil {
		return 0
	}
	// Only the name, in parentheses, can hold spaces. User and system time are the 12th and 13th fields after it, in
	// hundredths of a second.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
