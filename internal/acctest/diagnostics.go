package acctest

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Diagnostics are what the provider tells people.
type Diagnostics []*tfprotov6.Diagnostic

// Errors returns the errors among them.
func (d Diagnostics) Errors() Diagnostics { return d.of(tfprotov6.DiagnosticSeverityError) }

// Warnings returns the warnings among them.
func (d Diagnostics) Warnings() Diagnostics { return d.of(tfprotov6.DiagnosticSeverityWarning) }

func (d Diagnostics) of(severity tfprotov6.DiagnosticSeverity) Diagnostics {
	var found Diagnostics
	for _, one := range d {
		if one.Severity == severity {
			found = append(found, one)
		}
	}
	return found
}

// String joins them, each as "summary: detail", with the path where there is one.
func (d Diagnostics) String() string {
	var lines []string
	for _, one := range d {
		line := one.Summary + ": " + one.Detail
		if one.Attribute != nil {
			line = fmt.Sprintf("%s [%s]", line, one.Attribute)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
