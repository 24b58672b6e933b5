package acctest

import (
	"context"
	"io"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// Protocol talks to the provider in process, in the calls that Terraform makes: for features that the installed Terraform
// lacks, and for tables too long for a Terraform run per row. It checks what Terraform checks: that plans are valid and
// that results keep to them.
type Protocol struct {
	t          testing.TB
	serve      func() tfprotov6.ProviderServer
	server     tfprotov6.ProviderServer
	block      *tfprotov6.DynamicValue
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema
	log        io.Writer // nil: nothing is logged
}

// LogTo has all that the provider logs from now on written to w, as JSON.
func (p *Protocol) LogTo(w io.Writer) { p.log = w }

func (p *Protocol) context() context.Context {
	if p.log == nil {
		return p.t.Context()
	}
	return tflogtest.RootLogger(p.t.Context(), p.log)
}

// NewProtocol starts a provider that sees env, with this provider block, nil for none. What configuring it says is in
// the returned diagnostics.
func NewProtocol(t testing.TB, env Environment, block Values, options ...provider.Option) (*Protocol, Diagnostics) {
	t.Helper()
	options = append([]provider.Option{
		provider.WithEnvironment(func(name string) string { return env[name] }),
		provider.WithClock(&Clock{}),
	}, options...)
	p := &Protocol{t: t, serve: provider.Server("test", options...)}
	p.server = p.serve()
	var err error
	p.schemas, err = p.server.GetProviderSchema(p.context(), &tfprotov6.GetProviderSchemaRequest{})
	p.must(err)
	identities, err := p.server.GetResourceIdentitySchemas(p.context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	p.must(err)
	p.identities = identities.IdentitySchemas
	if block == nil {
		block = Values{}
	}
	p.block = p.pack(p.encode(p.schemas.Provider, block))
	return p, p.configure()
}

func (p *Protocol) configure() Diagnostics {
	p.t.Helper()
	validated, err := p.server.ValidateProviderConfig(p.context(), &tfprotov6.ValidateProviderConfigRequest{Config: p.block})
	p.must(err)
	if found := Diagnostics(validated.Diagnostics); len(found.Errors()) > 0 {
		return found
	}
	configured, err := p.server.ConfigureProvider(
		p.context(),
		&tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: p.block},
	)
	p.must(err)
	return configured.Diagnostics
}

// Restart puts a new provider in place of the one so far, which forgets what it knew: Terraform starts one for every
// command.
func (p *Protocol) Restart() {
	p.t.Helper()
	p.server = p.serve()
	if said := p.configure(); len(said.Errors()) > 0 {
		p.t.Fatal(said)
	}
}

func (p *Protocol) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *Protocol) encode(schema *tfprotov6.Schema, values Values) tftypes.Value {
	p.t.Helper()
	if schema == nil {
		p.t.Fatal("there is no such type")
	}
	value, err := encode(schema.ValueType(), values)
	p.must(err)
	return value
}

func (p *Protocol) pack(value tftypes.Value) *tfprotov6.DynamicValue {
	p.t.Helper()
	packed, err := tfprotov6.NewDynamicValue(value.Type(), value)
	p.must(err)
	return &packed
}

// unpack returns null where there is no value.
func (p *Protocol) unpack(kind tftypes.Type, packed *tfprotov6.DynamicValue) tftypes.Value {
	p.t.Helper()
	if packed == nil {
		return tftypes.NewValue(kind, nil)
	}
	value, err := packed.Unmarshal(kind)
	p.must(err)
	return value
}

// Resource is one resource instance as Terraform keeps it. The zero state means that there is none.
type Resource struct {
	*Protocol
	Type     string
	schema   *tfprotov6.Schema
	state    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
	// Tainted is set by a create that failed with something in the state; the next Apply then replaces it. Tests may
	// set it too.
	Tainted bool
}

