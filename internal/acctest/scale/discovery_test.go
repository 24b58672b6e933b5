package scale_test

import (
	"reflect"
	"slices"
	"testing"
)

// TestDiscovery finds two hundred random accounts of each kind, and imports each: a listed account is what an import and
// a read give, its values are a valid configuration, and with that nothing is to be done.
func TestDiscovery(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k kind, s *site) {
		t.Helper()
		k.random(s, 200)
		p := provider(t, s)
		listed, said := p.List(k.resource, Values{}, 0, true)
		if len(said) > 0 {
			t.Fatal(said)
		}
		var found []string
		for _, one := range listed {
			found = append(found, one.ID)
		}
		there := k.ids(s)
		slices.Sort(found)
		slices.Sort(there)
		if !slices.Equal(found, there) || len(there) < 200 {
			t.Errorf("%d accounts are listed of %d", len(found), len(there))
		}
		if some, _ := p.List(k.resource, Values{}, 7, false); len(some) != 7 {
			t.Errorf("a limit of 7 gave %d", len(some))
		}
		other := provider(t, s)
		for i, one := range listed {
			if one.DisplayName == "" {
				t.Errorf("%s has no display name", one.ID)
			}
			r := other.Resource(k.resource)
			if said := r.ImportIdentity(one.ID); len(said) > 0 {
				t.Fatalf("%s: %s", one.DisplayName, said)
			}
			if !reflect.DeepEqual(one.Values, r.State()) {
				t.Fatalf("%s:\nlisted   %v\nimported %v", one.DisplayName, one.Values, r.State())
			}
			plan := r.Plan(k.configuration(one.Values))
			if plan.Action != "" || len(plan.Diagnostics) > 0 {
				t.Fatalf("%d, %s: %q is to be done\nstate %v\nplan  %v\n%s", i, one.DisplayName, plan.Action, r.State(), plan.Values, plan.Diagnostics)
			}
		}
	})
}
