package account

import (
	"context"
	"iter"
	"math"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// listTimeout is how long a data source or a list resource may read where timeouts doesn't say.
const listTimeout = 10 * time.Minute

// Finder says how accounts of one kind are found at a vendor. Two data sources and a list resource are made of it. C is
// the vendor's client, T an account there, F the model of the filters, and D the account as the data sources show it.
type Finder[C API, T, F, D any] struct {
	Descriptor Descriptor
	// Plural is the type of the data source of many, and Collection its attribute that holds them.
	Plural, Collection string
	// One and Many describe the two data sources, Each the attribute Collection.
	One, Many, Each string
	// Key is the attribute that the data source of one takes in place of id. ByID and ByKey describe the two.
	Key, ByID, ByKey string
	// Attributes are the computed attributes of D.
	Attributes map[string]schema.Attribute
	// Filters are the attributes of F.
	Filters map[string]Filter

	// Read reads the account of an id.
	Read func(ctx context.Context, api C, id string) (T, error)
	// Named yields the accounts whose natural key is key.
	Named func(ctx context.Context, api C, key string) iter.Seq2[T, error]
	// List yields the accounts that pass the filters. whole says that D shows all of each; else a list result shows what
	// the resource has.
	List func(ctx context.Context, api C, filters F, whole bool) iter.Seq2[T, error]
	// Label names an account among several of the same natural key.
	Label func(T) string
	// Show is the account as the data sources show it.
	Show func(ctx context.Context, account T, diags *diag.Diagnostics) D
	// Fill is as in listResults.
	Fill func(ctx context.Context, api C, account T, include bool, result *list.ListResult) (id string)
}

// Filter is one attribute that narrows a listing.
type Filter struct {
	Description string
	Validators  []validator.String // of a string
	Required    bool               // of a string
	Type        attr.Type          // types.BoolType or types.NumberType, for whole numbers from 1; nil: a string
}

// DataSources returns what makes the data sources of one and of many.
func (f *Finder[C, T, F, D]) DataSources() []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource {
			return &oneDataSource[C, T, F, D]{newSource[C](f.Descriptor.Type, f.Descriptor), f}
		},
		f.DataSourceOfMany,
	}
}

// DataSourceOfMany makes the data source of many, for what can't be looked up singly.
func (f *Finder[C, T, F, D]) DataSourceOfMany() datasource.DataSource {
	return &manyDataSource[C, T, F, D]{newSource[C](f.Plural, f.Descriptor), f}
}

// ListResource makes the list resource.
func (f *Finder[C, T, F, D]) ListResource() list.ListResource {
	return &listResource[C, T, F, D]{finder: f}
}

const timeoutsAttribute = "timeouts"

// filterAttributes are the filters of the data source of many.
func (f *Finder[C, T, F, D]) filterAttributes() map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{timeoutsAttribute: dataTimeouts()}
	for name, filter := range f.Filters {
		switch filter.Type {
		case types.BoolType:
			attributes[name] = schema.BoolAttribute{Optional: true, MarkdownDescription: filter.Description}
		case types.NumberType:
			attributes[name] = schema.NumberAttribute{
				Optional: true, MarkdownDescription: filter.Description, Validators: []validator.Number{WholeNumber(1, math.MaxInt64)},
			}
		default:
			attributes[name] = schema.StringAttribute{
				Optional: !filter.Required, Required: filter.Required, MarkdownDescription: filter.Description, Validators: filter.Validators,
			}
		}
	}
	return attributes
}

// listable are filters as a list resource has them: they differ from those of a data source in their Go types only.
func listable(filters map[string]schema.Attribute) map[string]listschema.Attribute {
	attributes := map[string]listschema.Attribute{}
	for name, filter := range filters {
		description := filter.GetMarkdownDescription()
		switch a := filter.(type) {
		case schema.BoolAttribute:
			attributes[name] = listschema.BoolAttribute{Optional: true, MarkdownDescription: description}
		case schema.NumberAttribute:
			attributes[name] = listschema.NumberAttribute{Optional: true, MarkdownDescription: description, Validators: a.Validators}
		case schema.StringAttribute:
			attributes[name] = listschema.StringAttribute{
				Optional: a.Optional, Required: a.Required, MarkdownDescription: description, Validators: a.Validators,
			}
		case schema.SingleNestedAttribute:
			attributes[name] = listschema.SingleNestedAttribute{
				Optional: true, MarkdownDescription: description, Validators: a.Validators, Attributes: listable(a.Attributes),
			}
		}
	}
	return attributes
}

// dataTimeouts is the attribute timeouts of a data source.
func dataTimeouts() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true, MarkdownDescription: "How long it may take.", Validators: []validator.Object{NotEmpty()},
		Attributes: map[string]schema.Attribute{
			"read": schema.StringAttribute{
				Optional: true, Validators: []validator.String{Duration()},
				MarkdownDescription: "How long reading may take, waits for rate limits and repeats included, such as `\"30s\"` or `\"20m\"`. " +
					"Default: `\"10m\"`.",
			},
		},
	}
}

// parts are the attributes of a configuration by name, unread ones null.
type parts map[string]attr.Value

// configuration is what tfsdk.Config is here.
type configuration interface {
	Get(ctx context.Context, target any) diag.Diagnostics
}

func partsOf(ctx context.Context, config configuration, diags *diag.Diagnostics) parts {
	var whole types.Object
	diags.Append(config.Get(ctx, &whole)...)
	return whole.Attributes()
}

// timeout is the configured time for reading, which the schema has validated.
func (p parts) timeout() time.Duration {
	if object, ok := p[timeoutsAttribute].(types.Object); ok {
		if text, ok := object.Attributes()["read"].(types.String); ok {
			if d, err := time.ParseDuration(text.ValueString()); err == nil {
				return d
			}
		}
	}
	return listTimeout
}

// filters converts the filters to their model.
func (f *Finder[C, T, F, D]) filters(ctx context.Context, p parts, diags *diag.Diagnostics) (model F) {
	values, kinds := map[string]attr.Value{}, map[string]attr.Type{}
	for name := range f.Filters {
		if value, ok := p[name]; ok {
			values[name], kinds[name] = value, value.Type(ctx)
		}
	}
	object, problems := types.ObjectValue(kinds, values)
	diags.Append(problems...)
	if !diags.HasError() {
		diags.Append(object.As(ctx, &model, basetypes.ObjectAsOptions{})...)
	}
	return model
}

// elementType is the type of D in a list.
func (f *Finder[C, T, F, D]) elementType() types.ObjectType {
	kinds := map[string]attr.Type{}
	for name, attribute := range f.Attributes {
		kinds[name] = attribute.GetType()
	}
	return types.ObjectType{AttrTypes: kinds}
}
