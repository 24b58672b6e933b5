package softwareone

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/list"

	client "github.com/cloud-accounts/terraform-provider-accounts/internal/clients/softwareone"
)

// fillAccount fills a list result, and returns the account's id; "" where it lacks what a resource must have.
func fillAccount(ctx context.Context, _ *client.Client, a client.Account, include bool, result *list.ListResult) (id string) {
	if strings.TrimSpace(a.Name) == "" || a.Type == "" {
		return ""
	}
	result.DisplayName = fmt.Sprintf("%s (%s, %s)", a.Name, a.Type, a.Status)
	if include {
		model := newModel()
		model.read(ctx, a, &result.Diagnostics)
		result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
	}
	return a.ID
}
