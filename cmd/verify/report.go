package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
)

// report is what was found. It can be published.
type report struct {
	At      string         `json:"at"`
	Vendors []vendorReport `json:"vendors"`
}

type vendorReport struct {
	Vendor   string   `json:"vendor"`
	NotRun   string   `json:"not_run,omitempty"` // why not, or not all, was checked
	Requests int      `json:"requests"`
	Results  []result `json:"checks,omitempty"`

	failed bool // it is configured, and could not be asked
}

type result struct {
	Name       string `json:"name"`
	Status     status `json:"status"`
	Assumption string `json:"assumption"`
	Source     string `json:"source"`
	Found      string `json:"found"`
}

func resultOf(c check, f finding) result {
	return result{c.name, f.status, c.assumption, c.source, f.found}
}

func (v vendorReport) count(s status) (n int) {
	for _, r := range v.Results {
		if r.Status == s {
			n++
		}
	}
	return n
}

func (v vendorReport) summary() string {
	if len(v.Results) == 0 {
		return v.NotRun
	}
	s := fmt.Sprintf("%d hold, %d differ, %d can't be told, by %d requests",
		v.count(holds), v.count(differs), v.count(cantTell), v.Requests)
	if v.NotRun != "" {
		s += "; " + v.NotRun
	}
	return s
}

func (r report) exit() int {
	code, ran := exitHolds, false
	for _, v := range r.Vendors {
		switch {
		case v.count(differs) > 0:
			return exitDiffers
		case v.failed:
			code = exitNotRun
		}
		ran = ran || len(v.Results) > 0
	}
	if !ran {
		return exitNotRun
	}
	return code
}

func (r report) writeJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// table is the report for a terminal. What differs is said in full.
func (r report) table() string {
	var b strings.Builder
	for _, v := range r.Vendors {
		fmt.Fprintf(&b, "%s: %s\n", v.Vendor, v.summary())
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		for _, c := range v.Results {
			_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\n", c.Status, c.Name, c.Found)
		}
		_ = w.Flush()
		for _, c := range v.Results {
			if c.Status == differs {
				fmt.Fprintf(&b, "\n  %s\n    assumed: %s\n    found:   %s\n    source:  %s\n", c.Name, c.Assumption, c.Found, c.Source)
			}
		}
		b.WriteByte('\n')
	}
	if r.exit() == exitNotRun {
		b.WriteString("Not everything could be checked. The variables are the provider's: GCORE_API_KEY, MPT_API_TOKEN,\n" +
			"FORTANIX_CCM_USERNAME and FORTANIX_CCM_PASSWORD.\n")
	}
	return b.String()
}

// markdown is the report to attach to an issue.
func (r report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The provider's picture of its vendors, checked\n\n%s, %s/%s. By `go run ./cmd/verify`, which only reads. "+
		"It holds no names, ids, addresses or secrets.\n", r.At, runtime.GOOS, runtime.GOARCH)
	for _, v := range r.Vendors {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", v.Vendor, capitalised(v.summary())+".")
		if len(v.Results) == 0 {
			continue
		}
		b.WriteString("\n| | Check | Assumed | Found |\n|---|---|---|---|\n")
		for _, s := range []status{differs, cantTell, holds} {
			for _, c := range v.Results {
				if c.Status == s {
					fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", c.Status, c.Name, cell(c.Assumption), cell(c.Found))
				}
			}
		}
	}
	return b.String()
}

func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "*", `\*`, "<", "&lt;").Replace(s)
}

// The markers between which a page has the list of all checks.
const (
	listBegins = "<!-- checks: written by go generate -->\n"
	listEnds   = "<!-- end of checks -->\n"
)

// writeList puts the list of all checks into a page.
func writeList(page string) error {
	old, err := os.ReadFile(page) //nolint:gosec // the caller's own file
	if err != nil {
		return err
	}
	head, rest, begins := strings.Cut(string(old), listBegins)
	_, tail, ends := strings.Cut(rest, listEnds)
	if !begins || !ends {
		return fmt.Errorf("%s has no place for the list of checks", page)
	}
	return os.WriteFile(page, []byte(head+listBegins+checkList()+listEnds+tail), 0o644) //nolint:gosec // a page
}

// checkList is the list of all checks in Markdown.
func checkList() string {
	var b strings.Builder
	for _, v := range vendors {
		fmt.Fprintf(&b, "\n### %s\n\n| Check | What is assumed | Source |\n|---|---|---|\n", v.title)
		for _, c := range v.checks {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.name, cell(c.assumption), cell(c.source))
		}
	}
	b.WriteByte('\n')
	return b.String()
}
