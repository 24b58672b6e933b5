package main

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// uncommon are expressions that readers whose first language is not English have to look up, with what to write instead.
var uncommon = map[string]string{
	`\balone\b`:                    "only",
	`\bbut for\b`:                  "except",
	`\bpassed over\b`:              "ignored",
	`\b(take|takes|took) over\b`:   "use, apply",
	`\bgoes by\b`:                  "uses",
	`\bbeside\b`:                   "next to",
	`\btells? whether\b`:           "reports whether",
	`\bis no (id|list|valid|URL)`:  "is not a valid …",
	`\bverdict|\bcensus|\bglance`:  "a common word",
	`\bthereof|\bhence\b|\bwhilst`: "a common word",
}

// Pages use common words.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	read := 0
	check := func(path, text string) {
		read++
		for pattern, instead := range uncommon {
			if found := regexp.MustCompile("(?i).{0,40}(?:" + pattern + ").{0,40}").FindString(text); found != "" {
				t.Errorf("%s: write %q: … %s …", path, instead, found)
			}
		}
	}
	root := os.DirFS(repository)
	err := fs.WalkDir(root, "docs", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".md") {
			return err
		}
		content, err := fs.ReadFile(root, path)
		check(path, string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"README.md", "DESIGN.md", "SECURITY.md"} {
		check(path, readRepositoryFile(t, path))
	}
	if read < 20 {
		t.Errorf("only %d pages were read", read)
	}
}
