// Command terraform-provider-accounts is the provider as Terraform starts it.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// version is set by the linker for a release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve to a debugger: print TF_REATTACH_PROVIDERS and wait for Terraform")
	flag.Parse()
	if !logged(os.Environ()) {
		_ = os.Setenv("TF_LOG_SDK", "OFF")
	}
	requests := &transport.InFlight{}
	if !*debug { // a debugger's server has no Terraform above it
		go endWithParent(requests)
	}
	err := providerserver.Serve(context.Background(), provider.New(version, provider.WithInFlight(requests)), providerserver.ServeOpts{
		Address:         provider.Address,
		Debug:           *debug,
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// endWithParent ends the process after Terraform has ended without a word to it, as a killed one does. The end of the
// connection cancels what is under way, as Ctrl-C does: what remains are requests that have been sent and must not be cut
// off. They get 30 seconds.
func endWithParent(requests *transport.InFlight) {
	const (
		longest = 30 * time.Second
		quiet   = time.Second
	)
	awaitParent()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	requests.Wait(ctx, quiet)
	os.Exit(1)
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
