package scale_test

import (
	"reflect"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// settled reads all resources in a new process and checks that nothing is to be done.
func (k kind) settled(t *testing.T, p *acctest.Protocol, resources []*acctest.Resource) {
	t.Helper()
	p.Restart()
	for _, r := range resources {
		r.Settled(k.configuration(r.State()))
		if t.Failed() {
			return
		}
	}
}

// TestListingRefused reads accounts at a vendor whose listings fail: one by one, and nothing is to be done.
func TestListingRefused(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.resource, func(t *testing.T) {
			t.Parallel()
			for _, status := range []int{403, 500} {
				s := k.open(t)
				const n = 12
				names, ids := k.seedMany(s, n)
				p := provider(t, s)
				resources := k.imported(t, p, idsOf(ids, names))
				for _, c := range k.collections {
					s.Inject(mockserver.Fault{On: c.list, Status: status, Body: "{}"})
				}
				s.Reset()
				k.settled(t, p, resources)
				for _, c := range k.collections {
					if got := s.Count(c.list + "/*"); got != n {
						t.Errorf("HTTP %d: %d accounts took %d single reads of %s", status, n, got, c.list)
					}
				}
			}
		})
	}
}

func idsOf(ids map[string]string, names []string) (out []string) {
	for _, name := range names {
		out = append(out, ids[name])
	}
	return out
}

// TestPartialListing reads accounts through listings that leave out what only some of the accounts have, and not the first
// ones, which tell the provider what listings hold. An import gives what a single read gives, and nothing is to be done.
func TestPartialListing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		const plain, rich = 6, 30
		names, byName := k.seedMany(s, plain)
		ids := idsOf(byName, names)
		before := map[string]bool{}
		for _, id := range k.ids(s) {
			before[id] = true
		}
		k.random(s, rich)
		for _, id := range k.ids(s) {
			if !before[id] {
				ids = append(ids, id)
			}
		}
		single := acctest.StartProtocol(t, s.env, Values{"bulk_reads": false})
		want := k.imported(t, single, ids)
		switch {
		case s.gcore != nil:
			s.gcore.Configure(func(o *gcore.Options) {
				o.PartialLists, o.OmitNulls = []string{"custom_id", "seller", "country_code"}, true
			})
		case s.softwareone != nil:
			s.softwareone.Configure(func(o *softwareone.Options) { o.PartialList = []string{"externalId", "website", "address"} })
		case s.fortanix != nil:
			s.fortanix.Configure(func(o *fortanix.Options) { o.PartialList = true })
		}
		p := provider(t, s)
		for i, r := range k.imported(t, p, ids) {
			if !reflect.DeepEqual(r.State(), want[i].State()) {
				t.Fatalf("account %d of %d:\nimported    %v\nread singly %v", i, len(ids), r.State(), want[i].State())
			}
		}
		k.settled(t, p, k.imported(t, p, ids))
	})
}
