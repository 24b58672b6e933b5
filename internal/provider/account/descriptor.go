// Package account is what the account resources of all vendors share: deletion policy, identity, create-only
// attributes, and errors for people.
package account

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Descriptor describes one resource type to the shared code.
type Descriptor struct {
	Type   string // "gcore_account"
	Title  string // "Gcore account"
	Vendor string // "Gcore"
	// Section is the vendor's section of the provider block, as in "gcore".
	Section string
	// IdentityParts are the attributes that the identity has in place of id; joined by / they are the id. nil for id.
	IdentityParts []string
	// Thing is what it is, where that is not an account, as in "service"; else "".
	Thing string
	// Name is the attribute that people know an account by, as in "company".
	Name string
	// DestroyPolicies are the policies other than prevent and abandon, which call the vendor; nil where it has no such call.
	DestroyPolicies []string
	// DestroyLeaves says what a destroy by such a policy leaves behind, for a warning; "" where nothing.
	DestroyLeaves string
	// ReservedAttribute is the attribute whose value stays taken at the vendor after a deletion, as in "company"; "" where none does.
	ReservedAttribute string
	// Duplicates says how to create an account with the name of another one, where the vendor allows that; else "".
	Duplicates string
	// NotAsConfig says which values that the vendor has no configuration may have, and how to manage such an object, for the
	// warning of a list; "" where only unusual text is refused.
	NotAsConfig string
	// NaturalKey is what people tell accounts apart by, as in "name"; a create looks an account up by it.
	NaturalKey string
	// Address says which provider attribute and variable hold the base URL.
	Address string
	// Credentials names the provider attributes and variables to check after a 401.
	Credentials string
	// Permission says what a credential needs, for a 403.
	Permission string
	// ValidID checks an id and says what one looks like.
	ValidID func(id string) error
	// CanonicalID is a valid id in the vendor's spelling; nil where an id has only one.
	CanonicalID func(id string) string
	// Wire maps the vendor's field names, as its errors give them, to attributes.
	Wire map[string]path.Path
}

// How long an operation with all its repeats may take where timeouts doesn't say.
const (
	createTimeout = 10 * time.Minute
	readTimeout   = 5 * time.Minute
	updateTimeout = 10 * time.Minute
	deleteTimeout = 10 * time.Minute
)

// Schema is the schema of a resource with these attributes, and those that every account resource has.
func (d Descriptor) Schema(ctx context.Context, description string, attributes map[string]schema.Attribute) schema.Schema {
	attributes["deletion_policy"] = d.deletionPolicyAttribute()
	attributes["timeouts"] = resourceTimeouts(ctx)
	return schema.Schema{MarkdownDescription: description, Attributes: attributes}
}

// resourceTimeouts is the attribute timeouts, as every resource has it.
func resourceTimeouts(ctx context.Context) schema.Attribute {
	const form = " Such as `\"30s\"` or `\"10m\"`."
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "How long a create may take, with its follow-up steps and the look-up after a lost reply." + form + " Default: " +
			"`\"10m\"`.",
		ReadDescription:   "How long a read may take." + form + " Default: `\"5m\"`.",
		UpdateDescription: "How long an update may take." + form + " Default: `\"10m\"`.",
		DeleteDescription: "How long a destroy may take." + form + " Default: `\"10m\"`.",
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok { // the library leaves it without a description
		for name, each := range nested.Attributes {
			if text, ok := each.(schema.StringAttribute); ok { // the library takes negative times
				text.Validators = []validator.String{Duration()}
				nested.Attributes[name] = text
			}
		}
		nested.MarkdownDescription = "How long each operation may take, waits for rate limits and repeats included. A change makes no request."
		nested.Validators = []validator.Object{NotEmpty()}
		return nested
	}
	return attribute
}
