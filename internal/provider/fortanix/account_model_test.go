package fortanix

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/fortanix"
)

// After an interruption nothing new is begun: what is left to do waits for the next apply.
func TestNoFollowUpAfterInterruption(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	made := client.Account{ID: "4d7f4f0a-5b6c-4f7e-9a51-0c2f3a9d8e11", Name: "Acme"}
	for status, warnings := range map[string]int{client.AccountDeactivated: 1, client.AccountActive: 0} {
		active := client.AccountActive
		made.AccountStatus = &active
		var diags diag.Diagnostics
		plan := accountModel{commonModel: commonModel{Name: types.StringValue("Acme"), AccountStatus: types.StringValue(status)}}
		var api *client.Client // any use of it panics
		if got := finish(ctx, api, made, plan.followUp(ctx, nil, &diags), &diags); got.ID != made.ID || diags.HasError() ||
			len(diags) != warnings {
			t.Errorf("%s: account %s, %v", status, got.ID, diags)
		}
	}
}

// What a reply leaves out stays null, and what a plan knows survives any reply.
func TestResolve(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var diags diag.Diagnostics
	plan := accountModel{commonModel: commonModel{
		ID: types.StringUnknown(), Name: types.StringValue("Acme"), Component: types.StringUnknown(), DefaultGroupID: types.StringUnknown(),
		MarketplaceGroupID: types.StringValue("kept"), AccountStatus: types.StringUnknown(),
		AzureCVMPCRPriority: types.ListUnknown(types.NumberType),
		NodeEnrollment:      types.ObjectUnknown(nodeEnrollmentTypes), CreatedAt: types.Int64Unknown(),
	}}
	other, created := "other", int64(7)
	plan.resolve(ctx, client.Account{ID: "AB", Name: "Other", MarketplaceGroupID: &other, CreatedAt: &created}, &diags)
	if diags.HasError() || plan.ID.ValueString() != "ab" || plan.Name.ValueString() != "Acme" ||
		plan.MarketplaceGroupID.ValueString() != "kept" ||
		plan.CreatedAt.ValueInt64() != 7 {
		t.Errorf("%+v %v", plan, diags)
	}
	if !plan.Component.IsNull() || !plan.DefaultGroupID.IsNull() || !plan.AccountStatus.IsNull() || !plan.AzureCVMPCRPriority.IsNull() ||
		!plan.NodeEnrollment.IsNull() {
		t.Errorf("something is unknown still: %+v", plan)
	}
}
