package transport

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// deprecationHeaders announce the end of a call: Gcore's own, and those of RFC 9745 and RFC 8594.
var deprecationHeaders = []string{"X-Deprecation", "X-Sunset", "Deprecation", "Sunset"}

// warnDeprecated passes on, once for each operation, that the vendor announces the end of what the operation calls.
func (c *Client) warnDeprecated(ctx context.Context, r Request, header http.Header) {
	var announced []string
	for _, name := range deprecationHeaders {
		if value := header.Get(name); value != "" {
			announced = append(announced, name+": "+shorten(c.Scrubber.plain(value), 200))
		}
	}
	if len(announced) == 0 || c.Warn == nil {
		return
	}
	if _, warned := c.deprecated.LoadOrStore(r.Operation, true); !warned {
		c.Warn(ctx, fmt.Sprintf("%s announces the end of a call that this provider makes to %s (%s %s): %s",
			c.Vendor, r.Operation, r.Method, c.Scrubber.plain(r.Path), strings.Join(announced, "; ")))
	}
}
