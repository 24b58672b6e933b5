package gcore_test

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/gcore"
)

func TestTokenExpiry(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	for payload, want := range map[string]int64{
		`{"exp":1700000000}`: 1700000000, `{"exp":1.7e9,"user_id":7}`: 1700000000, `{"exp":null}`: 0, `{"exp":0}`: 0, `{"exp":-5}`: 0,
		`{"exp":"soon"}`: 0, `{}`: 0, `[]`: 0, ``: 0, `{"exp":1700000000.5}`: 0,
	} {
		got, ok := gcore.TokenExpiry("e30." + encode([]byte(payload)) + ".sig")
		if ok != (want > 0) || ok && !got.Equal(time.Unix(want, 0)) {
			t.Errorf("%s: %v %t", payload, got, ok)
		}
	}
	for _, token := range []string{"", "42_abc", "a.b", "a.b.c.d", "e30.%%%.c", "demo.gcore.access-token"} {
		if _, ok := gcore.TokenExpiry(token); ok {
			t.Errorf("%q has an end", token)
		}
	}
	padded := base64.URLEncoding.EncodeToString([]byte(`{"exp":1700000000, "a":"b"}`))
	if _, ok := gcore.TokenExpiry("e30." + padded + ".sig"); !ok {
		t.Error("a padded token has no end")
	}
}
