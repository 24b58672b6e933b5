package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	seed     func(v *mockapi.Vendors, i int) (id, arguments string)
}

var kinds = []kind{
	{"gcore_account", func(v *mockapi.Vendors) *mockserver.Server { return v.GcoreServer }, func(v *mockapi.Vendors, i int) (string, string) {
		name := fmt.Sprintf("Company %d", i)
		c := v.Gcore.SeedClient(gcore.Client{Company: name})
		return strconv.FormatInt(c.ID, 10), fmt.Sprintf("company = %q", name)
	}},
	{"gcore_reseller_user", func(v *mockapi.Vendors) *mockserver.Server { return v.GcoreServer }, func(v *mockapi.Vendors, i int) (string, string) {
		name, email := fmt.Sprintf("Company %d", i), fmt.Sprintf("user%d@example.com", i)
		u := v.Gcore.SeedUser(gcore.User{Company: name, Email: email})
		return strconv.FormatInt(u.ID, 10), fmt.Sprintf("company = %q\n  email = %q", name, email)
	}},
	{"softwareone_account", func(v *mockapi.Vendors) *mockserver.Server { return v.SoftwareOneServer }, func(v *mockapi.Vendors, i int) (string, string) {
		name := fmt.Sprintf("Account %d", i)
		a := v.SoftwareOne.Seed(softwareone.Account{Name: name, Type: "Client"})
		return a.ID, fmt.Sprintf("name = %q\n  type = \"Client\"", name)
	}},
	{"fortanix_account", func(v *mockapi.Vendors) *mockserver.Server { return v.FortanixServer }, func(v *mockapi.Vendors, i int) (string, string) {
		name := fmt.Sprintf("Account %d", i)
		a := v.Fortanix.Seed(fortanix.Account{Name: name})
		return a.ID, fmt.Sprintf("name = %q", name)
	}},
}

// bench is one kind of account, n of them in the state of a workspace, in separate blocks.
type bench struct {
	vendors   *mockapi.Vendors
	server    *mockserver.Server
	workspace *terraform.Workspace
	terraform string // the program, as the system names it
	provider  string
}

// prepare seeds the vendor and imports what it holds.
func prepare(ctx context.Context, dir, binary, provider string, k kind, n int) (*bench, error) {
	vendors, err := mockapi.Serve(ctx, "127.0.0.1:0", mockserver.WithoutValidation())
	if err != nil {
		return nil, err
	}
	b := &bench{vendors: vendors, server: k.server(vendors), provider: filepath.Join(provider, "terraform-provider-accounts")}
	if b.terraform, err = filepath.EvalSymlinks(binary); err != nil {
		return nil, errors.Join(err, vendors.Close())
	}
	b.workspace, err = terraform.NewWorkspace(dir, binary, provider, vendors.Environment())
	if err != nil {
		return nil, errors.Join(err, vendors.Close())
	}
	var blocks, imports strings.Builder
	for i := range n {
		id, arguments := k.seed(vendors, i)
		fmt.Fprintf(&blocks, "resource %q \"r%d\" {\n  provider = accounts\n  %s\n}\n", k.resource, i, arguments)
		fmt.Fprintf(&imports, "import {\n  to = %s.r%d\n  provider = accounts\n  id = %q\n}\n", k.resource, i, id)
	}
	err = errors.Join(b.workspace.Write("main.tf", blocks.String()), b.workspace.Write("imports.tf", imports.String()), b.setBulkReads(true))
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
	terraform, provider usage // the last run's, but for the peak, which is the largest
}

// measure runs a plan, which must be empty, and returns the median time.
func (b *bench) measure(ctx context.Context, bulk bool, runs int) (cost, error) {
	if err := b.setBulkReads(bulk); err != nil {
		return cost{}, err
	}
	var c cost
	var times []time.Duration
	for range runs {
		b.server.Reset()
		watching, stop := context.WithCancel(ctx)
		watched := make(chan struct{})
		peak := c.provider.peak
		go func() {
			c.terraform, c.provider = watch(watching, b.terraform, b.provider)
			close(watched)
		}()
		started := time.Now()
		err := b.run(ctx, "plan", "-detailed-exitcode", "-parallelism=10", "-lock=false")
		times = append(times, time.Since(started))
		stop()
		<-watched
		c.provider.peak = max(c.provider.peak, peak)
		if err != nil {
			return cost{}, err
		}
		c.requests = len(b.server.Requests())
	}
	c.took = median(times)
	return c, nil
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
	if err := errors.Join(w.Write("main.tf", blocks.String()), w.Write("versions.tf", ""), w.Write("terraform.tfstate", string(state))); err != nil {
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

// usage is what processes of one program have used, where the system tells (Linux); else zero.
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
	// Only the name, in parentheses, can hold blanks. User and system time are the 12th and 13th fields after it, in
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
