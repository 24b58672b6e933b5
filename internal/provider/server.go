package provider

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Server returns what makes a server of the provider, as Terraform speaks to it.
func Server(version string, options ...Option) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		inner := providerserver.NewProtocol6(New(version, options...)())()
		if known, ok := inner.(framework); ok {
			return server{known}
		}
		return inner // only where a later framework leaves one of these out
	}
}

// framework is all that the framework's server implements and Terraform asks for.
type framework interface {
	tfprotov6.ProviderServer
	tfprotov6.ListResourceServer
	tfprotov6.ActionServer
	tfprotov6.StateStoreServer
}

// server is the framework's server, which keeps the context of every request until the process ends, so that it can
// cancel it when Terraform stops the provider. With all that hangs on such a context, that is 10 KB for each of the four
// requests that a plan makes for each resource. Here the context lets go of it once the request is answered.
type server struct{ framework }

// ValidateResourceConfig implements tfprotov6.ResourceServer.
func (s server) ValidateResourceConfig(
	ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return answer(ctx, req, s.framework.ValidateResourceConfig)
}

// UpgradeResourceState implements tfprotov6.ResourceServer.
func (s server) UpgradeResourceState(
	ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return answer(ctx, req, s.framework.UpgradeResourceState)
}

// UpgradeResourceIdentity implements tfprotov6.ResourceServer.
func (s server) UpgradeResourceIdentity(
	ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest,
) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return answer(ctx, req, s.framework.UpgradeResourceIdentity)
}

// ReadResource implements tfprotov6.ResourceServer.
func (s server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return answer(ctx, req, s.framework.ReadResource)
}

// PlanResourceChange implements tfprotov6.ResourceServer.
func (s server) PlanResourceChange(
	ctx context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	return answer(ctx, req, s.framework.PlanResourceChange)
}

// ApplyResourceChange implements tfprotov6.ResourceServer.
func (s server) ApplyResourceChange(
	ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return answer(ctx, req, s.framework.ApplyResourceChange)
}

// ImportResourceState implements tfprotov6.ResourceServer.
func (s server) ImportResourceState(
	ctx context.Context, req *tfprotov6.ImportResourceStateRequest,
) (*tfprotov6.ImportResourceStateResponse, error) {
	return answer(ctx, req, s.framework.ImportResourceState)
}

// ReadDataSource implements tfprotov6.DataSourceServer.
func (s server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return answer(ctx, req, s.framework.ReadDataSource)
}

// answer calls one of the framework's methods with a context that ends with the call.
func answer[Q, A any](ctx context.Context, req Q, call func(context.Context, Q) (A, error)) (A, error) {
	own := &requestContext{}
	own.inner.Store(&ctx)
	defer own.inner.Store(&answered) //nolint:contextcheck // it lets go of ctx
	return call(own, req)            //nolint:contextcheck // it stands for ctx
}

// answered is the context of a request that is over.
var answered = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// requestContext is a context that can let go of the one it stands for.
type requestContext struct {
	inner atomic.Pointer[context.Context]
}

func (c *requestContext) now() context.Context { return *c.inner.Load() }

// Deadline implements context.Context.
func (c *requestContext) Deadline() (time.Time, bool) { return c.now().Deadline() }

// Done implements context.Context.
func (c *requestContext) Done() <-chan struct{} { return c.now().Done() }

// Err implements context.Context.
func (c *requestContext) Err() error { return c.now().Err() }

// Value implements context.Context.
func (c *requestContext) Value(key any) any { return c.now().Value(key) }
