package provider_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// vendor is one vendor with a caller, and what configurations say about it.
type vendor struct {
	name      string
	server    *mockserver.Server
	env       acctest.Environment
	caller    string // "" where only the vendor knows it
	resources map[string]example
	// asks are the requests that a look at the caller makes.
	asks int
}

// example is one resource: its arguments, a change of them, and a policy under which it can be destroyed.
type example struct {
	config, change acctest.Values
	policy         string
}

// hcl is the arguments as they stand in a block.
func (e example) hcl() string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(e.config)) {
		lines = append(lines, fmt.Sprintf("%s = %#v", name, e.config[name]))
	}
	return strings.Join(lines, "\n")
}

// startVendors starts all vendors. At Gcore a member's credential is used, or a reseller's.
func startVendors(t *testing.T, gcoreKey string) []vendor {
	t.Helper()
	g := mockserver.Start(t, gcore.New(gcore.Options{}))
	s := mockserver.Start(t, softwareone.New(softwareone.Options{}))
	f := mockserver.Start(t, fortanix.New(fortanix.Options{}))
	gcoreResources := map[string]example{
		"gcore_account": {acctest.Values{"company": "Acme"}, acctest.Values{"company": "Renamed"}, "abandon"},
	}
	caller := gcore.DemoAccount
	if gcoreKey == gcore.DemoAPIKey {
		caller = gcore.DemoReseller
		gcoreResources["gcore_reseller_user"] = example{acctest.Values{
			"company": "Acme Customer", "email": "it@acme.example", "password_wo": "P4ss-word", "password_wo_version": 1,
		}, acctest.Values{"name": "Ann"}, "delete"}
	}
	renamed := acctest.Values{"name": "Renamed"}
	return []vendor{
		{"gcore", g, acctest.Environment{"GCORE_API_KEY": gcoreKey, "GCORE_BASE_URL": g.URL}, fmt.Sprint(caller), gcoreResources, 1},
		{"softwareone", s, acctest.Environment{"MPT_API_TOKEN": softwareone.DemoToken, "MPT_API_BASE_URL": s.URL}, softwareone.DemoTokenID,
			map[string]example{"softwareone_account": {acctest.Values{"name": "Acme", "type": "Client"}, renamed, "disable"}}, 0},
		{"fortanix", f, acctest.Environment{
			"FORTANIX_CCM_USERNAME": fortanix.DemoUsername, "FORTANIX_CCM_PASSWORD": fortanix.DemoPassword, "FORTANIX_CCM_ENDPOINT": f.URL,
		}, "", map[string]example{"fortanix_account": {acctest.Values{"name": "Acme"}, renamed, "delete"}}, 1},
	}
}

// others are the requests that are neither a login nor a look at the caller.
func (v vendor) others() (found []string) {
	for _, r := range v.server.Requests() {
		if !strings.HasPrefix(r.Path, "/v1/sys/") && r.Path != "/iam/clients/me" && r.Path != "/v1/user" {
			found = append(found, r.Method+" "+r.Path)
		}
	}
	return found
}

// callerOf returns the caller as the data source shows it.
func (v vendor) callerOf(t *testing.T) string {
	t.Helper()
	p, said := acctest.NewProtocol(t, v.env, nil)
	shown, more := p.Data(v.name+"_caller", acctest.Values{})
	if said = append(said, more...); len(said) > 0 {
		t.Fatal(said)
	}
	id, _ := shown["id"].(string)
	if id == "" || v.caller != "" && id != v.caller {
		t.Errorf("%s: the caller is %q, want %q", v.name, id, v.caller)
	}
	v.server.Reset()
	return id
}

