package account

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// WireNames derives Descriptor.Wire from a schema: each attribute, and each one within an object, by the name that the
// vendor has for it. Names within an object follow that of the object and a full stop. Others are the vendor's further
// names, each with its attribute.
func WireNames(
	attributes map[string]schema.Attribute, wireName func(attribute string) string, others map[string]string,
) map[string]path.Path {
	names := map[string]path.Path{}
	for name, attribute := range others {
		names[name] = path.Root(attribute)
	}
	for name, attribute := range attributes {
		names[wireName(name)] = path.Root(name)
		object, ok := attribute.(schema.SingleNestedAttribute)
		if !ok {
			continue
		}
		for member := range object.Attributes {
			names[wireName(name)+"."+wireName(member)] = path.Root(name).AtName(member)
		}
	}
	return names
}

// SnakeCase is the attribute's own name, for vendors that write names as Terraform does.
func SnakeCase(attribute string) string { return attribute }

// CamelCase is "addressLine1" for "address_line1".
func CamelCase(attribute string) string {
	words := strings.Split(attribute, "_")
	for i, word := range words {
		if i > 0 && word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}