// Resource returns an instance that is in no state yet.
func (p *Protocol) Resource(typeName string) *Resource {
	p.t.Helper()
	schema := p.schemas.ResourceSchemas[typeName]
	if schema == nil {
		p.t.Fatalf("there is no resource type %s", typeName)
	}
	return &Resource{Protocol: p, Type: typeName, schema: schema, state: tftypes.NewValue(schema.ValueType(), nil)}
}

// State returns the values in the state; nil where there is none.
func (r *Resource) State() Values {
	values, _ := decode(r.state).(Values)
	return values
}

// Identity returns the identity's id, "" where there is none.
func (r *Resource) Identity() string { return r.Protocol.identityID(r.Type, r.identity) }

func (p *Protocol) identityID(typeName string, data *tfprotov6.ResourceIdentityData) string {
	if data == nil {
		return ""
	}
	values, _ := decode(p.unpack(p.identities[typeName].ValueType(), data.IdentityData)).(Values)
	id, _ := values["id"].(string)
	return id
}

// ForgetIdentity turns the state into one that a Terraform without identities has written.
func (r *Resource) ForgetIdentity() { r.identity = nil }

// Plan is what a plan says.
type Plan struct {
	// Action is create, update, delete, replace, or "" where there is nothing to do.
	Action      string
	Values      Values // nil for a delete
	Diagnostics Diagnostics

	planned, config tftypes.Value
	private         []byte
	identity        *tfprotov6.ResourceIdentityData
}

