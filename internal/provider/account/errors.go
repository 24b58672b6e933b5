package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/bulkread"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/createonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/wire"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/witness"
)

// AddError reports that an operation on an account failed: what, at which vendor, why in the vendor's words, and what
// to do. Messages about a field go onto its attribute. verb is such as "create"; id is "" before there is one.
func (d Descriptor) AddError(diags *diag.Diagnostics, verb, id string, err error) {
	summary := fmt.Sprintf("Unable to %s %s", verb, d.Title)
	if verb == "list" {
		summary += "s"
	}
	prefix := ""
	if id != "" {
		prefix = fmt.Sprintf("%s %s: ", d.Title, transport.SafeText(id))
	}
	var failure *transport.Error
	if !errors.As(err, &failure) {
		text := sentence(err.Error())
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			stopped := transport.NotSent(err)
			text = sentence(stopped.Message) + "\n\n" + d.advice(stopped)
		}
		diags.AddError(summary, prefix+text)
		return
	}
	rest := *failure
	rest.Fields = nil
	for _, field := range failure.Fields {
		attribute, name, ok := d.attribute(field.Field)
		if !ok {
			rest.Fields = append(rest.Fields, field)
			continue
		}
		detail := fmt.Sprintf("%s%s answers for %s: %s", prefix, d.Vendor, name, sentence(strings.Join(field.Messages, " ")))
		diags.AddAttributeError(attribute, summary, detail+d.context(failure))
	}
	if len(rest.Fields) < len(failure.Fields) && len(rest.Fields) == 0 {
		return // every message stands on its attribute
	}
	text := prefix + d.Words(&rest)
	if failure.Status == http.StatusNotFound {
		text += fmt.Sprintf("\n\nWhat was asked for doesn't exist, or %s doesn't show it to this credential, or %s isn't that of the API. Check "+
			"them, and %s.", d.Vendor, d.Address, d.Credentials)
	}
	diags.AddError(summary, text)
}

// attribute is where messages about one of the vendor's fields belong, and how they name it. Vendors write a field in
// several ways ("website", "$.website", "Website"), and one within it or of an element after it ("groups[0].id").
func (d Descriptor) attribute(field string) (attribute path.Path, name string, ok bool) {
	whole := strings.TrimPrefix(field, "$.")
	for part := whole; part != ""; part = part[:max(0, strings.LastIndexAny(part, ".["))] {
		for known, attribute := range d.Wire {
			if !strings.EqualFold(known, part) {
				continue
			}
			if part == whole {
				return attribute, attribute.String(), true
			}
			return attribute, field, true
		}
	}
	return path.Empty(), "", false
}

// Words tells a failure in the vendor's words, and what to do about it.
func (d Descriptor) Words(failure *transport.Error) string {
	said := failure.Detail()
	text := fmt.Sprintf("%s failed to %s: %s", d.Vendor, failure.Operation, sentence(said))
	if advice := d.advice(failure); advice != "" {
		text += "\n\n" + advice
	}
	return text
}

// Cause is an error in sentences: in the vendor's words, where it is the vendor's.
func (d Descriptor) Cause(err error) string {
	if failure, ok := errors.AsType[*transport.Error](err); ok {
		return d.Words(failure)
	}
	return sentence(err.Error())
}

// context is what a message on an attribute needs next to the vendor's words.
func (d Descriptor) context(failure *transport.Error) string {
	text := fmt.Sprintf(" (HTTP %d", failure.Status)
	if failure.Code != "" {
		text += ", " + failure.Code
	}
	if failure.Message != "" {
		text += ": " + failure.Message
	}
	if failure.RequestID != "" {
		text += ", request id " + failure.RequestID
	}
	return text + ")"
}

