package provider

import (
	"context"
	"sync"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider/settings"
)

// Exit ends what ephemeral resources have left open. Terraform closes them only after a run in which nothing that uses
// them has failed or was interrupted; after any other it just ends the provider's process.
type Exit struct {
	mu      sync.Mutex
	clients []settings.Clients
}

// WithExit makes the provider note in exit what there may be to end.
func WithExit(exit *Exit) Option { return func(p *accounts) { p.exit = exit } }

// Run ends it all, at once. ctx bounds it; Terraform itself kills a provider two seconds after it asked it to end.
func (e *Exit) Run(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all sync.WaitGroup
	for _, clients := range e.clients {
		for _, client := range clients {
			if closer, ok := client.(interface{ Close(ctx context.Context) }); ok {
				all.Go(func() { closer.Close(ctx) })
			}
		}
	}
	all.Wait()
}

func (e *Exit) add(clients settings.Clients) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clients = append(e.clients, clients)
}
