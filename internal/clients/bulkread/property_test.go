package bulkread

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A deed is what a worker does in a scenario.
type deed string

const (
	read    deed = "read"
	update  deed = "update"             // the vendor's reply is known
	lost    deed = "update, reply lost" // the vendor has acted, which its client can't know
	refused deed = "update, not carried out"
	remove  deed = "remove"
	foreign deed = "update by another actor"
)

type step struct {
	Deed    deed
	ID      string
	Pause   time.Duration // before the step
	Timeout time.Duration // of a read; 0 = none
}

// A scenario is one run of concurrent workers against a vendor.
type scenario struct {
	Paging       paging
	Things       int
	PageSize     int
	MaxLimit     int
	Unlisted     map[string]bool
	Partial, Lag bool
	FailPage     int
	FailGets     int // every nth single read fails; 0 = none
	Latencies    []time.Duration
	Workers      [][]step
	Undisturbed  bool // nothing happens that may end the use of the listing
}

func milliseconds(least, most int) *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.IntRange(least, most), func(n int) time.Duration {
		return time.Duration(n) * time.Millisecond
	})
}

func drawScenario(t *rapid.T, p paging) scenario {
	s := scenario{
		Paging:      p,
		Things:      rapid.IntRange(0, 60).Draw(t, "things"),
		PageSize:    rapid.IntRange(1, 12).Draw(t, "page size"),
		MaxLimit:    rapid.IntRange(0, 12).Draw(t, "max limit"),
		Lag:         rapid.Bool().Draw(t, "lag"),
		Latencies:   rapid.SliceOfN(milliseconds(1, 100), 1, 20).Draw(t, "latencies"),
		Undisturbed: rapid.Bool().Draw(t, "undisturbed"),
		Unlisted:    map[string]bool{},
	}
	// Some ids beyond the existing ones: they can't be found until they are created.
	ids := rapid.Map(rapid.IntRange(0, s.Things+2), func(n int) string { return fmt.Sprint(n) })
	for _, id := range rapid.SliceOfN(ids, 0, 5).Draw(t, "unlisted") {
		s.Unlisted[id] = true
	}
	deeds := []deed{read, read, read, read, read, update, lost, refused, remove}
	pauses := milliseconds(0, 50)
	if rapid.Bool().Draw(t, "rush") {
		pauses = milliseconds(0, 0)
	}
	timeouts := rapid.Just(time.Duration(0))
	if !s.Undisturbed {
		s.Partial = rapid.IntRange(0, 3).Draw(t, "partial") == 0
		s.FailPage = rapid.IntRange(0, 5).Draw(t, "failing page")
		s.FailGets = rapid.IntRange(0, 5).Draw(t, "failing gets")
		deeds = append(deeds, foreign)
		pauses = rapid.OneOf(pauses, pauses, pauses, milliseconds(0, 90_000))
		timeouts = rapid.OneOf(timeouts, milliseconds(0, 150))
	}
	if rapid.Bool().Draw(t, "reads only") {
		deeds = []deed{read}
	}
	workers := rapid.SampledFrom([]int{1, 2, 5, 10}).Draw(t, "workers")
	s.Workers = make([][]step, workers)
	for i := range rapid.IntRange(0, 120).Draw(t, "steps") {
		next := step{
			Deed:  rapid.SampledFrom(deeds).Draw(t, "deed"),
			ID:    ids.Draw(t, "id"),
			Pause: pauses.Draw(t, "pause"),
		}
		worker := i % workers
		if next.Deed == read {
			next.Timeout = timeouts.Draw(t, "timeout")
		} else {
			worker = int(next.ID[len(next.ID)-1]) % workers // writes of one id do not overlap
		}
		s.Workers[worker] = append(s.Workers[worker], next)
	}
	return s
}

// A run is a scenario under way.
type run struct {
	scenario
	vendor *vendor
	reader *Reader[thing]

	mu      sync.Mutex
	written map[string]int // what our last completed write of an id has left: reads show no older version
	touched map[string]bool
	faults  []string
}

func (r *run) faultf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}

func (r *run) do(s step) {
	time.Sleep(s.Pause)
	if s.Deed == read {
		r.read(s)
		return
	}
	if s.Deed == foreign {
		if r.vendor.exists(s.ID) {
			r.vendor.change(s.ID)
		}
		return
	}
	r.mu.Lock()
	r.touched[s.ID] = true
	r.mu.Unlock()
	r.reader.Dirty(s.ID)
	time.Sleep(s.Pause)
	version := 0
	switch s.Deed {
	case update:
		v := r.vendor.change(s.ID)
		version = v.Version
		time.Sleep(s.Pause)
		r.reader.Written(s.ID, v)
	case lost:
		version = r.vendor.change(s.ID).Version
		time.Sleep(s.Pause)
		r.reader.Dirty(s.ID)
	case remove:
		version = r.vendor.remove(s.ID)
		time.Sleep(s.Pause)
		r.reader.Dirty(s.ID)
	}
	if version != 0 {
		r.mu.Lock()
		r.written[s.ID] = version
		r.mu.Unlock()
	}
}

