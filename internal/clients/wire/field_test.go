package wire_test

import (
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type address struct {
	City wire.Field[string] `json:"city,omitzero"`
}

type account struct {
	Name    wire.Field[string]   `json:"name,omitzero"`
	Seller  wire.Field[int64]    `json:"seller,omitzero"`
	IsTest  wire.Field[bool]     `json:"is_test,omitzero"`
	Groups  wire.Field[[]string] `json:"groups,omitzero"`
	Address wire.Field[address]  `json:"address,omitzero"`
}

// TestField: left out, null, the zero value and a value stay apart, there and back.
func TestField(t *testing.T) {
	t.Parallel()
	text := "x"
	for want, in := range map[string]account{
		`{}`: {},
		`{"name":null,"seller":null,"is_test":null,"groups":null,"address":null}`: {
			Name: wire.Null[string](), Seller: wire.Pointer[int64](nil), IsTest: wire.Null[bool](), Groups: wire.Null[[]string](),
			Address: wire.Null[address](),
		},
		`{"name":"","seller":0,"is_test":false,"groups":[],"address":{}}`: {
			Name: wire.Value(""), Seller: wire.Value[int64](0), IsTest: wire.Value(false), Groups: wire.Value([]string{}),
			Address: wire.Value(address{}),
		},
		`{"name":"x","seller":7310004,"is_test":true,"groups":["a"],"address":{"city":null}}`: {
			Name: wire.Pointer(&text), Seller: wire.Value[int64](7310004), IsTest: wire.Value(true), Groups: wire.Value([]string{"a"}),
			Address: wire.Value(address{City: wire.Null[string]()}),
		},
	} {
		raw, err := json.Marshal(in)
		if err != nil || string(raw) != want {
			t.Errorf("got %s, %v, want %s", raw, err, want)
		}
		var back account
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Error(err)
		}
		if again, err := json.Marshal(back); err != nil || string(again) != want {
			t.Errorf("back and forth: %s, %v, want %s", again, err, want)
		}
	}
}

func TestFieldGet(t *testing.T) {
	t.Parallel()
	if value, sent := (wire.Field[string]{}).Get(); value != nil || sent || !(wire.Field[string]{}).IsZero() {
		t.Error("the zero field is left out")
	}
	if value, sent := wire.Null[string]().Get(); value != nil || !sent || wire.Null[string]().IsZero() {
		t.Error("null is sent")
	}
	if value, sent := wire.Value("x").Get(); value == nil || *value != "x" || !sent {
		t.Error("a value is sent")
	}
	// Null over a value is null.
	field := wire.Value("x")
	if err := json.Unmarshal([]byte("null"), &field); err != nil {
		t.Error(err)
	}
	if value, sent := field.Get(); value != nil || !sent {
		t.Error("null replaces the value")
	}
	if err := json.Unmarshal([]byte("1"), &field); err == nil {
		t.Error("a number is no string")
	}
}
