package provider_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	fwresource "github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/provider"
)

// Every field of a create call, in its request or its reply, is an attribute of the resource, or its page says in
// backticks which one is not.
func TestCreateFields(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		resource, contract, operation string
		names                         map[string]string // attributes whose names differ from the field's
	}{
		{"gcore_account", "gcore", "createAccount", nil},
		{"gcore_reseller_user", "gcore", "createUser", map[string]string{"password": "password_wo", "client": "client_id"}},
		{"softwareone_account", "softwareone", "createAccount", map[string]string{"account": "", "$meta": ""}},
		{"fortanix_account", "fortanix", "createAccount", map[string]string{
			"acct_id": "id", "auth_configs[].oauth.client_secret": "auth_configs[].oauth.client_secret_wo",
			"auth_configs[].oauth.tls.required.client_key": "auth_configs[].oauth.tls.required.client_key_wo",
		}},
	} {
		t.Run(tt.resource, func(t *testing.T) {
			t.Parallel()
			attributes := attributesOf(t, tt.resource)
			page, err := os.ReadFile("../../docs/resources/" + tt.resource + ".md")
			if err != nil {
				t.Fatal(err)
			}
			fields := fieldsOf(t, tt.contract, tt.operation)
			if len(fields) < 2 {
				t.Fatalf("the contract has the fields %v", fields)
			}
			for _, field := range fields {
				name, renamed := tt.names[field]
				if renamed && name == "" || slices.Contains(attributes, name) || slices.Contains(attributes, snake(field)) {
					continue
				}
				if !excused(string(page), field, attributes) {
					t.Errorf("%s is neither an attribute nor on the page", field)
				}
			}
		})
	}
}

// excused reports whether a page names a field in backticks, or one that it belongs to and that is not an attribute either.
func excused(page, field string, attributes []string) bool {
	for field != "" && !slices.Contains(attributes, strings.TrimSuffix(snake(field), "[]")) {
		if strings.Contains(page, "`"+field+"`") || strings.Contains(page, "`"+strings.TrimSuffix(field, "[]")+"`") {
			return true
		}
		field = field[:max(0, strings.LastIndex(field, "."))]
	}
	return false
}

var upper = regexp.MustCompile(`([a-z0-9])([A-Z])`)

func snake(field string) string { return strings.ToLower(upper.ReplaceAllString(field, "${1}_${2}")) }

// attributesOf are the paths of a resource's attributes, with [] for the elements of a list.
func attributesOf(t *testing.T, typeName string) (paths []string) {
	t.Helper()
	ctx := context.Background()
	for _, build := range provider.New("test")().Resources(ctx) {
		r := build()
		var meta fwresource.MetadataResponse
		r.Metadata(ctx, fwresource.MetadataRequest{}, &meta)
		if meta.TypeName != typeName {
			continue
		}
		var resp fwresource.SchemaResponse
		r.Schema(ctx, fwresource.SchemaRequest{}, &resp)
		var walk func(prefix string, attributes map[string]schema.Attribute)
		walk = func(prefix string, attributes map[string]schema.Attribute) {
			for name, attribute := range attributes {
				paths = append(paths, prefix+name)
				switch a := attribute.(type) {
				case schema.SingleNestedAttribute:
					walk(prefix+name+".", a.Attributes)
				case schema.ListNestedAttribute:
					walk(prefix+name+"[].", a.NestedObject.Attributes)
				}
			}
		}
		walk("", resp.Schema.Attributes)
	}
	if len(paths) == 0 {
		t.Fatalf("there is no %s", typeName)
	}
	return paths
}

// fieldsOf are the paths of the fields that an operation of a contract takes or answers with.
func fieldsOf(t *testing.T, contract, operationID string) (paths []string) {
	t.Helper()
	raw, err := os.ReadFile("../mockapi/" + contract + "/contract/" + contract + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := libopenapi.NewDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	model, err := document.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	var walk func(prefix string, proxy *base.SchemaProxy)
	walk = func(prefix string, proxy *base.SchemaProxy) {
		if proxy == nil || strings.Count(prefix, ".") > 6 {
			return
		}
		s := proxy.Schema()
		for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
			walk(prefix, part)
		}
		for name, property := range s.Properties.FromOldest() {
			if prefix == "" && (name == "account" || name == "logo") && s.Properties.Len() == 2 {
				walk("", property) // the parts of a form
				continue
			}
			paths = append(paths, prefix+name)
			p := property.Schema()
			switch {
			case p.Items != nil && p.Items.IsA():
				walk(prefix+name+"[].", p.Items.A)
			case p.AdditionalProperties != nil && p.AdditionalProperties.IsA():
				walk(prefix+name+"[].", p.AdditionalProperties.A)
			default:
				walk(prefix+name+".", property)
			}
		}
	}
	for _, item := range model.Model.Paths.PathItems.FromOldest() {
		for _, operation := range item.GetOperations().FromOldest() {
			if operation.OperationId != operationID {
				continue
			}
			for _, media := range operation.RequestBody.Content.FromOldest() {
				walk("", media.Schema)
			}
			for status, response := range operation.Responses.Codes.FromOldest() {
				if strings.HasPrefix(status, "2") {
					walkContent(response, func(proxy *base.SchemaProxy) { walk("", proxy) })
				}
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func walkContent(response *v3.Response, walk func(*base.SchemaProxy)) {
	for _, media := range response.Content.FromOldest() {
		walk(media.Schema)
	}
}
