package fortanix_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
)

func TestCreateMinimal(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	m.SetClock(func() time.Time { return epoch })
	m.AddToken(readyToken, fortanix.DemoUsername)
	a := c.create(`{"name":" Acme "}`)
	id := a["acct_id"]
	delete(a, "acct_id")
	want := fmt.Sprintf(`{"account_status":"Active","component":"DEFAULT","created_at":%d,"name":"Acme",`+
		`"node_enrollment":{"attestation_enforcement_disabled_insecure":false},"roles":["READER","WRITER","MANAGER"],`+
		`"status":"ACTIVE"}`, epoch.Unix())
	if got := compact(t, a); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	stored := m.Named("Acme")
	if len(stored) != 1 || stored[0].ID != id || len(m.All()) != 1 {
		t.Errorf("stored %v", m.All())
	}
}

func TestCreateFull(t *testing.T) {
	t.Parallel()
	m, c := start(t, fortanix.Options{CreatedMillis: true})
	logo := b64("\x89PNG\r\n\x1a\n…")
	a := c.create(`{"name":"Acme","custom_logo":"` + logo + `","component":"CONFIDENTIAL_AI",` +
		`"node_enrollment":{"attestation_enforcement_disabled_insecure":true},` +
		`"auth_configs":[` + passwordConfig + `,` + oauth("c1", "s1") + `,` + clusterConfig + `]}`)
	read := c.want(http.StatusOK, "GET", "/v1/accounts/"+strings.ToUpper(a["acct_id"].(string)), "")
	if got, want := compact(t, read), compact(t, a); got != want {
		t.Errorf("read   %s\ncreate %s", got, want)
	}
	if a["custom_logo"] != logo || a["component"] != "CONFIDENTIAL_AI" || a["created_at"].(float64) < 1e12 {
		t.Errorf("reply %v", a)
	}
	if configs := a["auth_configs"].(object); len(configs) != 3 || !strings.Contains(compact(t, configs), `"client_secret":"s1"`) {
		t.Errorf("auth_configs %v", configs)
	}
	stored, ok := m.Get(a["acct_id"].(string))
	if !ok || !stored.AttestationDisabled || len(stored.AuthConfigs) != 3 {
		t.Errorf("stored %+v", stored)
	}
}

func TestServerDefaults(t *testing.T) {
	t.Parallel()
	_, c := start(t, fortanix.Options{ServerDefaults: true})
	a := c.create(`{"name":"Acme"}`)
	if a["default_group_id"] == nil || a["marketplace_group_id"] == nil || len(a["azure_cvm_pcr_priority"].([]any)) != 23 ||
		len(a["auth_configs"].(object)) != 1 {
		t.Errorf("reply %v", a)
	}
	if b := c.create(`{"name":"B","auth_configs":[` + clusterConfig + `]}`); strings.Contains(compact(t, b), "password") {
		t.Errorf("reply %v", b)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		o      fortanix.Options
		name   string
		status int
	}{
		"same":           {fortanix.Options{}, "Acme", 400},
		"same, 409":      {fortanix.Options{DuplicateStatus: 409}, "Acme", 409},
		"trimmed":        {fortanix.Options{}, " Acme\t", 400},
		"other case":     {fortanix.Options{}, "ACME", 200},
		"folded":         {fortanix.Options{DuplicateFold: true}, "ACME", 400},
		"normalized":     {fortanix.Options{NormalizeName: func(string) string { return "Acme" }}, "Beta", 400},
		"another's":      {fortanix.Options{}, "Foreign", 400},
		"empty":          {fortanix.Options{}, " ", 400},
		"free":           {fortanix.Options{}, "Beta", 200},
		"quotes, emojis": {fortanix.Options{}, `\"'${x} 🙂`, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, c := start(t, tt.o)
			m.Seed(fortanix.Account{Name: "Acme"})
			m.Seed(fortanix.Account{Name: "Foreign", Members: map[string]fortanix.Member{}})
			third := m.Seed(fortanix.Account{Name: "Third"})
			c.want(tt.status, "PATCH", "/v1/accounts/"+third.ID, `{"name":"`+strings.ReplaceAll(tt.name, "\t", `\t`)+`"}`)
			m.Remove(third.ID)
			c.want(tt.status, "POST", "/v1/accounts", `{"name":"`+strings.ReplaceAll(tt.name, "\t", `\t`)+`"}`)
		})
	}
}

