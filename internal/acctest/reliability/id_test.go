package reliability_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

var hostileIDs = []string{
	"", " ", "0", "-1", "+1", "01", "1e3", "1.0", "7310004", "99999999999999999999", "ACC-1234-5678", "acc-1234-5678", "ACC-1234-5678\n",
	"ACC-1234-5678/x",
	"11111111-2222-4333-8444-555555555555", "11111111222243338444555555555555", "{11111111-2222-4333-8444-555555555555}", "..", "../users",
	"1/2", "1?x=1",
	"1#x", "1%2F2", "me", "create", `1"`, `${file("x")}`, "%{if true}", "１２", "١٢", "1\x00", "😀", "\u202e1", "\xff",
}

// FuzzImportID: an id that is accepted stands for itself in a path, and in HCL.
func FuzzImportID(f *testing.F) {
	for _, id := range hostileIDs {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		for vendor, valid := range map[string]func(string) error{
			"Gcore": gcore.ValidID, "SoftwareOne": softwareone.ValidID, "Fortanix": fortanix.ValidID,
		} {
			if valid(id) == nil && (id == "" || url.PathEscape(id) != id || strings.Trim(id, ".") == "" || account.QuoteHCL(id) != `"`+id+`"`) {
				t.Errorf("%s takes %q for an id", vendor, id)
			}
		}
	})
}

// An import of what can't be an id is refused before anything is sent.
func TestImportOfNoID(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		for _, id := range append(hostileIDs, "", "7310004x", "ACC-1234-567", "11111111-2222-4333-8444-55555555555g") {
			w.server.Reset()
			r := w.Resource(s.typeName)
			said := r.Import(id)
			if len(said.Errors()) != 1 || r.State() != nil && w.server.Count("GET *") == 0 {
				t.Errorf("%q: %s, state %v", id, said, r.State())
			}
			for _, request := range w.server.Requests() {
				if request.Method == "GET" && strings.ContainsAny(id, "/?#%\" .") {
					t.Errorf("%q was asked for: %s?%s", id, request.Path, request.Query)
				}
			}
		}
	})
}
