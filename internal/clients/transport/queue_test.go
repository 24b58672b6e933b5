package transport

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPauseComeAndGone: a pause that began and ended while an earlier one was sat out is none.
func TestPauseComeAndGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(SystemClock{}, 1)
		for range 2 { // the second has to wait for its turn
			if failure := q.wait(t.Context()); failure != nil {
				t.Fatal(failure)
			}
			go func() {
				time.Sleep(500 * time.Millisecond)
				q.pause(100 * time.Millisecond)
			}()
		}
		started := time.Now()
		if failure := q.wait(t.Context()); failure != nil || time.Since(started) > 3*time.Second {
			t.Errorf("waited %v, %v", time.Since(started), failure)
		}
	})
}
