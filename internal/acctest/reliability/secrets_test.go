package reliability_test

import (
	"archive/zip"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// secrets are all that must not show, in plain.
var secrets = []string{
	gcore.DemoAPIKey, gcore.DemoMemberKey, softwareone.DemoToken, fortanix.DemoPassword, userPassword, clientSecret, clientKey,
}

// sessionToken is what the mock of Fortanix makes up for a session.
var sessionToken = regexp.MustCompile(`session\.[A-Z2-7]{8,}`)

// shows returns the secrets that text shows, in plain or in another spelling.
func shows(text string) (found []string) {
	for _, secret := range secrets {
		inJSON, err := json.Marshal(secret)
		if err != nil {
			return []string{err.Error()}
		}
		forms := []string{
			secret, url.QueryEscape(secret), url.PathEscape(secret), strings.Trim(string(inJSON), `"`),
			strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret),
		}
		for _, pair := range []string{secret, "Bearer " + secret, "APIKey " + secret, fortanix.DemoUsername + ":" + secret} {
			forms = append(forms, base64.RawStdEncoding.EncodeToString([]byte(pair)), base64.RawURLEncoding.EncodeToString([]byte(pair)))
		}
		for _, form := range forms {
			if strings.Contains(text, form) {
				found = append(found, form)
			}
		}
	}
	return append(found, sessionToken.FindAllString(text, -1)...)
}

// An error repeats no secret, although the vendor does.
func TestEchoedSecrets(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		operations := map[string]func(r *acctest.Resource) acctest.Diagnostics{
			"create": nil,
			"read":   (*acctest.Resource).Refresh,
			"update": func(r *acctest.Resource) acctest.Diagnostics {
				return r.Execute(r.Plan(s.called("acme", s.rename)))
			},
			"delete": func(r *acctest.Resource) acctest.Diagnostics { return r.Execute(r.Plan(nil)) },
			"import": func(r *acctest.Resource) acctest.Diagnostics { return r.Protocol.Resource(r.Type).Import(r.ID()) },
		}
		if s.config["deletion_policy"] == nil { // makes no request, nor does what a member may not do
			delete(operations, "delete")
		}
		if s.member {
			delete(operations, "update")
		}
		for operation, do := range operations {
			t.Run(operation, func(t *testing.T) {
				t.Parallel()
				failures := 0
				for _, fault := range []mockserver.Fault{
					{EchoCredentials: true},
					{EchoCredentials: true, Status: 401},
					{EchoCredentials: true, Status: 403, Body: "<html><b>No:</b> " + mockserver.Credentials + "</html>"},
					{EchoCredentials: true, Body: "no JSON " + mockserver.Credentials},
					{EchoCredentials: true, Status: 500, Body: `["` + mockserver.Credentials + `"]`, Effect: true},
				} {
					w := s.open(t, 0)
					r := w.Resource(s.typeName)
					if do == nil {
						w.server.Inject(fault)
						failures += check(t, r.Apply(s.called("acme")))
						continue
					}
					if said := r.Apply(s.called("acme")); len(said) > 0 {
						t.Fatal(said)
					}
					for _, login := range []bool{false, true} { // where there is one, it fails first
						if login {
							w.Restart()
						}
						w.server.Inject(fault)
						failures += check(t, do(r))
						w.server.ClearFaults()
					}
				}
				if failures < 3 {
					t.Errorf("%d failures", failures)
				}
			})
		}
	})
}

// check returns how many errors there are.
func check(t *testing.T, said acctest.Diagnostics) int {
	t.Helper()
	if found := shows(said.String()); len(found) > 0 {
		t.Errorf("it says %q in:\n%s", found, said)
	}
	return len(said.Errors())
}

