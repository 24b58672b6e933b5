package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/exactlyonce"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/clients/transport"
)

// AddError reports that an operation on an account failed: what, at which vendor, why in the vendor's words, and what
// to do. Messages about a field go onto its attribute. verb is such as "create"; id is "" before there is one.
func (k Kind) AddError(diags *diag.Diagnostics, verb, id string, err error) {
	summary := fmt.Sprintf("Unable to %s %s", verb, k.Title)
	if verb == "list" {
		summary += "s"
	}
	prefix := ""
	if id != "" {
		prefix = fmt.Sprintf("%s %s: ", k.Title, id)
	}
	var failure *transport.Error
	if !errors.As(err, &failure) {
		text := sentence(err.Error())
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			stopped := transport.NotSent(err)
			text = sentence(stopped.Message) + "\n\n" + k.advice(stopped)
		}
		diags.AddError(summary, prefix+text)
		return
	}
	rest := *failure
	rest.Fields = nil
	for _, field := range failure.Fields {
		attribute, name, ok := k.attribute(field.Field)
		if !ok {
			rest.Fields = append(rest.Fields, field)
			continue
		}
		detail := fmt.Sprintf("%s%s answers for %s: %s", prefix, k.Vendor, name, sentence(strings.Join(field.Messages, " ")))
		diags.AddAttributeError(attribute, summary, detail+k.context(failure))
	}
	if len(rest.Fields) < len(failure.Fields) && len(rest.Fields) == 0 {
		return // every message stands on its attribute
	}
	text := prefix + k.Words(&rest)
	if failure.Status == http.StatusNotFound {
		text += fmt.Sprintf("\n\nWhat was asked for doesn't exist, or %s doesn't show it to this credential, or %s isn't that of the API. Check "+
			"them, and %s.", k.Vendor, k.Address, k.Credentials)
	}
	diags.AddError(summary, text)
}

