package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// status is what a check has found.
type status string

const (
	holds    status = "holds"
	differs  status = "differs"
	cantTell status = "can't tell"
)

// check is one assumption that the provider or its mock makes about a vendor, and that a read can show.
type check struct {
	name       string // vendor and subject, such as gcore.envelope
	assumption string // one sentence
	source     string // where the assumption comes from
	run        func(ctx context.Context, p *probe) finding
}

// finding is what a check has found. It holds types, shapes and counts, and nothing of the vendor's data.
type finding struct {
	status status
	found  string
}

func itHolds(format string, args ...any) finding { return finding{holds, fmt.Sprintf(format, args...)} }

func itDiffers(format string, args ...any) finding {
	return finding{differs, fmt.Sprintf(format, args...)}
}

func notTold(format string, args ...any) finding {
	return finding{cantTell, fmt.Sprintf(format, args...)}
}

// expect is itHolds or itDiffers.
func expect(right bool, ifHolds, ifDiffers string) finding {
	if right {
		return itHolds("%s", ifHolds)
	}
	return itDiffers("%s", ifDiffers)
}

// refused is the finding of a check whose request the vendor answered otherwise than it needs, or that could not be sent,
// which why tells.
func refused(e *exchange, why string) finding {
	switch {
	case e == nil:
		return notTold("%s", why)
	case e.status == http.StatusOK:
		return notTold("the reply is not the JSON that was asked for")
	}
	return notTold("the vendor answered %d", e.status)
}

// commonChecks are the same for every vendor: headers, and the clock.
func commonChecks(vendor string) []check {
	return []check{
		{
			vendor + ".clock", "Every reply has a Date header, and it is at most 5 seconds from this machine's clock.",
			"RFC 9110, 6.6.1; a create is recognised as one's own by the vendor's clock", checkClock,
		},
		{
			vendor + ".request-id", "A request id, where there is one, is in X-Request-Id, X-Trace-Id or X-Correlation-Id.",
			"common practice; the vendor documents none", checkRequestID,
		},
		{
			vendor + ".rate-limit", "Successful replies have no headers about rate limits.", "none are documented", func(_ context.Context,
				p *probe) finding {
				return absentHeaders(p, "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset", "X-Rate-Limit-Limit",
					"X-Rate-Limit-Remaining",
					"Ratelimit", "Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset", "Ratelimit-Policy", "Retry-After")
			},
		},
		{
			vendor + ".deprecation", "No call that the provider uses is announced to end.", "RFC 9745, RFC 8594", func(_ context.Context,
				p *probe) finding {
				return absentHeaders(p, "Deprecation", "Sunset", "X-Api-Warn", "Warning")
			},
		},
	}
}

func checkClock(_ context.Context, p *probe) finding {
	if len(p.exchanges) == 0 {
		return notTold("there was no reply")
	}
	var farthest time.Duration
	for _, e := range p.exchanges {
		date, err := http.ParseTime(e.header.Get("Date"))
		if err != nil {
			return itDiffers("a reply has no Date")
		}
		// A Date is cut to the second.
		if off := e.received.Sub(date) - 500*time.Millisecond; off.Abs() > farthest.Abs() {
			farthest = off
		}
	}
	return expect(farthest.Abs() <= 5*time.Second, "it does", fmt.Sprintf("the clocks are %s apart", farthest.Abs().Round(time.Second)))
}

func checkRequestID(_ context.Context, p *probe) finding {
	documented := []string{"X-Request-Id", "X-Trace-Id", "X-Correlation-Id"}
	others := []string{"Request-Id", "Traceparent", "Cf-Ray", "X-Amzn-Requestid", "X-Amz-Cf-Id", "X-Azure-Ref", "X-Ms-Request-Id",
		"X-B3-Traceid"}
	found := headers(p, slices.Concat(documented, others)...)
	switch {
	case len(found) == 0:
		return notTold("no reply has a header that is known to hold one")
	case slices.ContainsFunc(found, func(name string) bool { return slices.Contains(documented, name) }):
		return itHolds("in %s", strings.Join(found, ", "))
	}
	return itDiffers("in %s", strings.Join(found, ", "))
}

func absentHeaders(p *probe, names ...string) finding {
	if len(p.exchanges) == 0 {
		return notTold("there was no reply")
	}
	found := headers(p, names...)
	return expect(len(found) == 0, "there are none", "there are: "+strings.Join(found, ", "))
}

// headers returns which of these headers any successful reply has.
func headers(p *probe, names ...string) (found []string) {
	for _, name := range names {
		if slices.ContainsFunc(p.exchanges, func(e *exchange) bool { return e.status < 300 && e.header.Get(name) != "" }) {
			found = append(found, name)
		}
	}
	return found
}

// contractChecks hold each reply against the description of its operation.
func contractChecks(vendor string, operations map[string]string) (all []check) {
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		operation := operations[name]
		all = append(all, check{
			vendor + ".contract." + name, "Every reply to " + operation + " is as described: no other fields, types, nulls or statuses.",
			"internal/mockapi/" + vendor + "/contract", func(_ context.Context, p *probe) finding {
				return checkContract(p, operation)
			},
		})
	}
	return all
}

func checkContract(p *probe, operation string) finding {
	found, replies := differences{}, 0
	for _, e := range p.exchanges {
		if e.operation == operation && e.status != http.StatusTooManyRequests {
			replies++
			p.contract.check(e, found)
		}
	}
	switch {
	case replies == 0:
		return notTold("it was not called")
	case len(found) > 0:
		return itDiffers("%s", found)
	}
	return itHolds("%d of %d replies", replies, replies)
}

// lacking returns the fields of whole that partial doesn't have, as far as their names may be shown.
func lacking(partial, whole map[string]any, except ...string) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		if _, ok := partial[name]; !ok && !slices.Contains(except, name) {
			names = append(names, fieldName(name))
		}
	}
	return names
}

func upper(s string) (string, bool) { return strings.ToUpper(s), strings.ToUpper(s) != s }

func lower(s string) (string, bool) { return strings.ToLower(s), strings.ToLower(s) != s }

// swapCase returns a text in another case, and whether that differs.
func swapCase(s string) (string, bool) {
	swapped := strings.ToUpper(s)
	if swapped == s {
		swapped = strings.ToLower(s)
	}
	return swapped, swapped != s && strings.EqualFold(swapped, s)
}
