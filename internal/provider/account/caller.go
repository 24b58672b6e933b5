package account

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Caller is a data source that shows whom a vendor's credential belongs to.
type Caller[C any] struct {
	// Descriptor is one of the vendor's; an error points to its settings.
	Descriptor Descriptor
	// Description of the data source, in Markdown.
	Description string
	// Attributes describes the attributes, which are all texts; "id" is the one that allowed_callers lists.
	Attributes map[string]string
	// Read returns the attributes' values. "" stands for what the vendor doesn't show.
	Read func(ctx context.Context, api C) (map[string]string, error)
}

// DataSource makes the data source.
func (c Caller[C]) DataSource() datasource.DataSource {
	c.Descriptor.Type, c.Descriptor.Title = c.Descriptor.Section+"_caller", c.Descriptor.Vendor+" caller"
	return &callerDataSource[C]{newSource[C](c.Descriptor.Type, c.Descriptor), c}
}

type callerDataSource[C any] struct {
	source[C]
	caller Caller[C]
}

// Schema implements datasource.DataSource.
func (s *callerDataSource[C]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{MarkdownDescription: s.caller.Description, Attributes: map[string]schema.Attribute{}}
	for name, description := range s.caller.Attributes {
		resp.Schema.Attributes[name] = schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
}

// Read implements datasource.DataSource.
func (s *callerDataSource[C]) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	api, ok := s.client.Get(&resp.Diagnostics)
	if !ok {
		return
	}
	values, err := s.caller.Read(ctx, api)
	if err != nil {
		s.caller.Descriptor.AddError(&resp.Diagnostics, "read", "", err)
		return
	}
	for name, value := range values {
		shown := types.StringValue(value)
		if value == "" {
			shown = types.StringNull()
		}
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), shown)...)
	}
}
