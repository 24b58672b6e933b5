package main

import (
	"testing"
	"time"
)

func TestMiddleTakesTheMedianTimeAndTheLargestPeak(t *testing.T) {
	t.Parallel()
	got := middle([]cost{
		{took: 3 * time.Second, requests: 3, provider: usage{peak: 10}},
		{took: 9 * time.Second, requests: 9, provider: usage{peak: 30}},
		{took: 4 * time.Second, requests: 4, provider: usage{peak: 20}},
	})
	if want := (cost{took: 4 * time.Second, requests: 4, provider: usage{peak: 30}}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRatiosAndRoundTrips(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{ratio(3*time.Second, 2*time.Second), "1.50"},
		{ratio(int64(1), 2), "0.50"},
		{roundTrips(750*time.Millisecond, 300*time.Millisecond), "2.5"},
		{roundTrips(time.Second, 0), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
