package acctest

import "github.com/hashicorp/terraform-plugin-go/tfprotov6"

// Invoke validates, plans and invokes an action, as terraform apply -invoke does, and returns its progress messages.
func (p *Protocol) Invoke(typeName string, config Values) (progress []string, found Diagnostics) {
	p.t.Helper()
	actions, ok := p.server.(tfprotov6.ActionServer)
	if !ok || p.schemas.ActionSchemas[typeName] == nil {
		p.t.Fatalf("there is no action %s", typeName)
	}
	packed := p.pack(p.encode(p.schemas.ActionSchemas[typeName].Schema, config))
	validated, err := actions.ValidateActionConfig(p.context(), &tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: packed})
	p.must(err)
	if found = validated.Diagnostics; len(found.Errors()) > 0 {
		return nil, found
	}
	planned, err := actions.PlanAction(p.context(), &tfprotov6.PlanActionRequest{ActionType: typeName, Config: packed})
	p.must(err)
	if found = planned.Diagnostics; len(found.Errors()) > 0 {
		return nil, found
	}
	stream, err := actions.InvokeAction(p.context(), &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: packed})
	p.must(err)
	for event := range stream.Events {
		switch e := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, e.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			found = append(found, e.Diagnostics...)
		}
	}
	return progress, found
}
