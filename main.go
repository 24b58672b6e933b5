// Command terraform-provider-accounts is the provider as Terraform starts it.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// version is set by the linker for a release.
var version = "dev"

// exitLimit bounds what is left to end when Terraform has asked the process to end. Terraform itself waits for two seconds.
const exitLimit = 10 * time.Second

func main() {
	debug := flag.Bool("debug", false, "serve to a debugger: print TF_REATTACH_PROVIDERS and wait for Terraform")
	flag.Parse()
	if !logged(os.Environ()) {
		_ = os.Setenv("TF_LOG_SDK", "OFF")
	}
	provider.TuneGC(os.Getenv)
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	var requests transport.InFlight
	var exit provider.Exit
	if !*debug { // a debugger's server has no Terraform above it
		go endWithParent(&requests, &exit)
	}
	err := tf6server.Serve(provider.Address, provider.Server(version, provider.WithInFlight(&requests), provider.WithExit(&exit)), options...)
	run(&exit)
	if err != nil {
		log.Fatal(err)
	}
}

// endWithParent ends the process after Terraform has ended without a word to it, as a killed one does. The end of the
// connection cancels what is under way, as Ctrl-C does: what remains are requests that have been sent and must not be cut
// off. They get 30 seconds.
func endWithParent(requests *transport.InFlight, exit *provider.Exit) {
	const (
		longest = 30 * time.Second
		quiet   = time.Second
	)
	awaitParent()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	requests.Wait(ctx, quiet)
	cancel()
	run(exit)
	os.Exit(1)
}

// run ends what is left to end.
func run(exit *provider.Exit) {
	ctx, cancel := context.WithTimeout(context.Background(), exitLimit)
	defer cancel()
	exit.Run(ctx)
}

// logged reports whether the environment asks for a log. Where it doesn't, the SDK would still write one at TRACE, and
// Terraform read it line by line and throw it away; that takes a third of the time of a plan of a thousand accounts.
func logged(environ []string) bool {
	for _, variable := range environ {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") && value != "" {
			return true
		}
	}
	return false
}
