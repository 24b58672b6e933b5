package fortanix_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

func TestAuthConfigChanges(t *testing.T) {
	t.Parallel()
	withID := func(id string, a fortanix.AuthConfig) fortanix.AuthConfig {
		a.ID = id
		return a
	}
	a, b := oauth("A", "1", "s"), oauth("B", "1", "s")
	pinned := func(texts ...string) fortanix.AuthConfig {
		c := oauth("A", "1", "s")
		c.OAuth.TLS = fortanix.TLS{Mode: fortanix.TLSRequired, Required: &fortanix.TLSRequiredOptions{
			CA: fortanix.CA{Pinned: texts}, ClientKey: transport.NewSecret("shown nowhere"),
		}}
		return c
	}
	list := func(configs ...fortanix.AuthConfig) []fortanix.AuthConfig { return configs }
	tests := map[string]struct {
		have, want []fortanix.AuthConfig
		resend     []fortanix.AuthKey
		changes    string // e.g. "+1 ~x,y -z"
	}{
		"nothing":                     {nil, nil, nil, "+0 ~ -"},
		"the same, reordered":         {list(withID("x", a), withID("y", b)), list(b, a), nil, "+0 ~ -"},
		"added":                       {nil, list(a, b), nil, "+2 ~ -"},
		"deleted":                     {list(withID("x", a), withID("y", b)), list(b), nil, "+0 ~ -x"},
		"another client is another":   {list(withID("x", a)), list(oauth("A", "2", "s")), nil, "+1 ~ -x"},
		"modified":                    {list(withID("x", password(true))), list(password(false)), nil, "+0 ~x -"},
		"secret changed":              {list(withID("x", a), withID("y", b)), list(a, b), []fortanix.AuthKey{b.Key()}, "+0 ~y -"},
		"TLS changed":                 {list(withID("x", a)), list(pinned(b64("1"))), nil, "+0 ~x -"},
		"certificate in lines":        {list(withID("x", pinned("YWJj\r\nZGVm"))), list(pinned("YWJjZGVm")), nil, "+0 ~ -"},
		"certificate added":           {list(withID("x", pinned(b64("1")))), list(pinned(b64("1"), b64("2"))), nil, "+0 ~x -"},
		"twice at the server":         {list(withID("x", password(true)), withID("y", password(false))), list(password(false)), nil, "+0 ~ -x"},
		"unknown kinds are left":      {list(fortanix.AuthConfig{ID: "x"}), nil, nil, "+0 ~ -"},
		"unknown kinds don't match":   {list(fortanix.AuthConfig{ID: "x"}), list(password(true)), nil, "+1 ~ -"},
		"references by their targets": {list(withID("x", cluster("1"))), list(cluster("2")), nil, "+1 ~ -x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changes := fortanix.AuthConfigsUpdate{Want: tt.want, Resend: tt.resend, Have: tt.have}.Changes(tt.have)
			got := "+" + string(rune('0'+len(changes.Add))) + " ~" + strings.Join(slices.Sorted(maps.Keys(changes.Modify)), ",") +
				" -" + strings.Join(changes.Delete, ",")
			if got != tt.changes {
				t.Errorf("got %s, want %s", got, tt.changes)
			}
		})
	}
}

// Made at a server, the changes lead to what is wanted, and touch nothing that the caller hasn't seen.
func TestAuthConfigChangesLeadThere(t *testing.T) {
	t.Parallel()
	all := []fortanix.AuthConfig{
		password(true), password(false), cluster("x"), cluster("y"), oauth("A", "1", "s"), oauth("B", "1", "s"), oauth("A", "2", "s"), {},
	}
	other := oauth("A", "1", "s")
	other.OAuth.IDPIconURL = "https://elsewhere.example"
	some := rapid.SliceOfN(rapid.SampledFrom(append(all, other)), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		server := map[string]fortanix.AuthConfig{}
		var has []fortanix.AuthConfig
		for i, a := range some.Draw(t, "has") {
			a.ID = fmt.Sprint(i)
			server[a.ID] = a
			has = append(has, a)
		}
		before := maps.Clone(server)
		seen := map[fortanix.AuthKey]bool{{}: true}
		update := fortanix.AuthConfigsUpdate{Want: slices.DeleteFunc(some.Draw(t, "want"), func(a fortanix.AuthConfig) bool {
			defer func() { seen[a.Key()] = true }()
			return seen[a.Key()]
		})}
		known := rapid.SliceOfN(rapid.Bool(), len(has), len(has)).Draw(t, "known")
		for i, a := range has {
			if known[i] {
				update.Have = append(update.Have, a)
			}
		}
		if len(update.Want) > 0 && rapid.Bool().Draw(t, "resend") {
			update.Resend = append(update.Resend, update.Want[0].Key())
		}

		changes := update.Changes(has)
		for id, a := range changes.Modify {
			if before[id].Key() != a.Key() || before[id].Same(a) && !slices.Contains(update.Resend, a.Key()) {
				t.Fatalf("%+v is modified to %+v", before[id], a)
			}
			server[id] = a
		}
		for _, id := range changes.Delete {
			key := before[id].Key()
			if !slices.ContainsFunc(update.Have, func(a fortanix.AuthConfig) bool { return a.Key() == key }) || changes.Modify[id].Key() == key {
				t.Fatalf("%+v is deleted", before[id])
			}
			delete(server, id)
		}
		for i, a := range changes.Add {
			server[fmt.Sprint("new", i)] = a
		}
		left := slices.Collect(maps.Values(server))
		for _, a := range update.Want {
			if !slices.ContainsFunc(left, a.Same) {
				t.Fatalf("%+v is wanted, and %+v is there", a, left)
			}
		}
		if again := update.Changes(slices.Collect(maps.Values(server))); len(again.Add)+len(again.Delete) > 0 {
			t.Fatalf("made once, the changes leave %+v to be made", again)
		}
	})
}
