package account

import (
	"strings"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Computed are a resource's attributes as a data source shows them. The first sentence of a description holds for both; the
// others say what only a resource does.
func Computed(attributes map[string]schema.Attribute) map[string]datasource.Attribute {
	computed := map[string]datasource.Attribute{}
	for name, attribute := range attributes {
		computed[name] = computedOf(attribute)
	}
	return computed
}

func computedOf(attribute schema.Attribute) datasource.Attribute {
	text := firstSentence(attribute.GetMarkdownDescription())
	switch a := attribute.(type) {
	case schema.BoolAttribute:
		return datasource.BoolAttribute{Computed: true, Sensitive: a.Sensitive, MarkdownDescription: text}
	case schema.Int64Attribute:
		return datasource.Int64Attribute{Computed: true, Sensitive: a.Sensitive, MarkdownDescription: text}
	case schema.StringAttribute:
		return datasource.StringAttribute{Computed: true, Sensitive: a.Sensitive, MarkdownDescription: text}
	case schema.ListAttribute:
		return datasource.ListAttribute{Computed: true, Sensitive: a.Sensitive, MarkdownDescription: text, ElementType: a.ElementType}
	case schema.SingleNestedAttribute:
		return datasource.SingleNestedAttribute{
			Computed:            true,
			Sensitive:           a.Sensitive,
			MarkdownDescription: text,
			Attributes:          Computed(a.Attributes),
		}
	}
	panic("a data source can't show an attribute of type " + attribute.GetType().String() + " yet") // found by the first test of the provider
}

// firstSentence is text up to the first full stop that a space follows.
func firstSentence(text string) string {
	first, _, more := strings.Cut(text, ". ")
	if more {
		first += "."
	}
	return first
}
