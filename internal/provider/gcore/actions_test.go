package gcore_test

import (
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

const (
	renewType = "gcore_renew_invitation"
	resetType = "gcore_reset_password"
)

// Each action asks once, says how far it is, and is refused in the vendor's words.
func TestActions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mock.Options{})
	u := w.SeedUser(mock.User{Email: "Ann@example.com", Company: "Acme"})
	w.ChangeUser(u.ID, func(u *mock.User) { u.Activated = false })
	for _, typeName := range []string{renewType, resetType} {
		progress, said := w.Invoke(typeName, Values{"email": "ann@example.com"})
		if len(said) > 0 || len(progress) != 2 || !strings.Contains(progress[0], "ann@example.com") {
			t.Errorf("%s: %q %s", typeName, progress, said)
		}
	}
	now, _ := w.User(u.ID)
	if now.Invitations != 1 || now.PasswordResets != 1 {
		t.Errorf("%+v", now)
	}
	w.ChangeUser(u.ID, func(u *mock.User) { u.Activated = true })
	_, said := w.Invoke(renewType, Values{"email": "ann@example.com"})
	said.Errors().Contain(t, "already activated", "ann@example.com")
	_, said = w.Invoke(resetType, Values{"email": "nobody@example.com"})
	said.Errors().Contain(t, "404", "nobody@example.com")
	if len(said.Warnings()) > 0 {
		t.Errorf("a clear refusal: %s", said)
	}
	_, said = w.Invoke(resetType, Values{"email": "no address"})
	said.Errors().Contain(t, `AttributeName("email")`, "valid email")
	w.server.Violations() // of the address

	// A message that may have been sent is not asked for twice.
	w.server.Reset()
	w.server.Inject(mockserver.Fault{On: posts, Status: 502}, mockserver.Fault{On: "POST /iam/auth/*", Status: 502})
	_, said = w.Invoke(resetType, Values{"email": "ann@example.com"})
	said.Errors().Contain(t, "502")
	said.Warnings().Contain(t, resetType+" is unclear", "may have done")
	w.count("POST /iam/auth/reset_password", 1)
	w.server.ClearFaults()

	w.use(mock.DemoMemberKey)
	_, said = w.Invoke(renewType, Values{"email": "ann@example.com"})
	said.Errors().Contain(t, "403", "user's reseller")
}

func TestActionsReadOnly(t *testing.T) {
	t.Parallel()
	_, s, env := start(t, mock.Options{})
	p := acctest.StartProtocol(t, env, Values{"read_only": true})
	for _, typeName := range []string{renewType, resetType} {
		_, said := p.Invoke(typeName, Values{"email": "member@example.com"})
		said.Refused(t, s, "read_only")
	}
}

// Terraform itself invokes them, by themselves and after a change.
func TestActionsInTerraform(t *testing.T) {
	t.Parallel()
	m, _, env := start(t, mock.Options{})
	c := acctest.NewCLI(t, env)
	c.Need("1.14", "")
	c.Write("main.tf", `
action "gcore_reset_password" "member" {
  provider = accounts
  config {
    email = "member@example.com"
  }
}

resource "terraform_data" "joined" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.gcore_reset_password.member]
    }
  }
}
`)
	c.OK("apply", "-auto-approve")
	said := c.OK("apply", "-auto-approve", "-invoke=action.gcore_reset_password.member").String()
	if now, _ := m.User(mock.DemoMember); now.PasswordResets != 2 || !strings.Contains(said, "Gcore has sent it") {
		t.Errorf("%d resets\n%s", now.PasswordResets, said)
	}
}
