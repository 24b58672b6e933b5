package account_test

import (
	"testing"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/account"
)

// A data source shows what a resource has, as computed, and says of it what holds for both.
func TestComputed(t *testing.T) {
	t.Parallel()
	got := account.Computed(map[string]schema.Attribute{
		"name":    schema.StringAttribute{Required: true, MarkdownDescription: "Name, such as `a.b`. Changed in place. Or not."},
		"secret":  schema.StringAttribute{Sensitive: true, MarkdownDescription: "One sentence."},
		"enabled": schema.BoolAttribute{Optional: true},
		"ids":     schema.ListAttribute{ElementType: types.StringType},
		"address": schema.SingleNestedAttribute{
			Attributes: map[string]schema.Attribute{"city": schema.StringAttribute{Optional: true, MarkdownDescription: "City. Any."}},
		},
	})
	if len(got) != 5 {
		t.Errorf("got %v", got)
	}
	for name, attribute := range got {
		if !attribute.IsComputed() || attribute.IsOptional() || attribute.IsRequired() || attribute.IsSensitive() != (name == "secret") {
			t.Errorf("%s: %+v", name, attribute)
		}
	}
	if text := got["name"].GetMarkdownDescription(); text != "Name, such as `a.b`." {
		t.Errorf("the description is %q", text)
	}
	if text := got["secret"].GetMarkdownDescription(); text != "One sentence." {
		t.Errorf("the description is %q", text)
	}
	address, _ := got["address"].(datasource.SingleNestedAttribute)
	if city := address.Attributes["city"]; !city.IsComputed() || city.GetMarkdownDescription() != "City." {
		t.Errorf("the member is %+v", city)
	}
}
