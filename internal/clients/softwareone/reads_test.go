package softwareone_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
)

// A time that can't be read is none, and leaves the rest of the account readable.
func TestUnreadableTimes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`"2026-01-02T03:04:05Z"`: "2026-01-02T03:04:05Z", `"2026-01-02T03:04:05.5+01:00"`: "2026-01-02T02:04:05.5Z",
		`"2026-01-02T03:04:05"`: "", `"2026-01-02"`: "", `""`: "", `null`: "", `5`: "", `"0001-01-01T00:00:00Z"`: "",
	} {
		var a softwareone.Account
		err := json.Unmarshal([]byte(`{"id":"ACC-1111-2222","audit":{"created":{"at":`+in+`,"by":{"id":"TKN-1"}}}}`), &a)
		if err != nil || a.Audit.Created.By.ID != "TKN-1" {
			t.Errorf("%s: %+v, %v", in, a.Audit, err)
			continue
		}
		got := ""
		if at := a.Audit.Created.At; at != nil {
			got = at.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
