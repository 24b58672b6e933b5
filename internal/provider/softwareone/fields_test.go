package softwareone

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	mock "github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Every field of the API is an attribute, or the resource's page says why it is not.
func TestEveryFieldIsAnAttribute(t *testing.T) {
	t.Parallel()
	var contract struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any
			}
		}
	}
	if err := yaml.Unmarshal(mock.New(mock.Options{}).Contract(), &contract); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../templates/resources/softwareone_account.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	for schema, within := range map[string]string{
		"AccountFields": "", "AccountCreate": "", "AccountUpdate": "", "Account": "", "Address": "address.", "Eligibility": "eligibility.",
		"UserGroupRef": "groups.",
	} {
		for field := range contract.Components.Schemas[schema].Properties {
			fields++
			if _, ok := descriptor.Wire[within+field]; !ok && field != "$meta" && within != "groups." &&
				!strings.Contains(string(page), "`"+field+"`") {
				t.Errorf("%s%s is not an attribute, and the page doesn't name it", within, field)
			}
		}
	}
	if fields < 30 {
		t.Errorf("only %d fields were found", fields)
	}
}
