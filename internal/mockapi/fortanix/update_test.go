package fortanix_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

func TestUpdateFields(t *testing.T) {
	t.Parallel()
	const group = "0f0e0d0c-0b0a-4908-8706-050403020100"
	const priority = `[22,21,20,19,18,17,16,15,14,13,12,11,10,9,8,7,6,5,4,3,2,1,0]`
	for field, value := range map[string]string{
		"name": `"b"`, "default_group_id": `"` + group + `"`, "marketplace_group_id": `"` + group + `"`,
		"account_status": `"Deactivated"`, "azure_cvm_pcr_priority": priority, "custom_logo": `"` + b64("\xff\xd8\xff") + `"`,
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			_, c := start(t, fortanix.Options{})
			a := c.create(`{"name":"a","auth_configs":[` + passwordConfig + `]}`)
			got := c.want(http.StatusOK, "PATCH", path(a), `{"`+field+`":`+value+`}`)
			if compact(t, got[field]) != value {
				t.Errorf("%s = %v", field, got[field])
			}
			if read := c.want(http.StatusOK, "GET", path(a), ""); compact(t, read) != compact(t, got) {
				t.Errorf("read %v, updated %v", read, got)
			}
			delete(got, field)
			delete(a, field)
			if compact(t, got) != compact(t, a) {
				t.Errorf("another field changed: %v", got)
			}
		})
	}
}

func TestUpdateConfigs(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{Secrets: fortanix.SecretsMasked})
	a := c.create(`{"name":"a","auth_configs":[` + oauth("c1", "s1") + `,` + oauth("c2", "s2") + `,` + passwordConfig + `]}`)
	id := map[string]string{}
	for key, config := range m.All()[0].AuthConfigs {
		if config.OAuth == nil {
			id["password"] = key
		} else {
			id[config.OAuth.ClientID] = key
		}
	}

	got := c.want(http.StatusOK, "PATCH", path(a), `{"add_auth_configs":[`+clusterConfig+`],"del_auth_configs":["`+id["password"]+`"],`+
		`"mod_auth_configs":{"`+id["c2"]+`":`+oauth("c2", "s2-new")+`}}`)
	if n := len(got["auth_configs"].(object)); n != 3 {
		t.Errorf("%d configs", n)
	}
	after := m.All()[0].AuthConfigs
	if after[id["c1"]].OAuth.ClientSecret != "s1" || after[id["c2"]].OAuth.ClientSecret != "s2-new" {
		t.Errorf("secrets %+v %+v", after[id["c1"]].OAuth, after[id["c2"]].OAuth)
	}
	if _, left := after[id["password"]]; left {
		t.Error("not deleted")
	}
	fresh := slices.DeleteFunc(slices.Collect(maps.Keys(after)), func(k string) bool { return k == id["c1"] || k == id["c2"] })
	if len(fresh) != 1 || after[fresh[0]].Cluster.TargetID != "entra" {
		t.Errorf("added %v", fresh)
	}

	before := compact(t, m.All()[0])
	c.want(http.StatusBadRequest, "PATCH", path(a), `{"name":"z","del_auth_configs":["`+id["c1"]+`","`+id["password"]+`"]}`)
	if now := compact(t, m.All()[0]); now != before {
		t.Errorf("a refused update had an effect: %s", now)
	}
}

func TestEmptyUpdate(t *testing.T) {
	t.Parallel()
	_, c := start(t, fortanix.Options{})
	a := c.create(`{"name":"a"}`)
	if got := c.want(http.StatusOK, "PATCH", path(a), `{}`); compact(t, got) != compact(t, a) {
		t.Errorf("changed: %v", got)
	}
	c.want(http.StatusOK, "PATCH", path(a), `{"name":"a","enabled":false}`)
}

func TestDelete(t *testing.T) {
	t.Parallel()
	for mode, want := range map[int]int{0: http.StatusNotFound, http.StatusForbidden: http.StatusForbidden} {
		m, c := start(t, fortanix.Options{GoneStatus: mode})
		a := c.create(`{"name":"a"}`)
		c.want(http.StatusNoContent, "DELETE", path(a), "")
		if len(m.All()) != 0 || c.names("") != "" {
			t.Errorf("left: %v", m.All())
		}
		c.want(want, "GET", path(a), "")
		c.want(want, "DELETE", path(a), "")
		c.want(want, "PATCH", path(a), `{}`)
		c.create(`{"name":"a"}`)
	}
}

func TestMembership(t *testing.T) {
	t.Parallel()
	for mode, want := range map[int]int{0: http.StatusForbidden, http.StatusNotFound: http.StatusNotFound} {
		m, c := start(t, fortanix.Options{ForeignStatus: mode})
		a := c.create(`{"name":"a"}`)
		m.Change(a["acct_id"].(string), func(a *fortanix.Account) { delete(a.Members, fortanix.DemoUsername) })
		c.want(want, "GET", path(a), "")
		c.want(want, "PATCH", path(a), `{}`)
		c.want(want, "DELETE", path(a), "")
		if got := c.names(""); got != "" {
			t.Errorf("lists %s", got)
		}
	}

	m, c := start(t, fortanix.Options{})
	for _, member := range []fortanix.Member{
		{Roles: []string{fortanix.RoleReader, fortanix.RoleWriter}, Status: fortanix.StatusActive},
		{Roles: []string{fortanix.RoleManager}, Status: fortanix.StatusPending},
	} {
		a := m.Seed(fortanix.Account{Members: map[string]fortanix.Member{fortanix.DemoUsername: member}})
		got := c.want(http.StatusOK, "GET", "/v1/accounts/"+a.ID, "")
		if got["status"] != member.Status || len(got["roles"].([]any)) != len(member.Roles) {
			t.Errorf("shows %v, want %v", got, member)
		}
		if _, named := got["name"]; named {
			t.Errorf("an account without a name shows one: %v", got)
		}
		c.want(http.StatusForbidden, "PATCH", "/v1/accounts/"+a.ID, `{}`)
		c.want(http.StatusForbidden, "DELETE", "/v1/accounts/"+a.ID, "")
	}
}

func TestOtherActor(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	a := m.Seed(fortanix.Account{Name: "a", Totals: fortanix.Totals{Datasets: 1, FinalWorkflows: 2, Nodes: 3}})
	if !m.Change(a.ID, func(a *fortanix.Account) { a.Name = "b" }) || c.names("") != "b" {
		t.Error("not changed")
	}
	totals := c.want(http.StatusOK, "GET", "/v1/accounts/"+a.ID+"?with_totals=true", "")["totals"]
	if got := compact(t, totals); got != `{"datasets":1,"final_workflows":2,"nodes":3}` {
		t.Errorf("totals %s", got)
	}
	if got := c.want(http.StatusOK, "GET", "/v1/accounts/"+a.ID+"?with_totals=false", ""); got["totals"] != nil {
		t.Errorf("totals unasked: %v", got)
	}
	got, _ := m.Get(a.ID)
	got.Members[fortanix.DemoUsername] = fortanix.Member{}
	if again, _ := m.Get(a.ID); again.Members[fortanix.DemoUsername].Status != fortanix.StatusActive {
		t.Error("Get hands out the stored account itself")
	}
	if !m.Remove(strings.ToUpper(a.ID)) || m.Remove(a.ID) || m.Change(a.ID, nil) {
		t.Error("not removed")
	}
	c.want(http.StatusNotFound, "GET", "/v1/accounts/"+a.ID, "")
}
