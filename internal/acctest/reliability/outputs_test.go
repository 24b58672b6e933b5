package reliability_test

import (
	"encoding/json"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
)

// What an apply saves is what the next read finds: no output changes in the plan after a create, so that nothing that
// depends on the account is changed, or replaced, by a plan that nobody asked for.
func TestOutputsStay(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		w := s.open(t, 0)
		c := acctest.NewCLI(t, w.env)
		shown := Values{}
		for _, name := range readable(t, c, s.typeName) {
			shown[name] = "${" + s.typeName + ".x." + name + "}"
		}
		document, err := json.Marshal(Values{
			"resource": Values{
				s.typeName:       Values{"x": acctest.With(s.called("acme"), Values{"provider": "accounts"})},
				"terraform_data": Values{"dependent": Values{"triggers_replace": shown}},
			},
			"output": Values{"account": Values{"value": shown}},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Write("main.tf.json", string(document))
		c.OK("apply", "-auto-approve")
		if said := c.OK("plan").String(); !strings.Contains(said, "No changes") {
			t.Errorf("the plan after the create:\n%s", said)
		}
	})
}

// readable are the attributes of a resource type that hold nothing write-only, which no output may show.
func readable(t *testing.T, c *acctest.CLI, typeName string) (names []string) {
	t.Helper()
	var all tfjson.ProviderSchemas
	if err := json.Unmarshal([]byte(c.OK("providers", "schema", "-json").Stdout), &all); err != nil {
		t.Fatal(err)
	}
	for _, provider := range all.Schemas {
		if schema, ok := provider.ResourceSchemas[typeName]; ok {
			for name, attribute := range schema.Block.Attributes {
				if raw, err := json.Marshal(attribute); err == nil && !strings.Contains(string(raw), `"write_only":true`) {
					names = append(names, name)
				}
			}
		}
	}
	if len(names) == 0 {
		t.Fatalf("no schema of %s", typeName)
	}
	return names
}
