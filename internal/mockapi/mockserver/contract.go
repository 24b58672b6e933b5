package mockserver

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/content"
	verrors "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi-validator/router"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
)

// freeQuery marks an operation in a contract whose query is an expression language, not a set of named parameters.
const freeQuery = "x-free-query"

// checker is a [contract] to a [Server]. The interface keeps the validator's generic types out of every package that has a
// Server, where they would cost the compiler ten seconds each time.
type checker interface {
	checkRequest(r *http.Request, body []byte) []string
	checkReply(r *http.Request, reply *http.Response, body []byte) []string
}

// contract checks requests and replies against an OpenAPI document: paths, methods, parameters, bodies, statuses.
type contract struct {
	validator validator.Validator
	router    router.Router
}

// contracts holds one *contract per document, since building one takes far longer than a test.
var contracts sync.Map

func loadContract(document []byte) (*contract, error) {
	load, _ := contracts.LoadOrStore(string(document), sync.OnceValues(func() (*contract, error) {
		return newContract(document)
	}))
	return load.(func() (*contract, error))()
}

func newContract(document []byte) (*contract, error) {
	doc, err := libopenapi.NewDocument(document)
	if err != nil {
		return nil, err
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc,
		config.WithFormatAssertions(),
		config.WithRejectUndeclaredRequestBody(),
		config.WithRejectUnsupportedBodyContent(),
		config.WithBodyDecoder("multipart/form-data", content.DecoderFunc(decodeForm)),
		config.WithBodyDecoder("text/*", content.TextDecoder()),
	)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if ok, invalid := v.ValidateDocument(); !ok {
		return nil, errors.New(strings.Join(describe("document", invalid), "; "))
	}
	return &contract{validator: v, router: router.NewRouter(&model.Model, router.WithPathOnlyMatching())}, nil
}

func (c *contract) checkRequest(r *http.Request, body []byte) []string {
	subject := r.Method + " " + r.URL.EscapedPath() + ": request"
	route, err := c.router.FindRoute(r)
	if err != nil {
		return []string{subject + ": " + err.Error()}
	}
	found := undeclared(subject, r, route)
	if len(body) > 0 && r.Header.Get("Content-Type") == "" {
		found = append(found, subject+": body without a content type")
	}
	if ok, errs := c.validator.ValidateHttpRequestSync(r); !ok {
		found = append(found, describe(subject, errs)...)
	}
	return found
}

func (c *contract) checkReply(r *http.Request, reply *http.Response, body []byte) []string {
	subject := fmt.Sprintf("%s %s: reply %d", r.Method, r.URL.EscapedPath(), reply.StatusCode)
	route, err := c.router.FindRoute(r)
	if err != nil {
		return nil // the request's own violation
	}
	var found []string
	declared := route.Operation.Responses.Codes.GetOrZero(fmt.Sprint(reply.StatusCode))
	if declared != nil && orderedmap.Len(declared.Content) == 0 && len(body) > 0 {
		found = append(found, subject+": body where none is declared")
	}
	if ok, errs := c.validator.ValidateHttpResponse(r, reply); !ok {
		found = append(found, describe(subject, errs)...)
	}
	return found
}

// undeclared finds query parameters that the operation does not have; the validator ignores those.
func undeclared(subject string, r *http.Request, route *router.Route) []string {
	if free := route.Operation.Extensions.GetOrZero(freeQuery); free != nil && free.Value == "true" {
		return nil
	}
	var found []string
	for name := range r.URL.Query() {
		if !slices.ContainsFunc(slices.Concat(route.PathItem.Parameters, route.Operation.Parameters), func(p *v3.Parameter) bool {
			return p.In == "query" && p.Name == name
		}) {
			found = append(found, fmt.Sprintf("%s: unknown query parameter %q", subject, name))
		}
	}
	slices.Sort(found)
	return found
}

func describe(subject string, errs []*verrors.ValidationError) []string {
	var found []string
	for _, e := range errs {
		if len(e.SchemaValidationErrors) == 0 {
			found = append(found, fmt.Sprintf("%s: %s: %s", subject, e.Message, e.Reason))
		}
		for _, s := range e.SchemaValidationErrors {
			found = append(found, fmt.Sprintf("%s: %s: %s", subject, cmp.Or(s.FieldPath, e.ParameterName, e.Message), s.Reason))
		}
	}
	return found
}

// decodeForm reads multipart/form-data with its JSON parts decoded; the other parts become strings.
// A name that repeats becomes a list, which no contract declares.
func decodeForm(input *content.DecodeInput) (any, error) {
	reader := multipart.NewReader(input.Body, input.Parameters["boundary"])
	values := map[string]any{}
	for {
		part, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		var value any = string(body)
		if isJSON(part.Header.Get("Content-Type")) {
			if err := json.NewDecoder(bytes.NewReader(body)).Decode(&value); err != nil {
				return nil, fmt.Errorf("part %q: %w", part.FormName(), err)
			}
		}
		if earlier, repeated := values[part.FormName()]; repeated {
			value = []any{earlier, value}
		}
		values[part.FormName()] = value
	}
}