// Unknown returns the names of the attributes that are known after apply, sorted.
func (p Plan) Unknown() []string {
	var names []string
	for name, value := range as[map[string]tftypes.Value](p.planned) {
		if !value.IsFullyKnown() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Plan plans a configuration, without a refresh. nil plans a destroy.
func (r *Resource) Plan(config Values) Plan {
	r.t.Helper()
	if config == nil {
		return r.plan(nil, r.state, r.private)
	}
	found := r.validate(config)
	if len(found.Errors()) > 0 {
		return Plan{Diagnostics: found}
	}
	if r.Tainted {
		return replacement(r.plan(config, tftypes.NewValue(r.state.Type(), nil), nil))
	}
	plan := r.plan(config, r.state, r.private)
	plan.Diagnostics = append(found, plan.Diagnostics...)
	return plan
}

// Replace plans as terraform plan -replace does: an update first, and then a create that is given its private state.
func (r *Resource) Replace(config Values) Plan {
	r.t.Helper()
	first := r.plan(config, r.state, r.private)
	if len(first.Diagnostics.Errors()) > 0 {
		return first
	}
	return replacement(r.plan(config, tftypes.NewValue(r.state.Type(), nil), first.private))
}

// replacement makes a create one of a replacement. Its destroy is planned without a word to the provider.
func replacement(create Plan) Plan {
	create.Action = "replace"
	return create
}

func (r *Resource) validate(config Values) Diagnostics {
	r.t.Helper()
	validated, err := r.server.ValidateResourceConfig(r.context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: r.Type, Config: r.pack(r.encode(r.schema, config)),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	r.must(err)
	return validated.Diagnostics
}

func (r *Resource) plan(config Values, prior tftypes.Value, private []byte) Plan {
	r.t.Helper()
	kind := r.schema.ValueType()
	null := tftypes.NewValue(kind, nil)
	wanted, proposed := null, null
	if config != nil {
		wanted = r.encode(r.schema, config)
		proposed = propose(r.schema.Block.Attributes, prior, wanted)
	}
	answer, err := r.server.PlanResourceChange(r.context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: r.Type, PriorState: r.pack(prior), ProposedNewState: r.pack(proposed), Config: r.pack(wanted),
		PriorPrivate: private, PriorIdentity: r.identity,
	})
	r.must(err)
	plan := Plan{
		Diagnostics: answer.Diagnostics, private: answer.PlannedPrivate, identity: answer.PlannedIdentity,
		config: wanted, planned: r.unpack(kind, answer.PlannedState),
	}
	plan.Values, _ = decode(plan.planned).(Values)
	if len(plan.Diagnostics.Errors()) > 0 {
		return plan
	}
	switch {
	case config == nil:
		plan.Action = "delete"
	case prior.IsNull():
		plan.Action = "create"
	case len(answer.RequiresReplace) > 0:
		again := r.plan(config, null, answer.PlannedPrivate)
		again.Diagnostics = append(plan.Diagnostics, again.Diagnostics...)
		return replacement(again)
	case !plan.planned.Equal(prior):
		plan.Action = "update"
	}
	if config != nil {
		if problem := invalidPlan(r.schema.Block.Attributes, prior, wanted, plan.planned); problem != "" {
			r.t.Errorf("Provider produced invalid plan: %s", problem)
		}
	}
	return plan
}

// Apply refreshes, plans and applies a configuration, as terraform apply does; nil destroys. It stops at the first error.
func (r *Resource) Apply(config Values) Diagnostics {
	r.t.Helper()
	var all Diagnostics
	if !r.state.IsNull() {
		all = r.Refresh()
		if len(all.Errors()) > 0 {
			return all
		}
	}
	plan := r.Plan(config)
	if all = append(all, plan.Diagnostics...); len(all.Errors()) > 0 {
		return all
	}
	return append(all, r.Execute(plan)...)
}

// Execute applies a plan, in which values that were unknown may be given. It stops at the first error.
func (r *Resource) Execute(plan Plan, known ...Values) Diagnostics {
	r.t.Helper()
	var all Diagnostics
	if plan.Action == "replace" {
		all = r.apply(
			Plan{
				Action:  "delete",
				planned: tftypes.NewValue(r.state.Type(), nil),
				config:  tftypes.NewValue(r.state.Type(), nil),
				private: r.private,
			},
		)
		if len(all.Errors()) > 0 {
			return all
		}
		r.Tainted = false
	}
	if plan.Action == "" {
		return all
	}
	for _, values := range known {
		plan.config = r.fill(plan.config, values)
		filled := r.fill(plan.planned, values) // write-only ones included, which no plan holds
		plan.planned = propose(r.schema.Block.Attributes, tftypes.NewValue(filled.Type(), nil), filled)
	}
	return append(all, r.apply(plan)...)
}

// fill puts values where unknown ones were.
func (r *Resource) fill(object tftypes.Value, values Values) tftypes.Value {
	r.t.Helper()
	members := maps.Clone(as[map[string]tftypes.Value](object))
	for name, value := range values {
		filled, err := encode(members[name].Type(), value)
		r.must(err)
		members[name] = filled
	}
	return tftypes.NewValue(object.Type(), members)
}

func (r *Resource) apply(plan Plan) Diagnostics {
	r.t.Helper()
	answer, err := r.server.ApplyResourceChange(r.context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: r.Type, PriorState: r.pack(r.state), PlannedState: r.pack(plan.planned), Config: r.pack(plan.config),
		PlannedPrivate: plan.private, PlannedIdentity: plan.identity,
	})
	r.must(err)
	found := Diagnostics(answer.Diagnostics)
	created := r.state.IsNull()
	r.state = r.unpack(r.schema.ValueType(), answer.NewState)
	r.private, r.identity = answer.Private, answer.NewIdentity
	switch failed := len(found.Errors()) > 0; {
	case failed:
		r.Tainted = created && !r.state.IsNull()
	case plan.Action == "delete" && !r.state.IsNull():
		r.t.Error("the destroy left something in the state")
	case !r.state.IsFullyKnown():
		r.t.Errorf("Provider returned unknown values after apply: %v", r.State())
	default:
		if where := inconsistent(plan.planned, r.state); where != "" {
			r.t.Errorf("Provider produced inconsistent result after apply: %s%s", r.Type, where)
		}
	}
	return found
}

// Refresh reads the resource. One that is gone leaves no state.
func (r *Resource) Refresh() Diagnostics {
	r.t.Helper()
	answer, err := r.server.ReadResource(r.context(), &tfprotov6.ReadResourceRequest{
		TypeName: r.Type, CurrentState: r.pack(r.state), Private: r.private, CurrentIdentity: r.identity,
	})
	r.must(err)
	found := Diagnostics(answer.Diagnostics)
	if len(found.Errors()) == 0 {
		r.state = r.unpack(r.schema.ValueType(), answer.NewState)
		r.private, r.identity = answer.Private, answer.NewIdentity
	}
	return found
}

// Import imports by id and reads what was imported, as terraform import does.
func (r *Resource) Import(id string) Diagnostics {
	r.t.Helper()
	return r.importState(&tfprotov6.ImportResourceStateRequest{TypeName: r.Type, ID: id})
}

// ImportIdentity is Import by an identity with this id.
func (r *Resource) ImportIdentity(id string) Diagnostics {
	r.t.Helper()
	return r.ImportParts(Values{"id": id})
}

// ImportParts is Import by an identity of these attributes.
func (r *Resource) ImportParts(parts Values) Diagnostics {
	r.t.Helper()
	identity, err := encode(r.identities[r.Type].ValueType(), parts)
	r.must(err)
	return r.importState(&tfprotov6.ImportResourceStateRequest{
		TypeName: r.Type, Identity: &tfprotov6.ResourceIdentityData{IdentityData: r.pack(identity)},
	})
}

func (r *Resource) importState(request *tfprotov6.ImportResourceStateRequest) Diagnostics {
	r.t.Helper()
	answer, err := r.server.ImportResourceState(r.context(), request)
	r.must(err)
	found := Diagnostics(answer.Diagnostics)
	if len(found.Errors()) > 0 {
		return found
	}
	imported := answer.ImportedResources[0]
	r.state = r.unpack(r.schema.ValueType(), imported.State)
	r.private, r.identity = imported.Private, imported.Identity
	return append(found, r.Refresh()...)
}

// Data reads a data source.
func (p *Protocol) Data(typeName string, config Values) (Values, Diagnostics) {
	p.t.Helper()
	schema := p.schemas.DataSourceSchemas[typeName]
	packed := p.pack(p.encode(schema, config))
	validated, err := p.server.ValidateDataResourceConfig(
		p.context(),
		&tfprotov6.ValidateDataResourceConfigRequest{TypeName: typeName, Config: packed},
	)
	p.must(err)
	if found := Diagnostics(validated.Diagnostics); len(found.Errors()) > 0 {
		return nil, found
	}
	answer, err := p.server.ReadDataSource(p.context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: packed})
	p.must(err)
	values, _ := decode(p.unpack(schema.ValueType(), answer.State)).(Values)
	return values, answer.Diagnostics
}