// With real Terraform: a credential of another caller sends nothing, be it for a create, a read, a data source or a
// list; one of the listed callers works, and is looked at once.
func TestAllowedCallers(t *testing.T) {
	t.Parallel()
	for _, v := range startVendors(t, gcore.DemoMemberKey) {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			id := v.callerOf(t)
			cli := acctest.NewCLI(t, v.env)
			write := func(callers string) {
				cli.Write("provider.tf", fmt.Sprintf("provider \"accounts\" {\n  %s {\n    allowed_callers = %s\n  }\n}\n", v.name, callers))
			}
			resource := ""
			for kind, example := range v.resources {
				for i := range 3 {
					resource += fmt.Sprintf("resource %q \"r%d\" {\nprovider = accounts\n%s\n}\n", kind, i,
						strings.Replace(example.hcl(), "Acme", fmt.Sprint("Acme ", i), 1))
				}
			}
			refused := func(what string) {
				t.Helper()
				result := cli.Run("apply", "-auto-approve")
				if said := result.Unwrapped(); result.Exit != 1 || !strings.Contains(said, "belongs to "+id+", which allowed_callers does not list") {
					t.Errorf("%s: exit %d\n%s", what, result.Exit, result)
				}
				if sent := v.others(); len(sent) > 0 {
					t.Errorf("%s: sent %v", what, sent)
				}
				v.server.Reset()
			}
			write(`["someone-else", "7"]`)
			cli.Write("main.tf", resource)
			refused("create")
			cli.Write("main.tf", fmt.Sprintf("data \"%s_accounts\" \"all\" {\nprovider = accounts\n}\n", v.name))
			refused("data source")
			cli.Write("main.tf", fmt.Sprintf("data \"%s_caller\" \"it\" {\nprovider = accounts\n}\n", v.name))
			if said := cli.OK("apply", "-auto-approve").String(); !strings.Contains(said, "id="+id) { // it is how to find out the id
				t.Errorf("the caller is not shown: %s", said)
			}

			v.server.Reset()
			write(fmt.Sprintf("[%q, %q]", "someone-else", strings.ToUpper(id)))
			cli.Write("main.tf", resource)
			cli.OK("apply", "-auto-approve")
			if n := v.server.Count("GET /iam/clients/me") + v.server.Count("GET /v1/user"); n > v.asks {
				t.Errorf("%d looks at the caller", n)
			}
			v.server.Reset()
			write(`["someone-else"]`)
			refused("read")
			cli.Write("main.tf", strings.ReplaceAll(resource, "Acme", "Other"))
			result := cli.Run("apply", "-auto-approve", "-refresh=false")
			if sent := v.others(); result.Exit != 1 || len(sent) > 0 {
				t.Errorf("without a refresh: exit %d, sent %v\n%s", result.Exit, sent, result)
			}
		})
	}
}