func TestMalformedRequests(t *testing.T) { //nolint:tparallel // the mock is looked at after the last one
	t.Parallel()
	m, c := start(t, fortanix.Options{})
	a := m.Seed(fortanix.Account{Name: "a", AuthConfigs: map[string]fortanix.AuthConfig{strangeID: {Password: &fortanix.PasswordConfig{}}}})
	edit := func(from, to string) string { return strings.Replace(oauth("c", "s"), from, to, 1) }

	for name, body := range map[string]string{
		"empty body":       ``,
		"no JSON":          `{`,
		"two values":       `{"name":"x"}{}`,
		"array":            `[]`,
		"no name":          `{}`,
		"name null":        `{"name":null}`,
		"name number":      `{"name":1}`,
		"unknown field":    `{"name":"x","enabled":true}`,
		"read-only field":  `{"name":"x","acct_id":"` + strangeID + `"}`,
		"component":        `{"name":"x","component":"OTHER"}`,
		"empty enrollment": `{"name":"x","node_enrollment":{}}`,
		"enrollment null":  `{"name":"x","node_enrollment":null}`,
		"configs as a map": `{"name":"x","auth_configs":{}}`,
		"config empty":     `{"name":"x","auth_configs":[{}]}`,
		"config with two": `{"name":"x","auth_configs":[` +
			strings.Replace(passwordConfig, "}}", `},"cluster_auth_ref":{"target_id":"t"}}`, 1) + `]}`,
		"password incomplete": `{"name":"x","auth_configs":[{"password":{"require_2fa":true}}]}`,
		"boolean as text":     `{"name":"x","auth_configs":[{"password":{"require_2fa":"true","administrators_only":false}}]}`,
		"no client_secret":    `{"name":"x","auth_configs":[` + edit(`"client_secret":"s",`, "") + `]}`,
		"empty client_secret": `{"name":"x","auth_configs":[` + oauth("c", "") + `]}`,
		"masked secret":       `{"name":"x","auth_configs":[` + oauth("c", fortanix.Mask) + `]}`,
		"masked key":          `{"name":"x","auth_configs":[` + edit(b64("key of c"), fortanix.Mask) + `]}`,
		"key not base64":      `{"name":"x","auth_configs":[` + edit(b64("key of c"), "-----BEGIN") + `]}`,
		"tls mode":            `{"name":"x","auth_configs":[` + edit(`"required":{`, `"mode":{`) + `]}`,
		"tls empty":           `{"name":"x","auth_configs":[` + edit(`"tls":{`, `"tls":{},"_":{`) + `]}`,
		"tls with two":        `{"name":"x","auth_configs":[` + edit(`"tls":{`, `"tls":{"disabled":{},`) + `]}`,
		"disabled not empty":  `{"name":"x","auth_configs":[` + edit(`"required":{`, `"disabled":{`) + `]}`,
		"ca lower case":       `{"name":"x","auth_configs":[` + edit("GLOBAL_ROOTS", "global_roots") + `]}`,
		"ca empty":            `{"name":"x","auth_configs":[` + edit(`"ca_set":"GLOBAL_ROOTS"`, ``) + `]}`,
		"ca with two":         `{"name":"x","auth_configs":[` + edit(`"ca_set":`, `"pinned":["AA=="],"ca_set":`) + `]}`,
		"ca pinned nothing":   `{"name":"x","auth_configs":[` + edit(`"ca_set":"GLOBAL_ROOTS"`, `"pinned":[]`) + `]}`,
		"logo text":           `{"name":"x","custom_logo":"` + b64("GIF89a") + `"}`,
		"logo unpadded":       `{"name":"x","custom_logo":"` + strings.TrimRight(b64("\xff\xd8\xff1"), "=") + `"}`,
		"logo data URL":       `{"name":"x","custom_logo":"data:image/png;base64,AAAA"}`,
		"logo in lines":       `{"name":"x","custom_logo":"` + b64("\xff\xd8\xff") + `\n"}`,
		"logo too large":      `{"name":"x","custom_logo":"` + b64("\xff\xd8\xff"+strings.Repeat("x", fortanix.MaxLogoBytes-2)) + `"}`,
	} {
		t.Run("create: "+name, func(t *testing.T) {
			c := *c
			c.t = t
			status := http.StatusBadRequest
			if body == "" {
				status = http.StatusUnsupportedMediaType
			}
			c.refused(status, "POST", "/v1/accounts", body)
		})
	}
	for name, body := range map[string]string{
		"node_enrollment": `{"node_enrollment":{"attestation_enforcement_disabled_insecure":true}}`,
		"component":       `{"component":"DEFAULT"}`,
		"auth_configs":    `{"auth_configs":[` + passwordConfig + `]}`,
		"roles":           `{"roles":["READER"]}`,
		"name null":       `{"name":null}`,
		"logo null":       `{"custom_logo":null}`,
		"group not uuid":  `{"default_group_id":"x"}`,
		"group empty":     `{"marketplace_group_id":""}`,
		"status case":     `{"account_status":"ACTIVE"}`,
		"enabled":         `{"enabled":"true"}`,
		"add as a map":    `{"add_auth_configs":{"` + strangeID + `":` + passwordConfig + `}}`,
		"mod as a list":   `{"mod_auth_configs":[` + passwordConfig + `]}`,
		"mod not uuid":    `{"mod_auth_configs":{"x":` + passwordConfig + `}}`,
		"mod unknown":     `{"mod_auth_configs":{"` + a.ID + `":` + passwordConfig + `}}`,
		"mod incomplete":  `{"mod_auth_configs":{"` + strangeID + `":` + edit(`"client_secret":"s",`, "") + `}}`,
		"mod and del":     `{"mod_auth_configs":{"` + strangeID + `":` + passwordConfig + `},"del_auth_configs":["` + strangeID + `"]}`,
		"del not uuid":    `{"del_auth_configs":["x"]}`,
		"del unknown":     `{"del_auth_configs":["` + a.ID + `"]}`,
		"del twice":       `{"del_auth_configs":["` + strangeID + `","` + strangeID + `"]}`,
		"pcr short":       `{"azure_cvm_pcr_priority":[0,1,2]}`,
		"pcr twice":       `{"azure_cvm_pcr_priority":[0,0,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22]}`,
		"pcr 23":          `{"azure_cvm_pcr_priority":[23,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22]}`,
		"pcr fraction":    `{"azure_cvm_pcr_priority":[0.5,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22]}`,
	} {
		t.Run("update: "+name, func(t *testing.T) {
			c := *c
			c.t = t
			c.refused(http.StatusBadRequest, "PATCH", "/v1/accounts/"+a.ID, body)
		})
	}
	for name, target := range map[string]string{ //nolint:paralleltest // as above
		"id":          "GET /v1/accounts/ACC-1",
		"totals":      "GET /v1/accounts/" + a.ID + "?with_totals=1",
		"query":       "GET /v1/accounts/" + a.ID + "?expand=all",
		"limit":       "GET /v1/accounts?limit=0",
		"limit text":  "GET /v1/accounts?limit=ten",
		"offset":      "GET /v1/accounts?offset=1",
		"previous_id": "GET /v1/accounts?previous_id=x",
		"sort":        "GET /v1/accounts?sort_by=name",
		"scope":       "GET /v1/accounts?scope=ALL",
	} {
		t.Run("read: "+name, func(t *testing.T) {
			c := *c
			c.t = t
			method, path, _ := strings.Cut(target, " ")
			c.refused(http.StatusBadRequest, method, path, "")
		})
	}
	c.want(http.StatusForbidden, "GET", "/v1/accounts?scope=SYSTEM", "")
	c.refused(http.StatusBadRequest, "DELETE", "/v1/accounts/"+a.ID, "{}")
	c.header.Set("Content-Type", "text/plain")
	c.refused(http.StatusUnsupportedMediaType, "POST", "/v1/accounts", `{"name":"x"}`)
	if got := m.All(); len(got) != 1 || compact(t, got[0]) != compact(t, a) {
		t.Errorf("a refused request changed something: %v", got)
	}
}

