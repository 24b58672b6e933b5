package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-version"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

// measureOthers prints what an import and the creation of 1,000 accounts cost, and a query of 10,000.
func (p plans) measureOthers(ctx context.Context, out io.Writer) error {
	const changed, queried = 1000, 10_000
	say(out, "")
	heading(out, "resource", "command", "accounts", "requests", "time", "peak MiB", "CPU, Terraform", "provider")
	for _, k := range kinds {
		if p.only != "" && p.only != k.resource {
			continue
		}
		for _, command := range []struct {
			name  string
			n     int
			steps func(b *bench, imports string) error
			args  []string
		}{
			{"import", changed, func(b *bench, imports string) error {
				return b.workspace.Write("imports.tf", imports)
			}, []string{"apply", "-auto-approve"}},
			{"create", changed, nil, []string{"apply", "-auto-approve"}},
			{"query", queried, func(b *bench, _ string) error {
				list := fmt.Sprintf("list %q \"all\" {\n  provider = accounts\n  limit = %d\n}\n", k.resource, 2*queried)
				return b.workspace.Write("all.tfquery.hcl", list)
			}, []string{"query"}},
		} {
			c, err := p.measureOther(ctx, k, command.name, command.n, command.steps, command.args)
			if err != nil {
				return fmt.Errorf("%s of %d %s: %w", command.name, command.n, k.resource, err)
			}
			if c.took == 0 {
				row(out, k.resource, command.name, command.n, "needs Terraform 1.14")
				continue
			}
			row(out, k.resource, command.name, command.n, c.requests, seconds(c.took),
				c.provider.peak>>20, seconds(c.terraform.cpu), seconds(c.provider.cpu))
		}
	}
	return nil
}

// measureOther runs one command over n accounts, which exist unless they are to be created.
func (p plans) measureOther(
	ctx context.Context, k kind, name string, n int, prepare func(*bench, string) error, args []string,
) (cost, error) {
	b, imports, err := open(ctx, filepath.Join(p.dir, k.resource+"-"+name), p.binary, p.provider, k, n, name != "create")
	if err != nil {
		return cost{}, err
	}
	defer b.close()
	if name == "query" {
		if can, err := canQuery(ctx, b.workspace); err != nil || !can {
			return cost{}, err
		}
		if err := b.workspace.Write("main.tf", ""); err != nil {
			return cost{}, err
		}
	}
	if prepare != nil {
		if err := prepare(b, imports); err != nil {
			return cost{}, err
		}
	}
	b.server.Reset()
	var c cost
	c.took, c.terraform, c.provider, err = b.watched(ctx, args...)
	c.requests = len(b.server.Requests())
	return c, err
}

// canQuery reports whether the command line knows the command query.
func canQuery(ctx context.Context, w *terraform.Workspace) (bool, error) {
	result, err := w.Run(ctx, "version", "-json")
	if err != nil {
		return false, err
	}
	var reply struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(result.Stdout), &reply); err != nil {
		return false, err
	}
	is, err := version.NewVersion(reply.Version)
	if err != nil {
		return false, err
	}
	return is.GreaterThanOrEqual(version.Must(version.NewVersion("1.14.0"))), nil
}

// watched runs a command and follows what it costs.
func (b *bench) watched(ctx context.Context, args ...string) (took time.Duration, ofTerraform, ofProvider usage, err error) {
	watching, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		ofTerraform, ofProvider = watch(watching, b.terraform, b.provider)
		close(done)
	}()
	started := time.Now()
	err = b.run(ctx, args...)
	took = time.Since(started)
	stop()
	<-done
	return took, ofTerraform, ofProvider, err
}
