package acctest

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Opened is an ephemeral resource that is open.
type Opened struct {
	*Protocol
	Type    string
	Values  Values
	RenewAt time.Time // zero: never
	private []byte
}

// Open opens an ephemeral resource, as each plan and apply does. Nothing is open after an error.
func (p *Protocol) Open(typeName string, config Values) (*Opened, Diagnostics) {
	p.t.Helper()
	return p.OpenContext(p.context(), typeName, config)
}

// OpenContext is Open in a context that may be cancelled, as Ctrl-C does.
func (p *Protocol) OpenContext(ctx context.Context, typeName string, config Values) (*Opened, Diagnostics) {
	p.t.Helper()
	schema := p.schemas.EphemeralResourceSchemas[typeName]
	packed := p.pack(p.encode(schema, config))
	validated, err := p.server.ValidateEphemeralResourceConfig(
		ctx,
		&tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: packed},
	)
	p.must(err)
	if found := Diagnostics(validated.Diagnostics); len(found.Errors()) > 0 {
		return nil, found
	}
	answer, err := p.server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: packed})
	p.must(err)
	found := Diagnostics(answer.Diagnostics)
	if len(found.Errors()) > 0 {
		return nil, found
	}
	opened := &Opened{Protocol: p, Type: typeName, RenewAt: answer.RenewAt, private: answer.Private}
	opened.Values, _ = decode(p.unpack(schema.ValueType(), answer.Result)).(Values)
	return opened, found
}

// Renew renews it.
func (o *Opened) Renew() Diagnostics {
	o.t.Helper()
	answer, err := o.server.RenewEphemeralResource(
		o.context(),
		&tfprotov6.RenewEphemeralResourceRequest{TypeName: o.Type, Private: o.private},
	)
	o.must(err)
	o.RenewAt = answer.RenewAt
	if answer.Private != nil {
		o.private = answer.Private
	}
	return answer.Diagnostics
}

// Close closes it, in a context that may be cancelled.
func (o *Opened) Close(ctx context.Context) Diagnostics {
	o.t.Helper()
	answer, err := o.server.CloseEphemeralResource(ctx, &tfprotov6.CloseEphemeralResourceRequest{TypeName: o.Type, Private: o.private})
	o.must(err)
	return answer.Diagnostics
}
