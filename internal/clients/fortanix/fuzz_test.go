package fortanix

import (
	"encoding/json"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Whatever a server sends, a listing is either refused or holds accounts with valid ids, and no secrets.
func FuzzListing(f *testing.F) {
	const id = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
	for _, seed := range []string{
		`{"items":[]}`, `{}`, `null`, `[]`, `{"items":null}`, `{"items":[null]}`, `{"items":[{"acct_id":"../x"}]}`,
		`{"items":[{"acct_id":"` + id + `","name":"A","created_at":1767225600123,"custom_logo":"iVBORw0KGgo=","component":"X"}]}`,
		`{"items":[{"acct_id":"` + id + `","created_at":-1e15}]}`,
		`{"items":[{"acct_id":"` + id + `","auth_configs":{"` + id + `":{"oauth":{"idp_name":"A","client_id":"1","client_secret":"s",` +
			`"tls":{"required":{"validate_hostname":true,"client_key":"k","ca":{"pinned":["YQ=="]}}}}},"y":{"password":{}},"z":null}}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		reply := listReply{scrubber: &transport.Scrubber{}}
		if json.Unmarshal(raw, &reply) != nil {
			return
		}
		for _, account := range reply.accounts {
			if err := ValidID(account.ID); err != nil {
				t.Errorf("account with id %q", account.ID)
			}
			if !sameAccount(account, account.withoutLogoText()) {
				t.Error("an account differs from itself without the text of its logo")
			}
			for _, config := range account.AuthConfigs {
				if o := config.OAuth; o != nil && (!o.ClientSecret.IsEmpty() || o.TLS.Required != nil && !o.TLS.Required.ClientKey.IsEmpty()) {
					t.Error("a secret is kept")
				}
			}
			update := AuthConfigsUpdate{Want: account.AuthConfigs, Have: account.AuthConfigs}
			if changes := update.Changes(account.AuthConfigs); len(changes.Modify)+len(changes.Delete) > 0 {
				t.Errorf("an account differs from itself: %+v", changes)
			}
		}
	})
}

func FuzzBase64(f *testing.F) {
	for _, seed := range []string{"", "YQ==", "YQ", "Y Q\n=\t=", "-_8=", "+/8=", "====", "data:image/png;base64,AA==", "\u00a0YQ=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		canonical := canonicalBase64(text)
		if canonicalBase64(canonical) != canonical {
			t.Errorf("%q becomes %q and then %q", text, canonical, canonicalBase64(canonical))
		}
		if !NewLogo(text).Same(NewLogo(canonical)) {
			t.Errorf("%q and %q are different logos", text, canonical)
		}
		_ = CheckLogo(text)
	})
}

func FuzzValidID(f *testing.F) {
	for _, seed := range []string{
		"6ba7b810-9dad-41d1-80b4-00c04fd430c8", "../..", "6ba7b810-9dad-41d1-80b4-00c04fd430c8\n", "${x}", `"`, "%2f",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if ValidID(id) == nil && accountPath(id) != accountsPath+"/"+id {
			t.Errorf("%q needs escaping", id)
		}
	})
}

// A listing is trusted as long as it shows what single reads have shown, except for what no resource uses.
func TestSameAccount(t *testing.T) {
	t.Parallel()
	one, other := "1", "2"
	for name, tt := range map[string]struct {
		change func(*Account)
		same   bool
	}{
		"the spelling of the id": {func(a *Account) { a.ID = "AB" }, true},
		"no roles":               {func(a *Account) { a.Roles = nil }, true},
		"another membership":     {func(a *Account) { a.Status = &other }, true},
		"totals":                 {func(a *Account) { a.Totals = &Totals{Nodes: 1} }, true},
		"no text of the logo":    {func(a *Account) { *a = a.withoutLogoText() }, true},
		"an empty priority":      {func(a *Account) { a.AzureCVMPCRPriority = []int64{} }, true},
		"no name":                {func(a *Account) { a.Name = "" }, false},
		"another logo":           {func(a *Account) { a.CustomLogo = NewLogo("bG9ndQ==") }, false},
		"no auth configs":        {func(a *Account) { a.AuthConfigs = nil }, false},
		"no group":               {func(a *Account) { a.DefaultGroupID = nil }, false},
		"another group":          {func(a *Account) { a.DefaultGroupID = &other }, false},
		"a priority":             {func(a *Account) { a.AzureCVMPCRPriority = []int64{1} }, false},
		"a node enrollment":      {func(a *Account) { a.NodeEnrollment = &NodeEnrollment{} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			group := "1"
			read := Account{
				ID: "ab", Name: "Acme", Roles: []string{"READER"}, Status: &one, CustomLogo: NewLogo("bG9nbw=="), DefaultGroupID: &one,
				AuthConfigs: []AuthConfig{{ID: "1", Password: &PasswordAuth{}}},
			}
			listed := read
			listed.DefaultGroupID, listed.AuthConfigs = &group, []AuthConfig{{ID: "1", Password: &PasswordAuth{}}}
			tt.change(&listed)
			if got := sameAccount(read, listed); got != tt.same {
				t.Errorf("same: %t, want %t", got, tt.same)
			}
		})
	}
}
