package account

import (
	"context"
	"iter"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

// source is what every data source has: its type name and its client.
type source[C any] struct {
	typeName, section string // section is that of the provider block
	client            *settings.Client[C]
}

func newSource[C any](typeName string, d Descriptor) source[C] {
	return source[C]{typeName: typeName, section: d.Section}
}

// Metadata implements datasource.DataSource.
func (s *source[C]) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = s.typeName
}

// Configure implements datasource.DataSourceWithConfigure.
func (s *source[C]) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	s.client = settings.Of[C](s.section, req.ProviderData, &resp.Diagnostics)
}

// oneDataSource finds one account, by id or by natural key.
type oneDataSource[C API, T, F, D any] struct {
	source[C]
	finder *Finder[C, T, F, D]
}

// Schema implements datasource.DataSource.
func (s *oneDataSource[C, T, F, D]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := maps.Clone(s.finder.Attributes)
	attributes["id"] = schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{s.finder.Descriptor.ID()}, MarkdownDescription: s.finder.ByID,
	}
	attributes[s.finder.Key] = schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{Text()}, MarkdownDescription: s.finder.ByKey,
	}
	attributes[timeoutsAttribute] = dataTimeouts()
	resp.Schema = schema.Schema{MarkdownDescription: s.finder.One, Attributes: attributes}
}

// ConfigValidators implements datasource.DataSourceWithConfigValidators.
func (s *oneDataSource[C, T, F, D]) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot(s.finder.Key))}
}

// Read implements datasource.DataSource.
func (s *oneDataSource[C, T, F, D]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	f := s.finder
	config := partsOf(ctx, req.Config, &resp.Diagnostics)
	search := f.Descriptor.newSearch(ctx, req.Config, f.Key, &resp.Diagnostics)
	api, ok := s.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, config.timeout())
	defer cancel()
	found, ok := find(search,
		func(id string) (T, error) { return f.Read(ctx, api, id) },
		func(key string) iter.Seq2[T, error] { return f.Named(ctx, api, key) },
		f.Label, &resp.Diagnostics)
	if !ok {
		return
	}
	shown, problems := types.ObjectValueFrom(ctx, f.elementType().AttrTypes, f.Show(ctx, found, &resp.Diagnostics))
	resp.Diagnostics.Append(problems...)
	setState(ctx, resp, config, shown.Attributes())
	if !resp.Diagnostics.HasError() {
		// In the spelling that was asked for: Terraform holds a data source to that.
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, search.asked, search.value)...)
	}
}

// setState stores what was found together with the configuration.
func setState(ctx context.Context, resp *datasource.ReadResponse, config parts, found map[string]attr.Value) {
	whole, ok := resp.State.Schema.Type().(types.ObjectType)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	values := map[string]attr.Value{}
	maps.Copy(values, config)
	maps.Copy(values, found)
	object, problems := types.ObjectValue(whole.AttrTypes, values)
	resp.Diagnostics.Append(problems...)
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, object)...)
	}
}

// manyDataSource lists the accounts that pass its filters.
type manyDataSource[C API, T, F, D any] struct {
	source[C]
	finder *Finder[C, T, F, D]
}

// Schema implements datasource.DataSource.
func (s *manyDataSource[C, T, F, D]) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := s.finder.filterAttributes()
	attributes[s.finder.Collection] = schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: s.finder.Each,
		NestedObject: schema.NestedAttributeObject{Attributes: s.finder.Attributes},
	}
	resp.Schema = schema.Schema{MarkdownDescription: s.finder.Many, Attributes: attributes}
}

// Read implements datasource.DataSource.
func (s *manyDataSource[C, T, F, D]) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	f := s.finder
	config := partsOf(ctx, req.Config, &resp.Diagnostics)
	filters := f.filters(ctx, config, &resp.Diagnostics)
	api, ok := s.client.Get(&resp.Diagnostics)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, config.timeout())
	defer cancel()
	show := func(account T) D { return f.Show(ctx, account, &resp.Diagnostics) }
	all := collect(f.Descriptor, f.List(ctx, api, filters, true), show, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	value, problems := types.ListValueFrom(ctx, f.elementType(), all)
	resp.Diagnostics.Append(problems...)
	setState(ctx, resp, config, map[string]attr.Value{f.Collection: value})
}

// listResource lists accounts for terraform query.
type listResource[C API, T, F, D any] struct {
	finder *Finder[C, T, F, D]
	client *settings.Client[C]
}

// Metadata implements list.ListResource.
func (l *listResource[C, T, F, D]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = l.finder.Descriptor.Type
}

// Configure implements list.ListResourceWithConfigure.
func (l *listResource[C, T, F, D]) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.client = settings.Of[C](l.finder.Descriptor.Section, req.ProviderData, &resp.Diagnostics)
}

// ListResourceConfigSchema implements list.ListResource.
func (l *listResource[C, T, F, D]) ListResourceConfigSchema(
	_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse,
) {
	resp.Schema = listschema.Schema{MarkdownDescription: l.finder.Many, Attributes: listable(l.finder.filterAttributes())}
}

// List implements list.ListResource. The deadline ends with the stream: the framework reads it after this returns.
func (l *listResource[C, T, F, D]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	f := l.finder
	var diags diag.Diagnostics
	config := partsOf(ctx, req.Config, &diags)
	filters := f.filters(ctx, config, &diags)
	api, ok := l.client.Get(&diags)
	if !ok || diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(yield func(list.ListResult) bool) {
		ctx, cancel := context.WithTimeout(ctx, config.timeout())
		defer cancel()
		fill := func(account T, result *list.ListResult) string {
			return f.Fill(ctx, api, account, req.IncludeResource, result)
		}
		for result := range listResults(ctx, req, f.Descriptor, f.List(ctx, api, filters, false), fill) {
			if !yield(result) {
				return
			}
		}
	}
}
