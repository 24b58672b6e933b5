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
	tuneGC(os.Getenv)
	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	var exit provider.Exit
	err := tf6server.Serve(provider.Address, provider.Server(version, provider.WithExit(&exit)), options...)
	ctx, cancel := context.WithTimeout(context.Background(), exitLimit)
	exit.Run(ctx)
	cancel()
	if err != nil {
		log.Fatal(err)
	}
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
