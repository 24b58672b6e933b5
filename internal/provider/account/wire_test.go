package account_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

func TestWireNames(t *testing.T) {
	t.Parallel()
	names := account.WireNames(map[string]schema.Attribute{
		"name": schema.StringAttribute{}, "default_language_code": schema.StringAttribute{},
		"address": schema.SingleNestedAttribute{Attributes: map[string]schema.Attribute{"address_line1": schema.StringAttribute{}}},
	}, account.CamelCase, map[string]string{"companyName": "name"})
	if got := slices.Sorted(maps.Keys(names)); !slices.Equal(got, []string{
		"address", "address.addressLine1", "companyName", "defaultLanguageCode", "name",
	}) {
		t.Errorf("got %v", got)
	}
	if at := names["address.addressLine1"]; !at.Equal(path.Root("address").AtName("address_line1")) {
		t.Errorf("got %s", at)
	}
	if at := names["companyName"]; !at.Equal(path.Root("name")) {
		t.Errorf("got %s", at)
	}
}
