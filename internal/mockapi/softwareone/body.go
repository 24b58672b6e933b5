package softwareone

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// document is a JSON object with its members still encoded, so that null, absent and empty stay apart.
type document map[string]json.RawMessage

func (d document) sent(member string) bool { _, ok := d[member]; return ok }

func (d document) null(member string) bool { return string(d[member]) == "null" }

// payload is a request's body: the account, and the logo where the body is a form that holds one.
type payload struct {
	account document
	logo    []byte
	form    bool
}

var errMediaType = errors.New("the content type is not supported")

// readPayload reads a JSON body, or a form of the parts account and logo. It gives errMediaType for any other.
func readPayload(r *http.Request, form bool) (payload, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/json":
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return payload{}, err
		}
		d, err := readDocument(body)
		return payload{account: d}, err
	case err == nil && kind == "multipart/form-data" && form:
		return readForm(multipart.NewReader(r.Body, params["boundary"]))
	}
	return payload{}, errMediaType
}

func readDocument(body []byte) (document, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	var doc document
	if err := d.Decode(&doc); err != nil || doc == nil {
		return nil, errors.New("the body is not a JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one JSON object")
	}
	return doc, nil
}

func readForm(reader *multipart.Reader) (payload, error) {
	p := payload{form: true}
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return p, err
		}
		switch name := part.FormName(); {
		case name == "account" && p.account == nil:
			if kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type")); err != nil || kind != "application/json" {
				return p, errors.New("the part account is not application/json")
			}
			if p.account, err = readDocument(body); err != nil {
				return p, err
			}
		case name == "logo" && p.logo == nil && len(body) > 0:
			p.logo = body
		default:
			return p, fmt.Errorf("the part %q is unknown, empty or a repetition", name)
		}
	}
	if p.account == nil {
		return p, errors.New("the part account is missing")
	}
	return p, nil
}

// writable are the members that a caller may send. Types and statuses are checked by the operations.
var writable = append([]string{"name", "type", "status", "address", "groups", "eligibility"}, textNames(1)...)

var spaces = regexp.MustCompile(`\s+`)

// apply writes a document into an account and returns what is wrong with it. For members that the document leaves out,
// clearing says whether they are cleared.
func (m *Mock) apply(a *Account, doc document, clearing bool) problems {
	p := problems{}
	for member := range doc {
		if !slices.Contains(writable, member) {
			p.add(member, "The member is unknown or can't be set.")
		}
	}
	text := func(doc document, prefix, member string, limit int, to *string) {
		switch {
		case !doc.sent(member):
			if clearing {
				*to = ""
			}
		case doc.null(member):
			if !m.options.PUTIgnoresNull {
				*to = ""
			}
		default:
			var s string
			switch err := json.Unmarshal(doc[member], &s); {
			case err != nil:
				p.add(prefix+member, "The value must be a string.")
			case utf8.RuneCountInString(s) > limit:
				p.add(prefix+member, "The value is longer than %d characters.", limit)
			default:
				*to = s
			}
		}
	}

	name := ""
	text(doc, "", "name", 500, &name)
	if m.options.CollapsesNames {
		name = strings.TrimSpace(spaces.ReplaceAllString(name, " "))
	}
	if strings.TrimSpace(name) == "" {
		p.add("name", "The name is required.")
	}
	a.Name = name
	for _, member := range textMembers {
		if member.limit > 0 {
			text(doc, "", member.name, member.limit, member.of(a))
		}
	}
	if at, err := mail.ParseAddress(
		a.TechnicalSupportEmail,
	); a.TechnicalSupportEmail != "" &&
		(err != nil || at.Address != a.TechnicalSupportEmail) {
		p.add("technicalSupportEmail", "The value is not an e-mail address.")
	}
	if a.DefaultLanguageCode == "" && !m.options.NoDefaultLanguage {
		a.DefaultLanguageCode = "en-US"
	}

	address := document{}
	if doc.sent("address") && json.Unmarshal(doc["address"], &address) != nil || doc.null("address") {
		p.add("address", "The value must be an object.")
	}
	for member := range address {
		if !slices.Contains(addressMembers, member) {
			p.add("address."+member, "The member is unknown.")
		}
	}
	for _, member := range addressMembers {
		text(address, "address.", member, 2000, a.Address.member(member))
	}
	if m.options.WholeAddress && a.Address != (Address{}) {
		for _, member := range addressMembers {
			if *a.Address.member(member) == "" && member != "addressLine2" {
				p.add("address."+member, "The member is required in an address.")
			}
		}
		if len(a.Address.Country) > 2 {
			p.add("address.country", "The country must be a code of two letters.")
		}
	}
	m.applyEligibility(a, doc, clearing, p)
	return p
}

func (m *Mock) applyEligibility(a *Account, doc document, clearing bool, p problems) {
	sent := doc.sent("eligibility") && !doc.null("eligibility")
	if a.Type != "Client" {
		if sent {
			p.add("eligibility", "Eligibility is for Client accounts only.")
		}
		return
	}
	if !doc.sent("eligibility") && clearing || doc.null("eligibility") && !m.options.PUTIgnoresNull || a.Eligibility == nil {
		a.Eligibility = &Eligibility{Client: true}
	}
	if !sent {
		return
	}
	eligibility := document{}
	if json.Unmarshal(doc["eligibility"], &eligibility) != nil {
		p.add("eligibility", "The value must be an object.")
	}
	for member, raw := range eligibility {
		to := map[string]*bool{"client": &a.Eligibility.Client, "partner": &a.Eligibility.Partner}[member]
		if to == nil || eligibility.null(member) || json.Unmarshal(raw, to) != nil {
			p.add("eligibility."+member, "The member is unknown or not a boolean.")
		}
	}
}

// groups reads the user groups of a create call.
func (d document) groups(p problems) []Group {
	var groups []Group
	if !d.sent("groups") {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(d["groups"]))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&groups) != nil {
		p.add("groups", "The value must be a list of user groups.")
	}
	for i := range groups {
		if !strings.HasPrefix(groups[i].ID, "UGR-") {
			p.add("groups", "A user group needs its id.")
		}
		groups[i].IsDefault = false
	}
	return groups
}

// oneOf reads a member that must be one of a few words; ok is false where it is absent or null.
func (d document) oneOf(member string, words []string, p problems) (word string, ok bool) {
	if !d.sent(member) || d.null(member) {
		return "", false
	}
	if json.Unmarshal(d[member], &word) != nil || !slices.Contains(words, word) {
		p.add(member, "The value must be one of %s.", strings.Join(words, ", "))
		return "", false
	}
	return word, true
}