func (d Descriptor) advice(failure *transport.Error) string {
	const slow = "If the vendor is slow, raise the timeouts of this block, which are for an operation, or request_timeout in the provider " +
		"block, which is for one request other than a create. A resource is read with the timeouts in its state: apply others with " +
		"-refresh=false."
	outOfTime := errors.Is(failure.Err, context.DeadlineExceeded)
	switch {
	case failure.Kind == transport.KindUntrusted, failure.Kind == transport.KindNotSent:
		return "Nothing was sent. Check " + d.Address + ", the network, and any proxy (HTTPS_PROXY, NO_PROXY). Where the server or the " +
			"proxy has a certificate authority of its own, set " + d.Section + ".ca_certificate."
	case failure.Kind == transport.KindCancelled:
		if login, ok := errors.AsType[*transport.Error](failure.Err); ok && login.Kind != transport.KindCancelled {
			return d.advice(login)
		}
		if outOfTime {
			return "Nothing was sent. " + slow
		}
		return "Nothing was sent."
	case (failure.Kind == transport.KindNoReply || failure.Kind == transport.KindUnreadable) && outOfTime:
		return slow
	case failure.Kind == transport.KindNoReply && errors.Is(failure.Err, context.Canceled):
		return "The run was interrupted. It may be done anyway; the next plan shows what is there."
	case failure.Status == http.StatusUnauthorized:
		return "The credential was not accepted. Check " + d.Credentials + "."
	case failure.Status == http.StatusForbidden:
		return "The vendor does not allow this. " + d.Permission
	case failure.Status == http.StatusTooManyRequests:
		return "The vendor limits requests. Try again later, raise the timeouts of this block, lower -parallelism, or set " +
			"max_requests_per_second in the provider block."
	case failure.Status >= 300 && failure.Status < 400:
		return "Check " + d.Address + "."
	case failure.Status >= 500:
		return "This is a fault at the vendor. Try again; if it lasts, give them the request id."
	case errors.Is(failure.Err, bulkread.ErrTooLong), errors.Is(failure.Err, bulkread.ErrRepeats):
		return "" // they say so themselves
	case failure.Kind == transport.KindUnreadable, failure.Kind == transport.KindUnexpected:
		return "Check that " + d.Address + " is the vendor's API, and not a web page or a gateway in front of it."
	}
	return ""
}

// AddCreateError reports a failed create, with every account that may be the one: its id and a ready import block.
func (d Descriptor) AddCreateError(diags *diag.Diagnostics, err error) {
	var failed *createonce.Error
	if !errors.As(err, &failed) {
		d.AddError(diags, "create", "", err)
		return
	}
	switch {
	case failed.Unclear:
		text := fmt.Sprintf("The %s may have been created, or not: its create was sent, and the answer doesn't report whether it was "+
			"carried out.\n\n%s", d.Title, d.Cause(failed.Err))
		if failed.Named != nil {
			text += fmt.Sprintf("\n\nThe reply names %s %s (%s), which can't be proven to be the account of this create. It was not added to "+
				"the state, and nothing was sent to it.", d.Title, transport.SafeText(failed.Named.ID), transport.SafeText(failed.Named.Label))
		}
		if failed.LookUp != nil {
			text += "\n\nLooking for it failed too: " + sentence(failed.LookUp.Error())
		}
		switch {
		case len(failed.Candidates) == 0 && failed.LookUp != nil:
			text += fmt.Sprintf("\n\nLook at %s before you apply again; if it is there, import it.", d.Vendor)
		case len(failed.Candidates) == 0:
			text += fmt.Sprintf("\n\nNo such account was found at %s so far. Look there before you apply again; if it is "+
				"there, import it.", d.Vendor)
		default:
			text += "\n\nWhat exists there can't be proven to come from this create. If it is yours, import it; NAME stands for the name of its " +
				"resource block:\n" +
				d.importBlocks(failed.Candidates)
		}
		diags.AddError("Outcome of creating "+d.Title+" is unclear", text)
	case len(failed.Candidates) > 0:
		text := fmt.Sprintf("A %s with this %s exists already. Nothing was created, and nothing is adopted "+
			"silently. To manage it with Terraform, import it; NAME stands for the name of its resource "+
			"block:\n%s", d.Title, d.NaturalKey, d.importBlocks(failed.Candidates))
		switch {
		case failed.Err != nil:
			text += "\n\n" + d.Cause(failed.Err)
			if slices.Contains(d.DestroyPolicies, PolicyDelete) {
				text += "\n\nIf this plan replaces that account with create_before_destroy, the two can't exist at the same time: remove " +
					"create_before_destroy, so that the old one is deleted first."
			}
		case d.Duplicates != "":
			text += "\n\n" + d.Duplicates
		}
		diags.AddError(d.Title+" exists already", text)
	default:
		d.AddError(diags, "create", "", failed.Err)
	}
}

// AddNamesake reports accounts of this kind that stand in the way of creating something else.
func (d Descriptor) AddNamesake(diags *diag.Diagnostics, attribute path.Path, candidates []createonce.Candidate, advice string) {
	diags.AddAttributeError(attribute, d.Title+" of that name exists already", advice+"\n"+d.importBlocks(candidates))
}

// mostShown is how many accounts a message shows.
const mostShown = 20

