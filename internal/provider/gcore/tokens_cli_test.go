//go:build unix

package gcore_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// inner is an account, a token inside it, and what is read inside with that token.
const inner = `
resource "gcore_account" "acme" {
  provider = accounts
  company  = "Acme"
}

ephemeral "gcore_account_token" "acme" {
  provider   = accounts
  account_id = gcore_account.acme.id
}

provider "accounts" {
  alias = "acme"
  gcore {
    access_token = ephemeral.gcore_account_token.acme.access_token
  }
}

data "gcore_caller" "inside" {
  provider   = accounts.acme
  depends_on = [gcore_account.acme]
}

data "gcore_accounts" "inside" {
  provider   = accounts.acme
  depends_on = [gcore_account.acme]
}

output "inside" {
  value = data.gcore_accounts.inside.accounts[*].company
}

output "caller" {
  value = [data.gcore_caller.inside.id, gcore_account.acme.id, data.gcore_caller.inside.company]
}
`

// One apply makes an account and works inside it; the next plan does so again and has nothing to do.
func TestAccountTokenInOneApply(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	m.SeedClient(mock.Client{Company: "Somebody else's"})
	c := acctest.NewCLI(t, env)
	c.Write("main.tf", inner)
	said := c.OK("apply", "-auto-approve").String()
	acme := c.State("gcore_account.acme").AttributeValues["id"]
	caller := fmt.Sprintf(`caller = [ "%[1]s", "%[1]s", "Acme", ]`, acme)
	if !strings.Contains(strings.Join(strings.Fields(said), " "), caller) {
		t.Errorf("the token is not of account %v:\n%s", acme, said)
	}
	if !strings.Contains(said, `"Acme",`) || strings.Contains(said, "Somebody else's") {
		t.Errorf("inside there is:\n%s", said)
	}
	// The listing was asked for with the account's own token, never with the one in the environment.
	for _, r := range s.Find(listClients) {
		if r.Header.Get("Authorization") == mockserver.Hash("APIKey "+mock.DemoAPIKey) {
			t.Error("the environment's key was used inside")
		}
	}
	if said := c.OK("plan", "-detailed-exitcode").String(); !strings.Contains(said, "No changes") {
		t.Error(said)
	}
	state, err := os.ReadFile(filepath.Join(c.Dir, "terraform.tfstate"))
	if err != nil || bytes.Contains(state, []byte("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.")) {
		t.Errorf("the state shows a token: %v", err)
	}
}

// used makes a permanent token and uses it; in the plan, or in the apply only.
func used(id int64, late bool) string {
	after := ""
	if late {
		after = "depends_on = [terraform_data.before]"
	}
	return fmt.Sprintf(`
ephemeral "gcore_api_token" "ci" {
  provider   = accounts
  account_id = %q
  name       = "ci"
}

provider "accounts" {
  alias = "inside"
  gcore {
    api_key = ephemeral.gcore_api_token.ci.token
  }
}

data "gcore_accounts" "inside" {
  provider = accounts.inside
  %s
}

resource "terraform_data" "before" {
  input = timestamp()
}

resource "terraform_data" "seen" {
  input = data.gcore_accounts.inside.accounts[*].company
}
`, text(id), after)
}

// Each run makes a token, uses it and deletes it.
func TestAPITokenInTerraform(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	c := acctest.NewCLI(t, env)
	c.Write("main.tf", used(mock.DemoAccount, false))
	c.OK("plan")
	c.OK("apply", "-auto-approve")
	if made, deleted := s.Count(postToken), s.Count(deleteToken); made < 2 || made != deleted || len(m.Tokens()) != 0 {
		t.Errorf("%d made, %d deleted, left: %+v", made, deleted, m.Tokens())
	}
	if n := s.Count(listClients); n == 0 {
		t.Error("it was not used")
	}
	s.Inject(mockserver.Fault{On: deleteToken, Status: 403, Body: `{"message":"not today"}`})
	said := c.OK("plan").Unwrapped()
	if len(m.Tokens()) != 1 ||
		!strings.Contains(said, fmt.Sprintf("API token %d of account %d may be good still", m.Tokens()[0].ID, mock.DemoAccount)) {
		t.Errorf("left: %+v\n%s", m.Tokens(), said)
	}
}

