package reliability_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// Ten resources at once, as Terraform runs them, outlast a vendor that refuses most of what it is asked.
func TestStorm(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		const resources, refusals = 10, 40
		w := s.open(t, 0)
		w.server.Inject(
			mockserver.Fault{On: s.post, Times: refusals, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}},
			mockserver.Fault{On: "GET *", Times: refusals, Status: http.StatusTooManyRequests},
		)
		all := make([]*acctest.Resource, resources)
		said := make([]acctest.Diagnostics, resources)
		name := func(i int) string { return fmt.Sprintf("acme-%d", i) }
		var group sync.WaitGroup
		for i := range all {
			all[i] = w.Resource(s.typeName)
			group.Go(func() { said[i] = all[i].Apply(s.called(name(i))) })
		}
		group.Wait()
		for i, r := range all {
			if len(said[i]) > 0 {
				t.Error(said[i])
			}
			w.created(t, r, name(i))
		}
		w.posts(t, s, resources+refusals, resources+refusals)
	})
}

// max_requests_per_second holds for each vendor: so many requests take so long, by a clock that moves only when the
// provider waits.
func TestRateLimit(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		const perSecond, reads = 0.1, 10
		w := s.open(t, 0)
		r := w.Resource(s.typeName)
		r.Applied(s.called("acme"))
		clock := &acctest.Clock{}
		name, _, _ := strings.Cut(s.typeName, "_")
		p := acctest.StartProtocol(t, w.env, Values{name: Values{"max_requests_per_second": perSecond}}, provider.WithClock(clock))
		w.server.Reset()
		slow := p.Resource(s.typeName)
		started := clock.Now()
		if said := slow.Import(r.ID()); len(said) > 0 {
			t.Fatal(said)
		}
		for range reads {
			slow.Refresh()
		}
		n := len(w.server.Requests())
		if took, least := clock.Now().Sub(started), time.Duration(float64(n-1)/perSecond)*time.Second; n < 2 || took < least {
			t.Errorf("%d requests took %v, which is less than %v", n, took, least)
		}
	})
}
