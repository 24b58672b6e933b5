package createonce

import (
	"context"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// longestShownPause is the last wait of UntilShown, which waits ten seconds in all.
const longestShownPause = 4 * time.Second

// UntilShown reads what has just been created, to learn what the reply to the create didn't show. The vendor may not show it
// yet, so a 404 is asked again, for ten seconds at most.
func UntilShown[T any](ctx context.Context, clock transport.Clock, read func() (T, error)) (T, error) {
	for pause := time.Second; ; pause += time.Second {
		thing, err := read()
		if !transport.IsNotFound(err) || pause > longestShownPause || !transport.Pause(ctx, clock, pause, err) {
			return thing, err
		}
	}
}