// interrupt starts a command, waits until a request arrives, and sends a signal to the whole process group, as a terminal does.
func interrupt(t *testing.T, c *acctest.CLI, s *mockserver.Server, on string, skip int, signal syscall.Signal, args ...string) string {
	t.Helper()
	arrived, goOn := make(chan struct{}), make(chan struct{})
	s.Inject(mockserver.Fault{On: on, Skip: skip, Times: 1, Before: func() { close(arrived); <-goOn }})
	var output bytes.Buffer
	cmd := c.Command(args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-arrived:
	case err := <-done:
		close(goOn)
		t.Fatalf("%v\n%s", err, &output)
	}
	if err := syscall.Kill(-cmd.Process.Pid, signal); err != nil {
		t.Fatal(err)
	}
	if signal != syscall.SIGKILL {
		log := filepath.Join(c.Dir, "log")
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			raw, _ := os.ReadFile(log)
			if bytes.Contains(raw, []byte("StopProvider")) {
				break
			}
			if time.Now().After(deadline) {
				close(goOn)
				t.Fatal("the provider was not told to stop")
			}
		}
	}
	close(goOn)
	t.Logf("Terraform ended: %v", <-done)
	return output.String()
}

// Ctrl-C leaves no token, whether it comes while one is made or while it is used.
func TestAPITokenCtrlC(t *testing.T) {
	t.Parallel()
	for name, on := range map[string]string{
		"while it is made": postToken, "while it is used": listClients, "while it is deleted": deleteToken,
	} {
		for phase, args := range [][]string{{"plan"}, {"apply", "-auto-approve"}} { // an apply plans first
			t.Run(name+", "+args[0], func(t *testing.T) {
				t.Parallel()
				m, s, env := start(t, mock.Options{})
				c := acctest.NewCLI(t, acctest.Environment{
					"GCORE_API_KEY": env["GCORE_API_KEY"], "GCORE_BASE_URL": env["GCORE_BASE_URL"], "TF_LOG_CORE": "DEBUG", "TF_LOG_PROVIDER": "TRACE",
					"TF_LOG_PATH": "log",
				})
				c.Write("main.tf", used(mock.DemoAccount, phase > 0))
				skip := phase
				if on == listClients {
					skip = 0
				}
				said := interrupt(t, c, s, on, skip, syscall.SIGINT, args...)
				for _, token := range m.Tokens() {
					if !strings.Contains(said, text(token.ID)) {
						t.Errorf("left without a word: %+v\n%s", token, said)
					} else {
						t.Logf("left: %+v\n%s", token, said)
					}
				}
			})
		}
	}
}

// A run that is killed leaves a token, which the next run names.
func TestAPITokenKilled(t *testing.T) {
	t.Parallel()
	m, s, env := start(t, mock.Options{})
	c := acctest.NewCLI(t, env)
	c.Write("main.tf", used(mock.DemoAccount, false))
	interrupt(t, c, s, listClients, 0, syscall.SIGKILL, "plan")
	left := m.Tokens()
	if len(left) != 1 {
		t.Fatalf("left: %+v", left)
	}
	said := c.OK("plan").Unwrapped()
	if !strings.Contains(said, "earlier run") ||
		!strings.Contains(said, fmt.Sprintf("DELETE /iam/v2/clients/%d/tokens/%d", mock.DemoAccount, left[0].ID)) {
		t.Error(said)
	}
}

// A run that fails where the token is used leaves none.
func TestAPITokenFailedRun(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		m, s, env := start(t, mock.Options{})
		s.Inject(mockserver.Fault{On: listClients, Status: 501})
		c := acctest.NewCLI(t, env)
		c.Write("main.tf", used(mock.DemoAccount, late))
		said := c.Run("apply", "-auto-approve")
		if left := m.Tokens(); said.Exit == 0 || s.Count(postToken) == 0 || len(left) > 0 {
			t.Errorf("left: %+v\n%s", left, said)
		}
	}
}

// While the token is unknown, nothing is asked through the alias: never with the environment's key.
func TestUnknownTokenIsNotTheEnvironments(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	c := acctest.NewCLI(t, env)
	c.Write("main.tf", strings.ReplaceAll(inner, "depends_on = [gcore_account.acme]", ""))
	said := c.Run("plan")
	if said.Exit == 0 || !strings.Contains(said.Unwrapped(), "isn't known yet") {
		t.Errorf("it says:\n%s", said)
	}
	if n := s.Count(""); n != 0 {
		t.Errorf("%d requests", n)
	}
}
