package wire_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

// compared returns the fields that differ when each of sent is compared with shown.
func differs[T comparable](sent, shown wire.Field[T], equal func(a, b T) bool) *wire.Difference {
	var all wire.Differences
	wire.Compare(&all, "field", sent, shown, equal)
	switch len(all) {
	case 0:
		return nil
	case 1:
		return &all[0]
	}
	panic("two differences")
}

// TestCompare: null equals the zero value, and nothing can be told of what was not sent or is not shown.
func TestCompare(t *testing.T) {
	t.Parallel()
	absent, null, empty := wire.Field[string]{}, wire.Null[string](), wire.Value("")
	a, b := wire.Value("a"), wire.Value("A")
	for _, tt := range []struct {
		sent, shown wire.Field[string]
		differ      bool
	}{
		{absent, absent, false}, {absent, null, false}, {absent, a, false}, {null, absent, false}, {a, absent, false},
		{null, null, false}, {null, empty, false}, {empty, null, false}, {empty, empty, false},
		{null, a, true}, {a, null, true}, {empty, a, true}, {a, empty, true}, {a, b, true}, {a, a, false},
	} {
		difference := differs(tt.sent, tt.shown, wire.Exactly)
		if (difference != nil) != tt.differ {
			t.Errorf("%+v, %+v: %+v", tt.sent, tt.shown, difference)
		}
	}
	if differs(a, b, strings.EqualFold) != nil || differs(a, wire.Value("c"), strings.EqualFold) == nil {
		t.Error("the vendor's own equality counts")
	}
	if differs(wire.Null[bool](), wire.Value(false), wire.Exactly) != nil ||
		differs(wire.Null[bool](), wire.Value(true), wire.Exactly) == nil ||
		differs(wire.Value[int64](0), wire.Null[int64](), wire.Exactly) != nil ||
		differs(wire.Value[int64](7), wire.Value[int64](8), wire.Exactly) == nil {
		t.Error("null equals false and 0")
	}
	// Its own equality is asked about the zero value in place of null.
	if differs(null, wire.Value(" "), func(a, b string) bool { return strings.TrimSpace(a) == strings.TrimSpace(b) }) != nil {
		t.Error("null is not compared as the zero value")
	}
}

// TestNotKeptError: it shows both values, as much as a person reads and a terminal takes.
func TestNotKeptError(t *testing.T) {
	t.Parallel()
	var all wire.Differences
	wire.Compare(&all, "name", wire.Value("a"), wire.Value("b"), wire.Exactly)
	wire.Compare(&all, "kept", wire.Value("a"), wire.Value("a"), wire.Exactly)
	wire.Compare(&all, "lang", wire.Value("de"), wire.Null[string](), wire.Exactly)
	wire.Compare(&all, "seller", wire.Value[int64](7), wire.Value[int64](8), wire.Exactly)
	got := (&wire.NotKeptError{Vendor: "Gcore", Differences: all}).Error()
	if got != `Gcore accepted the change, but then showed `+
		`"b" for name instead of "a"; null for lang instead of "de"; 8 for seller instead of 7` {
		t.Errorf("got %s", got)
	}
	difference := differs(wire.Value("<&>"), wire.Value("x\x1b[2J\u202e\n"+strings.Repeat("ä", 1_000_000)), wire.Exactly)
	got = (&wire.NotKeptError{Vendor: "Gcore", Differences: wire.Differences{*difference}}).Error()
	if len(got) > 400 || strings.ContainsAny(got, "\x1b\n\u202e") || !strings.Contains(got, `"<&>"`) || !strings.Contains(got, "ää…") {
		t.Errorf("got %d bytes: %q", len(got), got)
	}
	if fields := slices.Collect(func(yield func(string) bool) {
		for _, d := range all {
			yield(d.Field)
		}
	}); !slices.Equal(fields, []string{"name", "lang", "seller"}) {
		t.Errorf("fields are %q", fields)
	}
}
