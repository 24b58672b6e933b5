package account

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

// EphemeralTimeout is how long opening or closing an ephemeral resource may take.
const EphemeralTimeout = 5 * time.Minute

// Ephemeral is what every ephemeral resource has: its type name and client. An ephemeral resource embeds it. C is the
// vendor's client.
type Ephemeral[C any] struct {
	Descriptor Descriptor
	Client     *settings.Client[C]
}

// Metadata implements ephemeral.EphemeralResource.
func (e *Ephemeral[C]) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = e.Descriptor.Type
}

// Configure implements ephemeral.EphemeralResourceWithConfigure.
func (e *Ephemeral[C]) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.Client = settings.Of[C](e.Descriptor.Section, req.ProviderData, &resp.Diagnostics)
}

// EphemeralAccountID is the attribute account_id of an ephemeral resource. of describes the accounts.
func EphemeralAccountID(of Descriptor) schema.Attribute {
	return schema.StringAttribute{
		Required: true, Validators: []validator.String{of.ID()},
		MarkdownDescription: "Id of the account, as in `" + of.Type + ".NAME.id`. While it is unknown, nothing is opened: with an account that " +
			"the same run creates, that is until its apply.",
	}
}

// TimeOrNull is a moment as RFC 3339 in UTC, null where it is zero.
func TimeOrNull(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}
