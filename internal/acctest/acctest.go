// Package acctest runs the provider with real Terraform against a mock, for the tests of every vendor.
package acctest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// Environment is what a test's provider sees instead of the process's environment.
type Environment map[string]string

// Main runs a package's tests. Terraform's configuration of the machine it runs on is none of their business. Garbage is
// collected more rarely than by default, in what the tests start as well: all of it makes much and keeps little.
func Main(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		const percent = 400
		debug.SetGCPercent(percent)
		_ = os.Setenv("GOGC", strconv.Itoa(percent))
	}
	if err := os.Setenv("TF_CLI_CONFIG_FILE", os.DevNull); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	flag.Parse()
	if procs := runtime.GOMAXPROCS(0); flag.Lookup("test.parallel").Value.String() == strconv.Itoa(procs) {
		_ = flag.Set("test.parallel", strconv.Itoa(2*procs)) // tests wait for processes and clocks as long as they compute
	}
	code := m.Run()
	removeScratch()
	os.Exit(code)
}

// Clock is the system's time, but doesn't wait: a sleep returns at once and moves the clock ahead.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// Now implements transport.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Sleep implements transport.Clock.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.Advance(d)
	return ctx.Err()
}

// Advance moves the clock ahead.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += max(d, 0)
}

// Factories are the providers of a test: one named accounts, which sees env and a clock that doesn't wait.
func Factories(env Environment, options ...provider.Option) map[string]func() (tfprotov6.ProviderServer, error) {
	options = append([]provider.Option{
		provider.WithEnvironment(func(name string) string { return env[name] }),
		provider.WithClock(&Clock{}),
	}, options...)
	return map[string]func() (tfprotov6.ProviderServer, error){
		"accounts": func() (tfprotov6.ProviderServer, error) { return provider.Server("test", options...)(), nil },
	}
}

// Run runs steps with real Terraform.
func Run(t *testing.T, env Environment, steps ...resource.TestStep) {
	t.Helper()
	RunCase(t, resource.TestCase{ProtoV6ProviderFactories: Factories(env), Steps: steps})
}

// RunFrom is Run for what needs a newer Terraform; an older one skips the test and says so.
func RunFrom(t *testing.T, oldest tfversion.TerraformVersionCheck, env Environment, steps ...resource.TestStep) {
	t.Helper()
	RunCase(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(env), Steps: steps,
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{oldest},
	})
}

// RunCase runs a whole case. The tests need no TF_ACC, since they meet no real vendor.
func RunCase(t *testing.T, c resource.TestCase) {
	t.Helper()
	c.IsUnitTest = true
	resource.Test(t, c)
}

// OpenTofu reports whether the tests run with OpenTofu, whose import blocks plugin-testing can't write.
func OpenTofu() bool { return strings.Contains(os.Getenv("TF_ACC_PROVIDER_HOST"), "opentofu") }

// Lines joins HCL lines.
func Lines(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