// Listed is one result of a list resource.
type Listed struct {
	DisplayName string
	ID          string
	Values      Values // nil unless resources were asked for
}

// List runs a list resource to its end, or to the limit where that is above 0.
func (p *Protocol) List(typeName string, config Values, limit int64, resources bool) ([]Listed, Diagnostics) {
	p.t.Helper()
	lister, ok := p.server.(tfprotov6.ListResourceServer)
	if !ok {
		p.t.Fatal("the provider has no list resources")
	}
	packed := p.pack(p.encode(p.schemas.ListResourceSchemas[typeName], config))
	validated, err := lister.ValidateListResourceConfig(
		p.context(),
		&tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: packed},
	)
	p.must(err)
	if found := Diagnostics(validated.Diagnostics); len(found.Errors()) > 0 {
		return nil, found
	}
	stream, err := lister.ListResource(p.context(), &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: packed, Limit: limit, IncludeResource: resources,
	})
	p.must(err)
	var listed []Listed
	var all Diagnostics
	for result := range stream.Results {
		all = append(all, result.Diagnostics...)
		if result.Identity == nil {
			continue
		}
		one := Listed{DisplayName: result.DisplayName, ID: p.identityID(typeName, result.Identity)}
		if result.Resource != nil {
			one.Values, _ = decode(p.unpack(p.schemas.ResourceSchemas[typeName].ValueType(), result.Resource)).(Values)
		}
		listed = append(listed, one)
	}
	return listed, all
}
