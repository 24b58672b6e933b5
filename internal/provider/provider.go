// Package provider is the Terraform provider: it knows the vendors, and resolves what they share.
package provider

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/softwareone"
)

// Address is where the provider would stand in the public registry.
const Address = "registry.terraform.io/cloud-accounts/accounts"

// vendors are all vendors, in the order in which documents name them.
func vendors() []settings.Vendor {
	return []settings.Vendor{
		gcore.Vendor(),
		softwareone.Vendor(),
		fortanix.Vendor(),
	}
}

// Option changes how the provider meets the world; tests use them.
type Option func(*accounts)

// WithClock replaces the system's clock.
func WithClock(clock transport.Clock) Option { return func(p *accounts) { p.clock = clock } }

// WithEnvironment replaces the process's environment.
func WithEnvironment(getenv func(string) string) Option {
	return func(p *accounts) { p.getenv = getenv }
}

// WithInFlight counts all requests that are under way.
func WithInFlight(requests *transport.InFlight) Option {
	return func(p *accounts) { p.inFlight = requests }
}

type accounts struct {
	version string
	clock   transport.Clock
	getenv  func(string) string
	exit    *Exit // may be nil

	inFlight *transport.InFlight // may be nil
}

var (
	_ provider.Provider                       = (*accounts)(nil)
	_ provider.ProviderWithListResources      = (*accounts)(nil)
	_ provider.ProviderWithEphemeralResources = (*accounts)(nil)
	_ provider.ProviderWithActions            = (*accounts)(nil)
)

// New returns what makes a provider of the given version.
func New(version string, options ...Option) func() provider.Provider {
	return func() provider.Provider {
		p := &accounts{version: version, clock: transport.SystemClock{}, getenv: os.Getenv}
		for _, option := range options {
			option(p)
		}
		return p
	}
}

// Metadata implements provider.Provider.
func (p *accounts) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "accounts"
	resp.Version = p.version
}

// Schema implements provider.Provider.
func (p *accounts) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Declares, changes, finds and imports **accounts** at Gcore, SoftwareOne Marketplace and " +
			"Fortanix Confidential Computing Manager.",
		Attributes: map[string]schema.Attribute{
			requestTimeout: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long one request may take, such as `\"30s\"` or `\"2m\"`. Default: `\"60s\"`. " +
					"A request that creates an account isn't cut off by this: it may take as long as the resource's `timeouts.create`.",
			},
			bulkReads: schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether many reads may be served from one listing of the vendor's accounts. Default: " +
					"`true`. `false` reads each account by a request of its own.",
			},
			readOnly: schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "`true` refuses every request that would change something at a vendor, before it is sent. Reads, logins " +
					"and the selection of a Fortanix account are sent. Default: `false`. Environment: `ACCOUNTS_READ_ONLY`. Either of the two " +
					"turns it on, and neither turns it off.",
			},
			requestLog: schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Path of a file to which one line of JSON per request is appended: time, vendor, caller, operation, resource " +
					"id, method, path, status, duration, attempt and the vendor's request id; no query values, bodies or headers. Nothing is " +
					"sent while the file can't be written. Environment: `ACCOUNTS_REQUEST_LOG`.",
			},
		},
		Blocks: map[string]schema.Block{},
	}
	for _, vendor := range vendors() {
		resp.Schema.Blocks[vendor.Name] = vendor.Block()
	}
}

const (
	requestTimeout = "request_timeout"
	bulkReads      = "bulk_reads"
	readOnly       = "read_only"
	requestLog     = "request_log"

	readOnlyVariable   = "ACCOUNTS_READ_ONLY"
	requestLogVariable = "ACCOUNTS_REQUEST_LOG"
)

