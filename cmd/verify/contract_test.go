package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/fortanix"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/gcore"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/softwareone"
)

// Each kind of difference is named by its place, and nothing else is.
func TestContract(t *testing.T) {
	t.Parallel()
	documents := map[string][]byte{
		"gcore": gcore.New(gcore.Options{}).Contract(), "softwareone": softwareone.New(softwareone.Options{}).Contract(),
		"fortanix": fortanix.New(fortanix.Options{}).Contract(),
	}
	for name, test := range map[string]struct {
		vendor, operation string
		status            int
		body, want        string
	}{
		"fits":      {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":1,"owner":2.0,"phone":null}]}`, ""},
		"bare list": {"gcore", gcoreList, 200, `[{"id":1}]`, ""},
		"undocumented": {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":1,"tier":"x"},{"id":2,"tier":"y"}]}`,
			"results[].tier: is not documented (string) (2 times)"},
		"name that is not": {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":1,"it@acme.example":"x"}]}`,
			"results[].*: is not documented (string)"},
		"null": {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":1,"companyName":null}]}`,
			"results[].companyName: is null, documented as string"},
		"type":     {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":"1"}]}`, "results[].id: is string, documented as integer"},
		"fraction": {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":1.5}]}`, "results[].id: is number, documented as integer"},
		"missing":  {"gcore", gcoreList, 200, `{"count":1,"results":[{}]}`, "results[].id: is missing"},
		"status":   {"gcore", gcoreList, 500, `{}`, "status 500 is not documented"},
		"form": {"gcore", gcoreList, 200, `{"count":1,"results":[{"id":1,"email":"x"}]}`,
			"results[].email: is not of the documented form"},
		"HTML":        {"gcore", gcoreList, 200, `<html>`, "status 200 has a body that is not the documented one"},
		"no body":     {"gcore", gcoreOne, 404, ``, ""},
		"enumeration": {"softwareone", swoOne, 200, `{"id":"x","status":"Frozen"}`, "status: has a value that is not documented"},
		"nested null": {"softwareone", swoOne, 200, `{"audit":{"created":{"by":null}}}`,
			"audit.created.by: is null, documented as object"},
		"plain text": {"fortanix", ccmOne, 404, `no such account`, ""},
		"map of ids": {
			"fortanix", ccmOne, 200, `{"acct_id":"0b9c8d7e-6f5a-4b3c-8d2e-1f0a9b8c7d6e","component":"DEFAULT",` +
				`"node_enrollment":{"attestation_enforcement_disabled_insecure":false},"auth_configs":{"1c0d9e8f":{"saml":{}}}}`,
			"auth_configs.*.saml: is not documented (object)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := readContract(documents[test.vendor])
			if err != nil {
				t.Fatal(err)
			}
			e := &exchange{operation: test.operation, status: test.status, body: []byte(test.body)}
			decoder := json.NewDecoder(strings.NewReader(test.body))
			decoder.UseNumber()
			e.isJSON = decoder.Decode(&e.value) == nil
			found := differences{}
			c.check(e, found)
			if found.String() != test.want {
				t.Errorf("%q, want %q", found, test.want)
			}
		})
	}
}