// attribute is where messages about one of the vendor's fields belong, and how they name it. Vendors write a field in
// several ways ("website", "$.website", "Website"), and one within it or of an element after it ("groups[0].id").
func (k Kind) attribute(field string) (attribute path.Path, name string, ok bool) {
	whole := strings.TrimPrefix(field, "$.")
	for part := whole; part != ""; part = part[:max(0, strings.LastIndexAny(part, ".["))] {
		for known, attribute := range k.Wire {
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
func (k Kind) Words(failure *transport.Error) string {
	said := failure.Detail()
	text := fmt.Sprintf("%s failed to %s: %s", k.Vendor, failure.Operation, sentence(said))
	if advice := k.advice(failure); advice != "" {
		text += "\n\n" + advice
	}
	return text
}

// Cause is an error in sentences: in the vendor's words, where it is the vendor's.
func (k Kind) Cause(err error) string {
	if failure, ok := errors.AsType[*transport.Error](err); ok {
		return k.Words(failure)
	}
	return sentence(err.Error())
}

// context is what a message on an attribute needs beside the vendor's words.
func (k Kind) context(failure *transport.Error) string {
	text := fmt.Sprintf(" (HTTP %d", failure.Status)
	if failure.Message != "" {
		text += ": " + failure.Message
	}
	if failure.RequestID != "" {
		text += ", request id " + failure.RequestID
	}
	return text + ")"
}

func (k Kind) advice(failure *transport.Error) string {
	const slow = "If the vendor is slow, raise the resource's timeouts, which are for an operation, or request_timeout in the provider block, " +
		"which is for one request other than a create. A read goes by the timeouts in the state: apply others with -refresh=false."
	outOfTime := errors.Is(failure.Err, context.DeadlineExceeded)
	switch {
	case failure.Kind == transport.KindUntrusted, failure.Kind == transport.KindNotSent:
		return strings.TrimSpace("Nothing was sent. Check " + k.Address + ", the network, and any proxy (HTTPS_PROXY, NO_PROXY). " + k.Trust)
	case failure.Kind == transport.KindCancelled:
		if login, ok := errors.AsType[*transport.Error](failure.Err); ok && login.Kind != transport.KindCancelled {
			return k.advice(login)
		}
		if outOfTime {
			return "Nothing was sent. " + slow
		}
		return "Nothing was sent."
	case (failure.Kind == transport.KindNoReply || failure.Kind == transport.KindUnreadable) && outOfTime:
		return slow
	case failure.Kind == transport.KindNoReply && errors.Is(failure.Err, context.Canceled):
		return "The run was interrupted. It may be done all the same; the next plan shows what is there."
	case failure.Status == http.StatusUnauthorized:
		return "The credential was not accepted. Check " + k.Credentials + "."
	case failure.Status == http.StatusForbidden:
		return "The vendor does not allow this. " + k.Permission
	case failure.Status == http.StatusTooManyRequests:
		return "The vendor limits requests. Try again later, raise the resource's timeouts, lower -parallelism, or set max_requests_per_second in the provider block."
	case failure.Status >= 300 && failure.Status < 400:
		return "Check " + k.Address + "."
	case failure.Status >= 500:
		return "This is a fault at the vendor. Try again; if it lasts, give them the request id."
	case failure.Kind == transport.KindUnreadable, failure.Kind == transport.KindUnexpected:
		return "Check that " + k.Address + " is the vendor's API, and not a web page or a gateway in front of it."
	}
	return ""
}

// AddCreateError reports a failed create, with every account that may be the one: its id and a ready import block.
func (k Kind) AddCreateError(diags *diag.Diagnostics, err error) {
	var failed *exactlyonce.Error
	if !errors.As(err, &failed) {
		k.AddError(diags, "create", "", err)
		return
	}
	switch {
	case failed.Unclear:
		text := fmt.Sprintf("The %s may have been created, or not: its create was sent, and the answer doesn't tell whether it was "+
			"carried out.\n\n%s", k.Title, k.Cause(failed.Err))
		if failed.LookUp != nil {
			text += "\n\nLooking for it failed too: " + sentence(failed.LookUp.Error())
		}
		switch {
		case len(failed.Candidates) == 0 && failed.LookUp != nil:
			text += fmt.Sprintf("\n\nLook at %s before you apply again; if it is there, import it.", k.Vendor)
		case len(failed.Candidates) == 0:
			text += fmt.Sprintf("\n\nNo such account was found at %s so far. Look there before you apply again; if it is "+
				"there, import it.", k.Vendor)
		default:
			text += "\n\nWhat exists there can't be proven to come from this create. If it is yours, import it; NAME stands for the name of its " +
				"resource block:\n" +
				k.importBlocks(failed.Candidates)
		}
		diags.AddError("Outcome of creating "+k.Title+" is unclear", text)
	case len(failed.Candidates) > 0:
		text := fmt.Sprintf("A %s with this %s exists already. Nothing was created, and nothing is adopted "+
			"silently. To manage it with Terraform, import it; NAME stands for the name of its resource block:\n%s", k.Title, k.Natural, k.importBlocks(failed.Candidates))
		switch {
		case failed.Err != nil:
			text += "\n\n" + k.Cause(failed.Err)
		case k.Duplicates != "":
			text += "\n\n" + k.Duplicates
		}
		diags.AddError(k.Title+" exists already", text)
	default:
		k.AddError(diags, "create", "", failed.Err)
	}
}

// AddNamesake reports accounts of this kind that stand in the way of creating something else.
func (k Kind) AddNamesake(diags *diag.Diagnostics, attribute path.Path, candidates []exactlyonce.Candidate, advice string) {
	diags.AddAttributeError(attribute, k.Title+" of that name exists already", advice+"\n"+k.importBlocks(candidates))
}

func (k Kind) importBlocks(candidates []exactlyonce.Candidate) string {
	var b strings.Builder
	for _, c := range candidates {
		fmt.Fprintf(&b, "\n  # %s (id %s)\n  import {\n    to       = %s.NAME\n    provider = accounts\n    id       = %s\n  }\n",
			oneLine(c.Label), oneLine(c.ID), k.Type, QuoteHCL(c.ID))
	}
	return strings.TrimRight(b.String(), "\n")
}

// oneLine keeps text within the one line of a comment.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
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
func (k Kind) AddIncomplete(diags *diag.Diagnostics, id, step string, err error) {
	diags.AddWarning("Creation of "+k.Title+" is incomplete", fmt.Sprintf(
		"%s %s was created, but this could not be done after that: %s.\n\n%s\n\nThe account is in the state. The next plan "+
			"shows what is missing, and the next apply finishes it in place; no second account is created.", k.Title, id, step, k.Cause(err)))
}

// AddNothingToImport reports that an id can't be found on the first read after its import.
func (k Kind) AddNothingToImport(diags *diag.Diagnostics, id string, err error) {
	diags.AddError("Unable to import "+k.Title, fmt.Sprintf("%s shows this credential nothing with the id %s, so nothing was imported. Check the id, "+
		"which the data source %ss lists, %s, and %s.\n\n%s", k.Vendor, id, k.Type, k.Address, k.Credentials, k.Cause(err)))
}

// AddNotProven reports that an account can't be found, and why that doesn't prove that it is gone.
func (k Kind) AddNotProven(diags *diag.Diagnostics, id, reason string, err error) {
	diags.AddError("Unable to read "+k.Title, fmt.Sprintf("%s %s can't be found, but that doesn't prove that it is gone: %s. It stays in "+
		"the state. Check %s.\n\n%s\n\nIf you know that it is gone, %s", k.Title, id, reason, k.Credentials, k.Cause(err), k.Forget()))
}

// AddLag reports a 404 that comes too soon after our own create to mean anything.
func (k Kind) AddLag(diags *diag.Diagnostics, id string) {
	diags.AddError(k.Title+" can't be read yet", fmt.Sprintf("%s %s was created less than ten minutes ago, and %s doesn't "+
		"show it yet (HTTP 404). It stays in the state. Try again in a moment.", k.Title, id, k.Vendor))
}

// NotManagedWarning warns that attributes were taken out of the configuration whose values stay at the vendor.
func (k Kind) NotManagedWarning(diags *diag.Diagnostics, attribute, id string) {
	diags.AddWarning(k.Title+": attribute is no longer managed", fmt.Sprintf(
		"%s of %s %s isn't in the configuration. The plan shows it as removed, but what %s has stays there; it is only no longer "+
			"managed.", attribute, k.Title, id, k.Vendor))
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
