package reliability_test

import (
	"sync"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

// Two runs at once that create the same account end in one, where names are unique. The other run learns its id.
func TestTwoRuns(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		processes := []*acctest.Protocol{w.Protocol, w.Protocol}
		if !s.namesRepeat { // only one process keeps them apart
			other := acctest.StartProtocol(t, w.env, nil)
			processes[1] = other
		}
		var group sync.WaitGroup
		runs := make([]*acctest.Resource, len(processes))
		said := make([]acctest.Diagnostics, len(processes))
		for i, p := range processes {
			runs[i] = p.Resource(s.typeName)
			group.Go(func() { said[i] = runs[i].Apply(s.called("acme")) })
		}
		group.Wait()
		first := 0
		if runs[first].State() == nil {
			first = 1
		}
		w.created(t, runs[first], "acme")
		if runs[1-first].State() != nil {
			t.Errorf("both have one: %v", runs[1-first].State())
		}
		said[1-first].Errors().Contain(t, "exists already", importBlock(s.typeName, runs[first].ID()))
	})
}