// A list that allows nobody, or that isn't known, never allows all.
func TestUnusableAllowedCallers(t *testing.T) {
	t.Parallel()
	for _, v := range startVendors(t, gcore.DemoMemberKey) {
		for name, test := range map[string]struct {
			callers any
			invalid bool
		}{
			"empty":           {[]any{}, true},
			"null":            {[]any{"7", nil}, true},
			"empty text":      {[]any{""}, true},
			"unknown":         {acctest.Unknown, false},
			"unknown element": {[]any{"7", acctest.Unknown}, false},
		} {
			t.Run(v.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				p, said := acctest.NewProtocol(t, v.env, acctest.Values{v.name: acctest.Values{"allowed_callers": test.callers}})
				if test.invalid {
					if len(said.Errors()) != 1 || said[0].Attribute == nil {
						t.Errorf("configuring says %s", said)
					}
					said.Contain(t, "allowed_callers")
					return
				}
				if len(said) > 0 {
					t.Fatal(said)
				}
				_, said = p.Data(v.name+"_accounts", acctest.Values{})
				said.Errors().Contain(t, v.name+".allowed_callers isn't known yet")
				if n := len(v.server.Requests()); n > 0 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// A caller that can't be determined is an error, and nothing else is sent.
func TestUnknownCaller(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		vendor int
		env    acctest.Environment
		faults []mockserver.Fault
		says   []string
		again  bool // whether the next request asks again
	}{
		"gcore, forbidden": {
			0, nil, []mockserver.Fault{{On: "GET /iam/clients/me", Status: 403}},
			[]string{"allowed_callers can't be", "403", "reseller's credential"}, false,
		},
		"gcore, not found": {
			0, nil, []mockserver.Fault{{On: "GET /iam/clients/me", Status: 404}}, []string{"allowed_callers can't be", "reseller's credential"},
			false,
		},
		"gcore, unauthorized": {
			0, nil, []mockserver.Fault{{On: "GET /iam/clients/me", Status: 401}}, []string{"allowed_callers can't be", "reseller's credential"},
			false,
		},
		"gcore, out of order": {0, nil, []mockserver.Fault{{On: "GET /iam/clients/me", Status: 503}}, []string{"503"}, true},
		"gcore, no id":        {0, nil, []mockserver.Fault{{On: "GET /iam/clients/me", Body: `{"companyName":"x"}`}}, []string{"id"}, true},
		"softwareone":         {1, acctest.Environment{"MPT_API_TOKEN": "opaque"}, nil, []string{"the caller can't be determined"}, false},
		"fortanix": {2, nil, []mockserver.Fault{
			{On: "POST /v1/sys/auth", Body: `{"access_token":"session.ABCDEFGHIJ"}`}, {On: "GET /v1/user", Body: `{}`},
		}, []string{"user_id"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := startVendors(t, gcore.DemoAPIKey)[test.vendor]
			maps.Copy(v.env, test.env)
			for _, fault := range test.faults {
				v.server.Inject(fault)
			}
			p := acctest.StartProtocol(t, v.env, acctest.Values{v.name: acctest.Values{"allowed_callers": []any{"7"}}})
			var said acctest.Diagnostics
			for range 2 {
				_, said = p.Data(v.name+"_accounts", acctest.Values{})
				said.Errors().Contain(t, test.says...)
			}
			if sent := v.others(); len(said.Errors()) == 0 || len(sent) > 0 {
				t.Errorf("sent %v: %s", sent, said)
			}
			if n := v.server.Count("GET /iam/clients/me"); !test.again && n > 1 {
				t.Errorf("%d looks at the caller", n)
			}
		})
	}
}

// A reseller's credential may not be able to read its own account. Then the guard can't be used with it; without the guard
// everything works.
func TestCallerOfReseller(t *testing.T) {
	t.Parallel()
	s := mockserver.Start(t, gcore.New(gcore.Options{NoResellerOverview: true}))
	env := acctest.Environment{"GCORE_API_KEY": gcore.DemoAPIKey, "GCORE_BASE_URL": s.URL}
	p, _ := acctest.NewProtocol(t, env, nil)
	_, said := p.Data("gcore_caller", acctest.Values{})
	said.Errors().Contain(t, "401", "gcore.api_key")
	if _, said := p.Data("gcore_accounts", acctest.Values{}); len(said) > 0 {
		t.Error(said)
	}
	guarded, _ := acctest.NewProtocol(t, env, acctest.Values{
		"gcore": acctest.Values{"allowed_callers": []any{fmt.Sprint(gcore.DemoReseller)}},
	})
	_, said = guarded.Data("gcore_accounts", acctest.Values{})
	said.Errors().Contain(t, "allowed_callers can't be used with such a credential")
}

// With real Terraform: under read_only a plan of everything works, and nothing that changes something is sent.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ variable, block string }{
		"setting":              {"", "read_only = true"},
		"variable":             {"1", ""},
		"variable and setting": {"true", "read_only = false"},
		"setting and variable": {"false", "read_only = true"},
		"unknown, then true":   {"", "read_only = terraform_data.later.output"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := acctest.Environment{"ACCOUNTS_READ_ONLY": test.variable}
			configuration := "resource \"terraform_data\" \"later\" {\n input = true\n}\n"
			vendors := startVendors(t, gcore.DemoAPIKey)
			for _, v := range vendors {
				maps.Copy(env, v.env)
				for kind, example := range v.resources {
					configuration += fmt.Sprintf("resource %q \"r\" {\nprovider = accounts\n%s\n}\n", kind, example.hcl()) +
						fmt.Sprintf("data \"%ss\" \"all\" {\nprovider = accounts\n}\n", kind)
				}
			}
			cli := acctest.NewCLI(t, env)
			cli.Write("main.tf", configuration)
			cli.Write("provider.tf", "provider \"accounts\" {\n"+test.block+"\n}\n")
			if said := cli.OK("plan").Unwrapped(); !strings.Contains(said, "Plan: 5 to add") {
				t.Errorf("the plan says %s", said)
			}
			result := cli.Run("apply", "-auto-approve")
			for _, v := range vendors {
				if n := acctest.Changes(v.server); n > 0 {
					t.Errorf("%d changes at %s", n, v.name)
				}
			}
			if said := result.Unwrapped(); result.Exit != 1 || strings.Count(said, "no request that changes something is sent") != 4 {
				t.Errorf("exit %d\n%s", result.Exit, result)
			}
		})
	}
}

