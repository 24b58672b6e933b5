package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Private is the private state that the framework gives to each operation.
type Private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// Keys of private state.
const (
	keyObject   = "object"   // object: what a replacement would destroy
	keyCreated  = "created"  // created: set by our create until the first read
	keyImported = "imported" // true from an import to the first read
	keyWitness  = "witness"  // witness.Witness: who has shown the account, and where
	keyRecorded = "recorded" // map: the last configured values of create-only attributes
)

// Put stores a value under a key.
func Put(ctx context.Context, private Private, key string, value any, diags *diag.Diagnostics) {
	raw, err := json.Marshal(value)
	if err != nil {
		diags.AddError("Private state can't be written", err.Error())
		return
	}
	diags.Append(private.SetKey(ctx, key, raw)...)
}

// Fetch reads the value of a key into target and reports whether there is one.
func Fetch(ctx context.Context, private Private, key string, target any, diags *diag.Diagnostics) bool {
	raw, d := private.GetKey(ctx, key)
	diags.Append(d...)
	if len(raw) == 0 || string(raw) == "null" {
		return false
	}
	if err := json.Unmarshal(raw, target); err != nil {
		diags.AddError("Private state can't be read", fmt.Sprintf("Key %q: %v", key, err))
		return false
	}
	return true
}

// drop removes a key.
func drop(ctx context.Context, private Private, key string, diags *diag.Diagnostics) {
	diags.Append(private.SetKey(ctx, key, nil)...)
}

// gone takes an account that is proven gone out of the state. Terraform hands what the private state has left to the
// plan of the next create, which replaces nothing.
func gone(ctx context.Context, resp *resource.ReadResponse) {
	drop(ctx, resp.Private, keyObject, &resp.Diagnostics)
	resp.State.RemoveResource(ctx)
}

// lagWindow is how long after our own create a 404 counts as lag, as long as the account has never been read.
const lagWindow = 10 * time.Minute

// markCreated remembers in private state that an account has just been created and not been read yet.
func markCreated(ctx context.Context, private Private, now time.Time, diags *diag.Diagnostics) {
	Put(ctx, private, keyCreated, now.UTC(), diags)
	drop(ctx, private, keyObject, diags)
}

// Lagging reports whether a 404 comes so soon after our own create that it proves nothing.
func Lagging(ctx context.Context, private Private, now time.Time, diags *diag.Diagnostics) bool {
	var created time.Time
	return Fetch(ctx, private, keyCreated, &created, diags) && now.Sub(created) < lagWindow
}

// markImported remembers an import until the first read.
func markImported(ctx context.Context, private Private, diags *diag.Diagnostics) {
	Put(ctx, private, keyImported, true, diags)
}

// importing reports whether this is the first read after an import.
func importing(ctx context.Context, private Private, diags *diag.Diagnostics) (imported bool) {
	Fetch(ctx, private, keyImported, &imported, diags)
	return imported
}

// markRead notes that the account has been read, and reports whether this was the first read after an import.
func markRead(ctx context.Context, private Private, diags *diag.Diagnostics) (imported bool) {
	if Fetch(ctx, private, keyImported, &imported, diags) {
		drop(ctx, private, keyImported, diags)
	}
	var created time.Time
	if Fetch(ctx, private, keyCreated, &created, diags) {
		drop(ctx, private, keyCreated, diags)
	}
	return imported
}
