package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/terraform"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), nil, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if !strings.Contains(out.String(), "steps went as they should") {
		t.Errorf("no summary line in:\n%s", &out)
	}
}

// A demo that can't fail shows nothing: a vendor that answers otherwise must end it.
func TestDemoFailsWhereAStepGoesOtherwise(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary, provider, err := terraform.Prepare(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	vendors, err := mockapi.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = vendors.Close() }()
	workspace, err := terraform.NewWorkspace(dir, binary, provider, vendors.Environment())
	if err != nil {
		t.Fatal(err)
	}
	vendors.GcoreServer.Inject(mockserver.Fault{On: "POST *", Status: 403, Body: `{"message":"not allowed"}`})
	var out bytes.Buffer
	err = (&demo{out: &out, vendors: vendors, terraform: workspace}).play(t.Context())
	if err == nil || !strings.Contains(err.Error(), "step 2 (Apply)") {
		t.Errorf("got %v, want a failure of step 2", err)
	}
}

func TestDemoEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, nil, new(bytes.Buffer)); err == nil {
		t.Error("a cancelled demo went on")
	}
}
