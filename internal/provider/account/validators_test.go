package account

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestText(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"":                   "is empty",
		" Acme":              "begins or ends",
		"Acme\u00a0":         "begins or ends",
		"Ac\nme":             "U+000A",
		"Ac\x00me":           "U+0000",
		"Ac\x1b[31mme":       "U+001B",
		"\u200b":             "U+200B",
		"Ac\u200bme":         "U+200B",
		"Ac\u200dme":         "U+200D",
		"Acme\ufeff":         "U+FEFF",
		"\u202eemcA":         "U+202E",
		"Ac\u2066me":         "U+2066",
		"Ac\u00adme":         "U+00AD",
		"Ac\u2060me":         "U+2060",
		"Ac\u034fme":         "U+034F",
		"\u3164":             "U+3164",
		"Ac\u2800me":         "U+2800",
		"Ac\ufe0fme":         "U+FE0F",
		"Ac\u2028me":         "U+2028",
		"Ac\ufffdme":         "U+FFFD",
		"Ac\U000e0041me":     "U+E0041",
		"Acme":               "",
		"Acme  Corp":         "",
		"Acme\u00a0Corp":     "",
		"株式会社アクメ":            "",
		"👩\u200d💻 ❤\ufe0f":   "",
		"می\u200cخواهم":      "",
		"葛\U000e0100城":       "",
		"O'Neill & \"Sons\"": "",
	} {
		var resp validator.StringResponse
		Text().ValidateString(context.Background(), validator.StringRequest{Path: path.Root("name"), ConfigValue: types.StringValue(value)},
			&resp)
		if got := resp.Diagnostics.Errors(); (want == "") != (len(got) == 0) || len(got) > 0 && !strings.Contains(got[0].Detail(), want) {
			t.Errorf("%q: %v, want %q", value, got, want)
		}
	}
}
