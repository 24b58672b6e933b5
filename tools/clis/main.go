// Command clis builds the command lines with which the provider is tested, from the Go module proxy, and prints a line
// "NAME PATH" for each. What is built already stands in the user's cache folder and costs nothing.
//
//	go -C tools run ./clis                    all of them
//	go -C tools run ./clis tofu terraform     some of them
//	go -C tools run ./clis -list              their names and versions, without building any
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
)

// cli is a command line, as the module that it is published as.
type cli struct {
	name, version string
	// module is the Go module, and pkg its package main.
	module, pkg string
}

// clis are the oldest Terraform that the provider supports, and the newest Terraform and OpenTofu that it is tested with.
var clis = []cli{
	{"terraform-oldest", "1.11.4", "github.com/hashicorp/terraform", "github.com/hashicorp/terraform"},
	{"terraform", "1.16.2", "github.com/hashicorp/terraform", "github.com/hashicorp/terraform"},
	{"tofu", "1.12.6", "github.com/opentofu/opentofu", "github.com/opentofu/opentofu/cmd/tofu"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "clis:", err)
		os.Exit(1)
	}
}

// run builds what args name, and prints where it is. Progress goes to stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("clis", flag.ContinueOnError)
	flags.SetOutput(stderr)
	cache := flags.String("cache", "", "the `folder` for what is built; default: accounts-clis in the user's cache folder")
	list := flags.Bool("list", false, "print names and versions only")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	chosen, err := choose(flags.Args())
	if err != nil {
		return err
	}
	if *cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("no cache folder, name one by -cache: %w", err)
		}
		*cache = filepath.Join(user, "accounts-clis")
	}
	for _, c := range chosen {
		if *list {
			_, _ = fmt.Fprintln(stdout, c.name, c.version)
			continue
		}
		path, err := build(ctx, c, *cache, stderr)
		if err != nil {
			return fmt.Errorf("%s %s: %w", c.name, c.version, err)
		}
		_, _ = fmt.Fprintln(stdout, c.name, path)
	}
	return nil
}

// choose returns the command lines of these names, all of them for none.
func choose(names []string) ([]cli, error) {
	if len(names) == 0 {
		return clis, nil
	}
	var chosen []cli
	for _, name := range names {
		found := false
		for _, c := range clis {
			if c.name == name {
				chosen, found = append(chosen, c), true
			}
		}
		if !found {
			var known []string
			for _, c := range clis {
				known = append(known, c.name)
			}
			return nil, fmt.Errorf("%q is not one of %s", name, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}