func (d Descriptor) importBlocks(candidates []createonce.Candidate) string {
	var b strings.Builder
	for i, c := range candidates {
		if i == mostShown {
			fmt.Fprintf(&b, "\n  # and %d more\n", len(candidates)-mostShown)
			break
		}
		fmt.Fprintf(&b, "\n  # %s (id %s)\n  import {\n    to       = %s.NAME\n    provider = accounts\n    id       = %s\n  }\n",
			transport.SafeText(c.Label), transport.SafeText(c.ID), d.Type, QuoteHCL(transport.SafeText(c.ID)))
	}
	return strings.TrimRight(b.String(), "\n")
}

// QuoteHCL writes a value as an HCL string.
func QuoteHCL(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range value {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '$', '%':
			b.WriteRune(r)
			if strings.HasPrefix(value[i+1:], "{") {
				b.WriteRune(r)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// AddIncomplete warns that an account was created but a step after that failed. An error would taint the account, and
// Terraform would then want to destroy it.
func (d Descriptor) AddIncomplete(diags *diag.Diagnostics, id, step string, err error) {
	diags.AddWarning("Creation of "+d.Title+" is incomplete", fmt.Sprintf(
		"%s %s was created, but this could not be done after that: %s.\n\n%s\n\nThe account is in the state. The next plan "+
			"shows what is missing, and the next apply finishes it in place; no second account is created.", d.Title, id, step, d.Cause(err)))
}

// addNothingToImport reports that an id can't be found on the first read after its import.
func (d Descriptor) addNothingToImport(diags *diag.Diagnostics, id string, err error) {
	diags.AddError("Unable to import "+d.Title, fmt.Sprintf("%s shows this credential nothing with the id %s, so nothing was imported. "+
		"Check the id, "+
		"which the data source %ss lists, %s, and %s.\n\n%s", d.Vendor, id, d.Type, d.Address, d.Credentials, d.Cause(err)))
}

// addNotProven reports that an account can't be found, and why that doesn't prove that it is gone. verb is such as "read".
func (d Descriptor) addNotProven(diags *diag.Diagnostics, verb, id, reason string, err error) {
	diags.AddError("Unable to "+verb+" "+d.Title, fmt.Sprintf("%s %s can't be found, but that doesn't prove that it is gone: %s. It stays in "+
		"the state. Check %s.\n\n%s\n\nIf you know that it is gone, %s", d.Title, id, reason, d.Credentials, d.Cause(err), d.Forget()))
}

// AddReadError reports that an account couldn't be read; where it was not found, why that doesn't prove it gone. verb is
// such as "read".
func (d Descriptor) AddReadError(diags *diag.Diagnostics, verb, id string, err error) {
	if doubt, ok := errors.AsType[*witness.NotProvenError](err); ok {
		d.addNotProven(diags, verb, id, doubt.Reason, doubt.Err)
		return
	}
	d.AddError(diags, verb, id, err)
}

// AddNotKept reports what a vendor accepted and did not keep, on the attribute of the first such field.
func (d Descriptor) AddNotKept(diags *diag.Diagnostics, id string, err *wire.NotKeptError) {
	at := path.Root("id")
	if attribute, _, ok := d.attribute(err.Differences[0].Field); ok {
		at = attribute
	}
	diags.AddAttributeError(at, d.Vendor+" did not apply a change", fmt.Sprintf(
		"%s %s: %v. Other changes were made.\n\nIf %s keeps its own value, set the attribute to that value, or remove it from the configuration.",
		d.Title, id, err, d.Vendor))
}

// addLag reports a 404 that comes too soon after our own create to mean anything.
func (d Descriptor) addLag(diags *diag.Diagnostics, id string) {
	diags.AddError(d.Title+" can't be read yet", fmt.Sprintf("%s %s was created less than ten minutes ago, and %s doesn't "+
		"show it yet (HTTP 404). It stays in the state. Try again in a moment; if it was deleted since, a plan after those ten minutes "+
		"says so.", d.Title, id, d.Vendor))
}

// NotManagedWarning warns that attributes whose values stay at the vendor were removed from the configuration.
func (d Descriptor) NotManagedWarning(diags *diag.Diagnostics, attribute, id string) {
	diags.AddWarning(d.Title+": attribute is no longer managed", fmt.Sprintf(
		"%s of %s %s isn't in the configuration. The plan shows it as removed, but what %s has stays there; it is only no longer "+
			"managed.", attribute, d.Title, id, d.Vendor))
}

// sentence ends text with a full stop, unless a bracket follows one.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if bracket := strings.LastIndex(text, " ("); bracket > 0 && strings.HasSuffix(text, ")") && strings.HasSuffix(text[:bracket], ".") {
		return text
	}
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