// Under read_only everything that exists can be refreshed, planned, imported and listed; an update, a destroy or a create
// that a plan shows is refused before anything is sent.
func TestReadOnlyOfExisting(t *testing.T) {
	t.Parallel()
	for _, v := range startVendors(t, gcore.DemoAPIKey) {
		for kind, example := range v.resources {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				config := acctest.With(example.config, acctest.Values{"deletion_policy": example.policy})
				env := maps.Clone(v.env)
				p, _ := acctest.NewProtocol(t, env, nil)
				r := p.Resource(kind)
				if said := r.Apply(config); len(said.Errors()) > 0 {
					t.Fatal(said)
				}
				env["ACCOUNTS_READ_ONLY"] = "true"
				p.Restart()
				before := acctest.Changes(v.server)
				if said := r.Refresh(); len(said) > 0 {
					t.Errorf("refresh: %s", said)
				}
				if plan := r.Plan(config); plan.Action != "" {
					t.Errorf("plan: %s %s", plan.Action, plan.Diagnostics)
				}
				if said := p.Resource(kind).Import(fmt.Sprint(r.State()["id"])); len(said.Errors()) > 0 {
					t.Errorf("import: %s", said)
				}
				if _, said := p.List(kind, acctest.Values{}, 0, true); len(said.Errors()) > 0 {
					t.Errorf("list: %s", said)
				}
				if _, said := p.Data(kind, acctest.Values{"id": r.State()["id"]}); len(said) > 0 {
					t.Errorf("data source: %s", said)
				}
				update := r.Plan(acctest.With(config, example.change))
				if update.Action != "update" {
					t.Fatalf("%q is planned: %s", update.Action, update.Diagnostics)
				}
				r.Execute(update).Errors().Contain(t, "read_only")
				if config["deletion_policy"] != "abandon" {
					r.Execute(r.Plan(nil)).Errors().Contain(t, "read_only")
				}
				if n := acctest.Changes(v.server) - before; n > 0 {
					t.Errorf("%d changes were sent", n)
				}
			})
		}
	}
}

