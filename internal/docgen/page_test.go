package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// fence is a fenced block of a page, with what the comment before it says about how the test runs it:
//
//	<!-- test: skip="REASON" -->       it isn't run; HCL is still parsed
//	<!-- test: file=NAME -->           it is written to this file of the page's folder
//	<!-- test: new -->                 the page's folder is emptied first
//	<!-- test: in=repository -->       shell: it runs in the repository's root instead of the page's folder
//	<!-- test: exit=N want="TEXT" -->  shell: its exit code, and what it prints among other things
//	<!-- test: needs="1.14 jq" -->     it takes this Terraform or a newer one, and this program; needs=tofu takes OpenTofu
//
// Several can stand in one comment. A reader doesn't see them. Without a comment, shell runs in the page's folder, and HCL
// is a configuration of its own that is applied in a new folder and must leave an empty plan.
type fence struct {
	language, text string
	line           int
	says           map[string]string
}

var (
	opening   = regexp.MustCompile("^( *)```([a-z]*) *$")
	directive = regexp.MustCompile(`^ *<!-- test: (.*) -->$`)
	setting   = regexp.MustCompile(`(\w+)(?:=("[^"]*"|\S+))?`)
)

// fences returns the fenced blocks of a page in order.
func fences(t *testing.T, page string) []fence {
	t.Helper()
	var all []fence
	var says map[string]string
	lines := strings.Split(page, "\n")
	for i := 0; i < len(lines); i++ {
		if found := directive.FindStringSubmatch(lines[i]); found != nil {
			says = map[string]string{}
			for _, s := range setting.FindAllStringSubmatch(found[1], -1) {
				says[s[1]] = strings.Trim(s[2], `"`)
			}
			continue
		}
		found := opening.FindStringSubmatch(lines[i])
		if found == nil {
			if strings.TrimSpace(lines[i]) != "" && says != nil {
				t.Errorf("line %d: a test comment without a fenced block", i)
				says = nil
			}
			continue
		}
		f := fence{language: found[2], line: i + 1, says: says}
		for i++; i < len(lines) && strings.TrimSpace(lines[i]) != "```"; i++ {
			f.text += strings.TrimPrefix(lines[i], found[1]) + "\n"
		}
		all, says = append(all, f), nil
	}
	return all
}

// has reports whether the comment before the block has a setting.
func (f fence) has(name string) bool {
	_, ok := f.says[name]
	return ok
}

// exit is the exit code that the block must have.
func (f fence) exit(t *testing.T) int {
	t.Helper()
	if !f.has("exit") {
		return 0
	}
	code, err := strconv.Atoi(f.says["exit"])
	if err != nil {
		t.Errorf("line %d: exit: %v", f.line, err)
	}
	return code
}

// pages are the pages whose blocks are run, by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(repository, "docs/guides/*.md"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	all := map[string]string{}
	for _, path := range append(found, filepath.Join(repository, "README.md"), filepath.Join(repository, "docs/index.md")) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = string(content)
	}
	return all
}

// GitHub shows the registry's callouts as they are written; a quotation looks right in both.
func TestNoCallouts(t *testing.T) {
	t.Parallel()
	for name, page := range pages(t) {
		if found := regexp.MustCompile("(?m)^[~!-]> .*").FindString(page); found != "" {
			t.Errorf("%s: write it as a quotation (> …): %s", name, found)
		}
	}
}

func TestFences(t *testing.T) {
	t.Parallel()
	got := fences(t, "text\n\n<!-- test: file=a.tf new -->\n```hcl\na = 1\n```\n\n"+
		"- item\n\n  <!-- test: exit=1 want=\"not so\" -->\n  ```sh\n  false\n  ```\n")
	if len(got) != 2 {
		t.Fatalf("%d blocks, want 2", len(got))
	}
	if f := got[0]; f.language != "hcl" || f.text != "a = 1\n" || f.says["file"] != "a.tf" || !f.has("new") || f.line != 4 {
		t.Errorf("first: %+v", f)
	}
	if f := got[1]; f.language != "sh" || f.text != "false\n" || f.exit(t) != 1 || f.says["want"] != "not so" {
		t.Errorf("second: %+v", f)
	}
}