// Configure implements provider.Provider. It makes no request: a vendor without valid credentials fails where one of
// its resources needs it.
func (p *accounts) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	shared := settings.Shared{
		UserAgent:      userAgent(p.version, req.TerraformVersion, p.getenv("TF_APPEND_USER_AGENT")),
		RequestTimeout: 60 * time.Second,
		BulkReads:      true,
		InFlight:       p.inFlight,
		Clock:          p.clock,
		Scrubber:       &transport.Scrubber{},
		Getenv:         p.getenv,
	}
	var timeout types.String
	var bulk types.Bool
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(requestTimeout), &timeout)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(bulkReads), &bulk)...)
	if text := timeout.ValueString(); !timeout.IsNull() && !timeout.IsUnknown() {
		d, err := time.ParseDuration(text)
		if err != nil || d < time.Second || d > time.Hour {
			resp.Diagnostics.AddAttributeError(path.Root(requestTimeout), "Invalid request timeout",
				fmt.Sprintf("%q is not a duration from 1s to 1h, such as \"30s\" or \"2m\".", text))
		}
		shared.RequestTimeout = d
	}
	if !bulk.IsNull() && !bulk.IsUnknown() {
		shared.BulkReads = bulk.ValueBool()
	}
	shared.ReadOnly = p.isReadOnly(ctx, req.Config, &resp.Diagnostics)
	shared.RequestLog, shared.Unknown = p.openRequestLog(ctx, req.Config, &resp.Diagnostics)
	clients := settings.Clients{}
	for _, vendor := range vendors() {
		var block types.Object
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root(vendor.Name), &block)...)
		clients[vendor.Name] = vendor.Configure(settings.NewBlock(vendor, block, shared, &resp.Diagnostics), shared)
	}
	resp.ResourceData, resp.DataSourceData, resp.ListResourceData = clients, clients, clients
	resp.EphemeralResourceData, resp.ActionData = clients, clients
	p.exit.add(clients)
}

// isReadOnly reports whether changes are refused. A value that isn't known or can't be used never turns that off.
func (p *accounts) isReadOnly(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) bool {
	var configured types.Bool
	diags.Append(config.GetAttribute(ctx, path.Root(readOnly), &configured)...)
	fromEnvironment := false
	if text := p.getenv(readOnlyVariable); text != "" {
		var err error
		if fromEnvironment, err = strconv.ParseBool(text); err != nil {
			diags.AddError("Invalid "+readOnlyVariable, fmt.Sprintf("The environment variable %s is %q. It must be true or false.",
				readOnlyVariable, text))
			return true
		}
	}
	return fromEnvironment || configured.ValueBool() || configured.IsUnknown()
}

// openRequestLog returns the request log, nil where there is none, or the attribute that isn't known yet.
func (p *accounts) openRequestLog(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) (*transport.RequestLog, *path.Path) {
	var configured types.String
	at := path.Root(requestLog)
	diags.Append(config.GetAttribute(ctx, at, &configured)...)
	switch file := configured.ValueString(); {
	case configured.IsUnknown():
		return nil, &at
	case !configured.IsNull() && file == "":
		diags.AddAttributeError(at, "Invalid request log", "request_log is empty. Give the path of a file, or leave the attribute out.")
		return nil, nil
	case file != "":
		return transport.NewRequestLog(file, settings.Warn), nil
	}
	if file := p.getenv(requestLogVariable); file != "" {
		return transport.NewRequestLog(file, settings.Warn), nil
	}
	return nil, nil
}

// userAgent follows the form of other providers: this one, then Terraform, then what the user appends.
func userAgent(version, terraform, appended string) string {
	agent := "terraform-provider-accounts/" + version
	if terraform != "" {
		agent += " Terraform/" + terraform
	}
	if appended != "" {
		agent += " " + appended
	}
	return agent
}

// Resources implements provider.Provider.
func (p *accounts) Resources(context.Context) []func() resource.Resource {
	var all []func() resource.Resource
	for _, vendor := range vendors() {
		all = append(all, vendor.Resources...)
	}
	return all
}

// DataSources implements provider.Provider.
func (p *accounts) DataSources(context.Context) []func() datasource.DataSource {
	var all []func() datasource.DataSource
	for _, vendor := range vendors() {
		all = append(append(all, vendor.DataSources...), vendor.Caller)
	}
	return all
}

// ListResources implements provider.ProviderWithListResources.
func (p *accounts) ListResources(context.Context) []func() list.ListResource {
	var all []func() list.ListResource
	for _, vendor := range vendors() {
		all = append(all, vendor.ListResources...)
	}
	return all
}

// EphemeralResources implements provider.ProviderWithEphemeralResources.
func (p *accounts) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	var all []func() ephemeral.EphemeralResource
	for _, vendor := range vendors() {
		all = append(all, vendor.EphemeralResources...)
	}
	return all
}

// Actions implements provider.ProviderWithActions.
func (p *accounts) Actions(context.Context) []func() action.Action {
	var all []func() action.Action
	for _, vendor := range vendors() {
		all = append(all, vendor.Actions...)
	}
	return all
}