// Neither an unknown value nor one that is not a boolean turns read_only off.
func TestUnusableReadOnly(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"yes", "on", " ", "true ", "2", "wahr"} {
		_, said := acctest.NewProtocol(t, acctest.Environment{"ACCOUNTS_READ_ONLY": text}, acctest.Values{"read_only": false})
		if len(said.Errors()) != 1 {
			t.Errorf("%q: %s", text, said)
		}
		said.Contain(t, "ACCOUNTS_READ_ONLY")
	}
	v := startVendors(t, gcore.DemoAPIKey)[1]
	p := acctest.StartProtocol(t, v.env, acctest.Values{"read_only": acctest.Unknown})
	if _, said := p.Data("softwareone_accounts", acctest.Values{}); len(said) > 0 {
		t.Errorf("a read: %s", said)
	}
	p.Resource("softwareone_account").Apply(acctest.Values{"name": "Acme", "type": "Client"}).Refused(t, v.server, "read_only")
	for _, text := range []string{"", "0", "false", "F"} {
		v.env["ACCOUNTS_READ_ONLY"] = text
		p, said := acctest.NewProtocol(t, v.env, nil)
		if said = append(said,
			p.Resource("softwareone_account").Apply(acctest.Values{"name": "Acme" + text, "type": "Client"})...); len(said) > 0 {
			t.Errorf("%q: %s", text, said)
		}
	}
}

// With real Terraform: the request log names every request of every vendor, in the file that is configured, and a file
// that can't be written keeps everything from being sent.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	vendors := startVendors(t, gcore.DemoMemberKey)
	env, configuration := acctest.Environment{"ACCOUNTS_REQUEST_LOG": "from-environment.jsonl"}, ""
	for _, v := range vendors {
		maps.Copy(env, v.env)
		for _, kind := range []string{"accounts", "caller"} {
			configuration += fmt.Sprintf("data \"%s_%s\" \"it\" {\nprovider = accounts\n}\n", v.name, kind)
		}
	}
	cli := acctest.NewCLI(t, env)
	cli.Write("main.tf", configuration)
	cli.OK("plan")
	sent := 0
	for _, v := range vendors {
		sent += len(v.server.Requests())
		v.server.Reset()
	}
	logged := read(t, cli, "from-environment.jsonl")
	if n := strings.Count(logged, "\n"); n != sent {
		t.Errorf("%d lines about %d requests:\n%s", n, sent, logged)
	}
	for _, word := range []string{
		`"vendor":"Gcore"`, `"vendor":"SoftwareOne"`, `"vendor":"Fortanix"`, `"caller":"TKN-1111-2222"`, `"operation":"log in"`,
	} {
		if !strings.Contains(logged, word) {
			t.Errorf("%s is missing in:\n%s", word, logged)
		}
	}

	cli.Write("provider.tf", "provider \"accounts\" {\n  request_log = \"configured.jsonl\"\n}\n")
	cli.OK("plan")
	if read(t, cli, "from-environment.jsonl") != logged || strings.Count(read(t, cli, "configured.jsonl"), "\n") != sent {
		t.Error("the configuration does not win over the environment")
	}

	for _, v := range vendors {
		v.server.Reset()
	}
	cli.Write("provider.tf", "provider \"accounts\" {\n  request_log = \"no/such/folder/log\"\n}\n")
	result := cli.Run("plan")
	if result.Exit != 1 || !strings.Contains(result.Unwrapped(), "request log (request_log or ACCOUNTS_REQUEST_LOG) can't be written") {
		t.Errorf("exit %d\n%s", result.Exit, result)
	}
	for _, v := range vendors {
		if n := len(v.server.Requests()); n > 0 {
			t.Errorf("%d requests to %s", n, v.name)
		}
	}
}

// While the request log isn't known, nothing is sent.
func TestUnusableRequestLog(t *testing.T) {
	t.Parallel()
	for _, v := range startVendors(t, gcore.DemoMemberKey) {
		p := acctest.StartProtocol(t, v.env, acctest.Values{"request_log": acctest.Unknown})
		_, said := p.Data(v.name+"_accounts", acctest.Values{})
		said.Errors().Contain(t, "request_log isn't known yet")
		if n := len(v.server.Requests()); n > 0 {
			t.Errorf("%d requests to %s", n, v.name)
		}
	}
	_, said := acctest.NewProtocol(t, nil, acctest.Values{"request_log": ""})
	said.Errors().Contain(t, "request_log is empty")
}

func read(t *testing.T, cli *acctest.CLI, file string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(cli.Dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