// No secret is in the provider's log, in the request log, in a plan, in the state, or in what Terraform prints: of creates, updates,
// imports, logins and failures, at the highest level of logging.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	log, requestLog := filepath.Join(t.TempDir(), "log"), filepath.Join(t.TempDir(), "requests")
	env := acctest.Environment{
		"TF_LOG_PROVIDER": "TRACE", "TF_LOG_PATH": log, "ACCOUNTS_REQUEST_LOG": requestLog,
		"TF_VAR_user_password": userPassword, "TF_VAR_client_secret": clientSecret, "TF_VAR_client_key": clientKey,
	}
	variables, resources := Values{}, Values{}
	for _, name := range []string{"user_password", "client_secret", "client_key"} {
		variables[name] = Values{"type": "string", "ephemeral": true}
	}
	names := strings.NewReplacer( // of variables in place of their values, as they stand in JSON
		inJSON(t, userPassword), `"${var.user_password}"`,
		inJSON(t, clientSecret), `"${var.client_secret}"`,
		inJSON(t, clientKey), `"${var.client_key}"`)
	var worlds []*world
	var kinds []subject
	for _, s := range subjects() {
		if s.member {
			continue
		}
		w := s.open(t, 0)
		maps.Copy(env, w.env)
		worlds, kinds = append(worlds, w), append(kinds, s)
	}
	worlds = worlds[1:] // both of Gcore's kinds use the second one, whose address has replaced the first's
	write := func(c *acctest.CLI, more func(s subject) Values, rest Values) {
		for _, s := range kinds {
			resources[s.typeName] = Values{"x": acctest.With(s.called("acme-"+s.typeName, more(s)), Values{"provider": "accounts"})}
		}
		document := acctest.With(Values{"variable": variables, "resource": resources}, rest)
		raw, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		c.Write("main.tf.json", names.Replace(string(raw)))
	}
	said := ""
	c := acctest.NewCLI(t, env)
	write(c, func(subject) Values { return nil }, nil)
	said += c.OK("plan", "-out=plan").String()
	said += c.OK("apply", "plan").String()

	// Updates that fail, and an import.
	write(c, func(s subject) Values { return s.rename }, Values{"import": []any{Values{
		"to": "softwareone_account.x", "provider": "accounts", "id": worlds[1].named("acme-softwareone_account")[0],
	}}})
	c.OK("state", "rm", "softwareone_account.x")
	for _, w := range worlds {
		for _, method := range []string{"PATCH *", "PUT *"} {
			w.server.Inject(mockserver.Fault{On: method, EchoCredentials: true})
		}
	}
	failed := c.Run("apply", "-auto-approve")
	said += failed.String()
	for _, s := range kinds {
		if !strings.Contains(failed.String(), s.typeName+".x") {
			t.Errorf("%s did not fail", s.typeName)
		}
	}

	// Reads and logins that fail.
	for _, w := range worlds {
		w.server.ClearFaults()
		w.server.Inject(mockserver.Fault{EchoCredentials: true, Status: 403})
	}
	failed = c.Run("plan")
	if said += failed.String(); failed.Exit == 0 {
		t.Error("the plan went well")
	}

	logged := read(t, log)
	if !strings.Contains(logged, "vendor request") || !strings.Contains(logged, "/v1/sys/auth") {
		t.Error("the provider has logged nothing of its requests")
	}
	requests := read(t, requestLog)
	for _, operation := range []string{`"log in"`, `"create account"`, `"method":"PATCH"`, `"method":"PUT"`, `"status":403`} {
		if !strings.Contains(requests, operation) {
			t.Errorf("the request log has no %s", operation)
		}
	}
	if strings.Contains(requests, "?") || strings.Contains(requests, "acme-") {
		t.Error("the request log shows query values or bodies")
	}
	places := map[string]string{
		"the log": logged, "the request log": requests, "the output": said, "the state": read(t, filepath.Join(c.Dir, "terraform.tfstate")),
	}
	for name, content := range unzip(t, filepath.Join(c.Dir, "plan")) {
		places["the plan's "+name] = content
	}
	for place, content := range places {
		if found := shows(content); len(found) > 0 {
			t.Errorf("%s shows %q", place, found)
		}
	}
}

func inJSON(t *testing.T, text string) string {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func read(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// unzip returns the files in a plan.
func unzip(t *testing.T, file string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	contents := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		contents[f.Name] = string(raw)
	}
	if len(contents) < 3 {
		t.Fatalf("a plan of %d files", len(contents))
	}
	return contents
}