func TestMethodsAndPaths(t *testing.T) {
	t.Parallel()
	_, c := start(t, fortanix.Options{})
	c.server.Violations()
	for _, target := range []string{
		"PUT /v1/accounts/" + strangeID, "POST /v1/accounts/select_account/" + strangeID, "GET /v1/users", "GET /v1/accounts/" + strangeID + "/x",
	} {
		method, path, _ := strings.Cut(target, " ")
		status, _, _ := c.send(method, path, "")
		if status != http.StatusNotFound && status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", target, status)
		}
		if v := c.server.Violations(); len(v) == 0 {
			t.Errorf("%s: no violation", target)
		}
	}
}

func TestLogos(t *testing.T) {
	t.Parallel()
	for _, image := range []string{
		"\xff\xd8\xff\xe0", "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100), `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`,
		"\xff\xd8\xff" + strings.Repeat("x", fortanix.MaxLogoBytes-3),
	} {
		m, c := start(t, fortanix.Options{})
		a := c.create(`{"name":"a","custom_logo":"` + b64(image) + `"}`)
		if a["custom_logo"] != b64(image) {
			t.Errorf("not as sent: %.60v", a["custom_logo"])
		}
		m.Configure(func(o *fortanix.Options) { o.Logos = fortanix.LogosWrapped })
		wrapped := c.want(http.StatusOK, "GET", path(a), "")["custom_logo"].(string)
		if data, err := base64.StdEncoding.DecodeString(wrapped); wrapped == b64(image) || err != nil || string(data) != image {
			t.Errorf("not wrapped: %.60q %v", wrapped, err)
		}
		if _, sent := c.want(http.StatusOK, "PATCH", path(a), `{"custom_logo":""}`)["custom_logo"]; sent {
			t.Error("not cleared")
		}
		m.Configure(func(o *fortanix.Options) { o.Logos = fortanix.LogosEmpty })
		if got, sent := c.want(http.StatusOK, "GET", path(a), "")["custom_logo"]; !sent || got != "" {
			t.Errorf("none shows as %v", got)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	for mode, want := range map[fortanix.Secrets][2]any{
		fortanix.SecretsReturned: {"s1", b64("key of c1")},
		fortanix.SecretsMasked:   {fortanix.Mask, fortanix.Mask},
		fortanix.SecretsOmitted:  {nil, nil},
	} {
		m, c := start(t, fortanix.Options{Secrets: mode})
		a := c.create(`{"name":"a","auth_configs":[` + oauth("c1", "s1") + `]}`)
		for id, config := range a["auth_configs"].(object) {
			shown := config.(object)["oauth"].(object)
			if got := [2]any{shown["client_secret"], shown["tls"].(object)["required"].(object)["client_key"]}; got != want {
				t.Errorf("mode %d shows %v, want %v", mode, got, want)
			}
			stored, _ := m.Get(a["acct_id"].(string))
			if o := stored.AuthConfigs[id].OAuth; o.ClientSecret != "s1" || o.TLS.Required.ClientKey != b64("key of c1") {
				t.Errorf("mode %d stores %+v", mode, o)
			}
		}
	}
}

func TestEmptyConfigs(t *testing.T) {
	t.Parallel()
	_, c := start(t, fortanix.Options{EmptyConfigs: true})
	if got := compact(t, c.create(`{"name":"a"}`)["auth_configs"]); got != "{}" {
		t.Errorf("auth_configs %s", got)
	}
}
