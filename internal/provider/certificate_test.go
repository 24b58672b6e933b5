package provider_test

import (
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Every vendor's server may have an authority of its own: without ca_certificate it isn't trusted, and the error says
// what to set.
func TestCACertificate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server  *mockserver.Server
		address string // the variable that holds it
		env     acctest.Environment
	}{
		"gcore": {mockserver.Start(t, gcore.New(gcore.Options{})), "GCORE_BASE_URL", acctest.Environment{"GCORE_API_KEY": gcore.DemoAPIKey}},
		"softwareone": {mockserver.Start(t, softwareone.New(softwareone.Options{})), "MPT_API_BASE_URL",
			acctest.Environment{"MPT_API_TOKEN": softwareone.DemoToken}},
		"fortanix": {mockserver.Start(t, fortanix.New(fortanix.Options{})), "FORTANIX_CCM_ENDPOINT", acctest.Environment{
			"FORTANIX_CCM_USERNAME": fortanix.DemoUsername, "FORTANIX_CCM_PASSWORD": fortanix.DemoPassword,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			behind, err := url.Parse(test.server.URL)
			if err != nil {
				t.Fatal(err)
			}
			front := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(behind))
			t.Cleanup(front.Close)
			front.Config.ErrorLog = nil
			test.env[test.address] = front.URL
			cli := acctest.NewCLI(t, test.env)
			cli.Write("ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})))
			write := func(arguments string) {
				cli.Write("main.tf", fmt.Sprintf("provider \"accounts\" {\n  %s {\n    %s\n  }\n}\n", name, arguments)+
					fmt.Sprintf("data \"%s_accounts\" \"all\" {\n  provider = accounts\n}\n", name))
			}
			write("")
			if said := cli.Run("plan").Unwrapped(); !strings.Contains(said, "set "+name+".ca_certificate") {
				t.Errorf("without the certificate: %s", said)
			}
			if n := len(test.server.Requests()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
			write(`ca_certificate = "nothing"`)
			if said := cli.Run("plan").Unwrapped(); !strings.Contains(said, "no PEM certificate found") {
				t.Errorf("with a wrong one: %s", said)
			}
			write(`ca_certificate = file("ca.pem")`)
			cli.OK("plan")
		})
	}
}
