package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// workflow is the part of a GitHub workflow that decides what goes into a release.
type workflow struct {
	Env  map[string]string `yaml:"env"`
	Jobs map[string]struct {
		Needs string         `yaml:"needs"`
		Steps []workflowStep `yaml:"steps"`
	} `yaml:"jobs"`
}

type workflowStep struct {
	Uses string         `yaml:"uses"`
	Run  string         `yaml:"run"`
	With map[string]any `yaml:"with"`
}

func readRepositoryFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func readWorkflows(t *testing.T) map[string]workflow {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(repository, ".github/workflows/*.yml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	workflows := map[string]workflow{}
	for _, path := range paths {
		var w workflow
		if err := yaml.Unmarshal([]byte(readRepositoryFile(t, ".github/workflows/"+filepath.Base(path))), &w); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		workflows[filepath.Base(path)] = w
	}
	return workflows
}

// Both modules ask for the same patch release of Go, and for no other toolchain.
func TestModulesNameOnePatchRelease(t *testing.T) {
	t.Parallel()
	var versions []string
	for _, path := range []string{"go.mod", "tools/go.mod"} {
		content := readRepositoryFile(t, path)
		version := regexp.MustCompile(`(?m)^go (.+)$`).FindStringSubmatch(content)
		if version == nil || strings.Count(version[1], ".") != 2 || strings.HasSuffix(version[1], ".0") {
			t.Errorf("%s: the go line %q does not name a patch release", path, version)
			continue
		}
		if strings.Contains(content, "\ntoolchain ") {
			t.Errorf("%s has a toolchain line: the go line is enough", path)
		}
		versions = append(versions, version[1])
	}
	if len(slices.Compact(versions)) != 1 {
		t.Errorf("the modules ask for different versions of Go: %v", versions)
	}
}

// setup-go takes what go.mod names to the letter, and so would build releases with known vulnerabilities. A release is
// built with the newest patch release instead, after tests and the vulnerability check have passed with it.
func TestReleasesAreCheckedAndBuiltWithTheNewestGo(t *testing.T) {
	t.Parallel()
	release := readWorkflows(t)["release.yml"]
	series := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readRepositoryFile(t, "go.mod"))[1]
	if got, want := release.Env["GO_VERSION"], series+".x"; got != want {
		t.Errorf("releases are built with Go %q, want %q as in go.mod", got, want)
	}
	for name, job := range release.Jobs {
		seen := false
		for _, step := range job.Steps {
			if strings.HasPrefix(step.Uses, "actions/setup-go@") {
				seen = true
				if step.With["go-version"] != "${{ env.GO_VERSION }}" || step.With["check-latest"] != true {
					t.Errorf("job %s does not ask for the newest patch release: %v", name, step.With)
				}
			}
		}
		if !seen {
			t.Errorf("job %s has no setup-go", name)
		}
	}
	if needs := release.Jobs["release"].Needs; needs != "check" {
		t.Errorf("the release job needs %q, want the job with the tests", needs)
	}
	var commands []string
	for _, step := range release.Jobs["check"].Steps {
		commands = append(commands, step.Run)
	}
	for _, want := range []string{"go test ./...", "govulncheck"} {
		if !strings.Contains(strings.Join(commands, "\n"), want) {
			t.Errorf("the release's checks lack %s", want)
		}
	}
}

// One action or tool stands in all workflows in one version, pinned by commit.
func TestWorkflowsAgreeOnVersions(t *testing.T) {
	t.Parallel()
	seen := map[string]map[string]string{}
	note := func(what, version, where string) {
		if seen[what] == nil {
			seen[what] = map[string]string{}
		}
		seen[what][version] = where
	}
	for file, w := range readWorkflows(t) {
		for jobName, job := range w.Jobs {
			for _, step := range job.Steps {
				where := fmt.Sprintf("%s, job %s", file, jobName)
				if action, commit, ok := strings.Cut(step.Uses, "@"); ok {
					note(action, commit, where)
					if len(commit) != 40 {
						t.Errorf("%s: %s is not pinned by commit", where, step.Uses)
					}
					if strings.HasPrefix(action, "goreleaser/") {
						note("goreleaser itself", fmt.Sprint(step.With["version"]), where)
					}
				}
				for _, run := range regexp.MustCompile(`go run (\S+)@(\S+)`).FindAllStringSubmatch(step.Run, -1) {
					note(run[1], run[2], where)
				}
			}
		}
	}
	for what, versions := range seen {
		if len(versions) > 1 {
			t.Errorf("%s stands in %d versions: %v", what, len(versions), slices.Sorted(maps.Keys(versions)))
		}
	}
	if len(seen) == 0 {
		t.Error("no action was seen")
	}
}
