package gcore

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestInteger(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"7310004": "7310004", "7310004.0": "7310004", "7.310004e6": "7310004", "7.310004E+06": "7310004", "73100040e-1": "7310004",
		"9223372036854775807": "9223372036854775807", "9007199254740993.0": "9007199254740993", "0": "", "null": "", "-0": "",
		"1.5": "error", "7310004.0000000001": "error", "9223372036854775808": "error", "1e999999999": "error", "1e-999999999": "",
		`"7310004"`: "error", `""`: "error", "true": "error", "{}": "error", "[1]": "error", `"0x10"`: "error", `"Inf"`: "error",
	} {
		started := time.Now()
		var n integer
		err := json.Unmarshal([]byte(in), &n)
		got := n.id()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%s → %q (%v), want %q", in, got, err, want)
		}
		if time.Since(started) > time.Second {
			t.Errorf("%s takes %v", in, time.Since(started))
		}
	}
}

// The reseller of an account stands under either of the names that the description gives it.
func TestResellerOfAccount(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"id":1,"resellers":5}`: "5", `{"id":1,"reseller":5}`: "5", `{"id":1,"resellers":5,"reseller":6}`: "5", `{"id":1,"resellers":null}`: "",
	} {
		var a Account
		if err := json.Unmarshal([]byte(in), &a); err != nil || a.Reseller != want {
			t.Errorf("%s: %q, %v", in, a.Reseller, err)
		}
	}
}

// A number where text belongs, or the reverse, names the field.
func TestWrongTypes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"id":1,"companyName":5}`: "companyName",
		`{"id":1,"email":5}`:       "email",
		`{"id":1,"is_test":"yes"}`: "is_test",
		`{"id":1,"seller":"5"}`:    "not a number",
		`{"id":"1"}`:               "not a number",
		`{}`:                       "has no id",
		`{"id":null}`:              "has no id",
		`{"id":-5}`:                "has no id",
		`{"id":1,"users":[{"id":1,"email":false}]}`: "email",
		`[]`: "array",
	} {
		var a Account
		if err := json.Unmarshal([]byte(in), &a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{"count":1,"results":[{"id":1,"companyName":"A","email":"a@b.c","users":[{"id":2,"client":1.0}]}]}`,
		`{"count":2e0,"next":"/users?offset=1","result":[{"id":1.0,"client":7.310004e6,"groups":[{"id":1,"name":[]}],` +
			`"client_and_roles":[{"client_id":3,"user_roles":[2,"3",null,{}]}]}]}`,
		`{"results":null}`, `null`, `{"count":-1,"results":[{"id":9223372036854775807}]}`, `[{"id":1e999999999}]`, `[[]]`, `{"message":"no"}`,
		`[{"id":1,"email":5}]`, `[{"id":1,"email":"\u202e${x}%{y}","companyName":"\u0000"}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var accounts list[Account]
		if json.Unmarshal(raw, &accounts) == nil {
			checkPage(t, accounts)
			for _, a := range accounts.Items {
				if ValidID(a.ID) != nil {
					t.Errorf("id %q", a.ID)
				}
				AccountFilter{Company: "x", UserEmail: "y", IsTest: new(true)}.matches(a)
			}
		}
		var users list[User]
		if json.Unmarshal(raw, &users) == nil {
			checkPage(t, users)
			for _, u := range users.Items {
				if ValidID(u.ID) != nil || u.ClientID != "" && ValidID(u.ClientID) != nil {
					t.Errorf("ids %q, %q", u.ID, u.ClientID)
				}
				UserFilter{Company: "x"}.matches(u)
			}
		}
		var products list[ProductAvailability]
		_ = json.Unmarshal(raw, &products)
	})
}

// checkPage: a page with something in it moves the position forward.
func checkPage[T any](t *testing.T, l list[T]) {
	t.Helper()
	if p := l.page(0); len(l.Items) > 0 && p.Limit <= 0 || p.Total < -1 {
		t.Errorf("a page of %d items has the limit %d and the total %d", len(l.Items), p.Limit, p.Total)
	}
}
