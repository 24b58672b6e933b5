// Package settings resolves the provider block: configuration before environment before default, for every vendor
// alike.
package settings

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// Shared is what every vendor gets from the provider.
type Shared struct {
	UserAgent      string
	RequestTimeout time.Duration // of one request
	BulkReads      bool
	ReadOnly       bool                  // no request that changes something is sent
	RequestLog     *transport.RequestLog // nil: none
	Unknown        *path.Path            // an attribute without which no vendor may be used, and that isn't known yet; or nil
	InFlight       *transport.InFlight   // counts the requests of all vendors; may be nil
	Clock          transport.Clock
	Scrubber       *transport.Scrubber // shared by the vendors, so that none prints another's secret
	Getenv         func(string) string
}

// transport returns transport options with all that does not depend on the vendor.
func (s Shared) transport() transport.Options {
	return transport.Options{
		UserAgent:      s.UserAgent,
		RequestTimeout: s.RequestTimeout,
		Clock:          s.Clock,
		Scrubber:       s.Scrubber,
		ReadOnly:       s.ReadOnly,
		RequestLog:     s.RequestLog,
		InFlight:       s.InFlight,
		Log: func(ctx context.Context, message string, fields map[string]any) {
			tflog.Debug(ctx, message, fields)
		},
		Warn: Warn,
	}
}

// Warn writes a client's warning to the log.
func Warn(ctx context.Context, message string) { tflog.Warn(ctx, message) }

// Value is one setting, and where it comes from.
type Value struct {
	Text      string
	Set       bool // it has a known value
	Unknown   bool // it will have one once something else has been applied
	Attribute path.Path
	Variable  string // the environment variable, where the value comes from there
}

// Given reports whether there is a value, be it known yet or not.
func (v Value) Given() bool { return v.Set || v.Unknown }

// Source names where the value comes from, for a diagnostic.
func (v Value) Source() string {
	if v.Variable != "" {
		return "the environment variable " + v.Variable
	}
	return "the provider attribute " + v.Attribute.String()
}