func (r *run) read(s step) {
	ctx := context.Background()
	if s.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Timeout)
		defer cancel()
	}
	r.mu.Lock()
	least := r.written[s.ID]
	r.mu.Unlock()

	v, err := r.reader.Get(ctx, s.ID, nil)

	if err != nil {
		r.vendor.mu.Lock()
		var failed *failure
		own := r.vendor.failures[err] && errors.As(err, &failed) && failed.id == s.ID
		r.vendor.mu.Unlock()
		if !own && (ctx.Err() == nil || !errors.Is(err, ctx.Err())) {
			r.faultf("read of %s: an error that is not its own: %v", s.ID, err)
		}
		return
	}
	r.vendor.mu.Lock()
	now, exists := r.vendor.things[s.ID]
	r.vendor.mu.Unlock()
	switch {
	case v.ID != s.ID:
		r.faultf("read of %s: got %s", s.ID, v.ID)
	case v.Version < least:
		r.faultf("read of %s: stale: version %d after our write of %d", s.ID, v.Version, least)
	case exists && v.Version > now.Version:
		r.faultf("read of %s: version %d is made up", s.ID, v.Version)
	case v.Detail != detail:
		r.faultf("read of %s: a list item that lacks fields was served", s.ID)
	}
}

// checkRequests checks the bound that the package comment states.
func (r *run) checkRequests() {
	reads := 0
	for _, steps := range r.Workers {
		for _, s := range steps {
			if s.Deed == read {
				reads++
			}
		}
	}
	things := len(r.vendor.order) // with those that were created or removed
	size := r.PageSize
	if r.MaxLimit > 0 {
		size = min(size, r.MaxLimit)
	}
	pages := max(1, (things+size-1)/size)
	if r.Paging != offsets {
		pages = things/size + 1 // only a page that is not full is known to be the last one
	}
	for at, times := range r.vendor.listings {
		if times > 1 {
			r.faultf("listing: page at %q was requested %d times", at, times)
		}
	}
	if got := r.vendor.pages(); got > min(reads, pages) {
		r.faultf("listing: %d pages requested for %d reads of %d pages", got, reads, pages)
	}
	if got := len(r.vendor.gets); got > reads {
		r.faultf("%d single reads for %d reads", got, reads)
	}
	if !r.Undisturbed {
		return
	}
	unanswerable := 0
	for _, id := range r.vendor.gets {
		if !r.vendor.listed[id] || r.touched[id] {
			unanswerable++
		}
	}
	if got, most := r.vendor.requests(), 2*min(reads, pages)+unanswerable+4; got > most {
		r.faultf("%d requests for %d reads of %d pages, %d of them of what the listing can't answer: more than %d",
			got, reads, pages, unanswerable, most)
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	for _, p := range pagings {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := drawScenario(t, p)
				rapid.SyncTest(t, func(t *rapid.T) {
					for _, fault := range play(s) {
						t.Error(fault)
					}
				})
			})
		})
	}
}

// play runs s to its end and returns what was wrong.
func play(s scenario) []string {
	v := newVendor(s.Paging, s.Things)
	v.maxLimit, v.partial, v.lag, v.unlisted, v.failPage = s.MaxLimit, s.Partial, s.Lag, s.Unlisted, s.FailPage
	v.latency = func(n int) time.Duration { return s.Latencies[n%len(s.Latencies)] }
	if s.FailGets > 0 {
		v.failGet = func(n int) bool { return n%s.FailGets == 0 }
	}
	r := &run{scenario: s, vendor: v, written: map[string]int{}, touched: map[string]bool{}}
	warnings := 0
	src := v.source(s.PageSize)
	src.Warn = func(context.Context, string) { warnings++ }
	r.reader = New(src)

	var workers sync.WaitGroup
	for _, steps := range s.Workers {
		workers.Go(func() {
			for _, s := range steps {
				r.do(s)
			}
		})
	}
	workers.Wait()
	time.Sleep(time.Minute) // a listing that nobody waits for may still be under way, but not for ever
	r.checkRequests()
	if warnings > 1 || warnings > 0 && s.Undisturbed {
		r.faultf("%d warnings", warnings)
	}
	return r.faults
}
