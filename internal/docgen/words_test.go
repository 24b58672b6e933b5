package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// uncommon are expressions that readers whose first language is not English have to look up, with what to write instead.
var uncommon = map[string]string{
	`\balone\b`:                    "only",
	`\bbut for\b`:                  "except",
	`\bpass(es|ed) over\b`:         "ignored",
	`\banew\b`:                     "again",
	`\ball the same\b`:             "anyway",
	`\bthin\b`:                     "partial",
	`\bat hand\b`:                  "installed",
	`\b(take|takes|took) over\b`:   "use, apply",
	`\bgoes by\b`:                  "uses",
	`\bbeside\b`:                   "next to",
	`\btells? whether\b`:           "reports whether",
	`\bis no (id|list|valid|URL)`:  "is not a valid …",
	`\bverdict|\bcensus|\bglance`:  "a common word",
	`\bthereof|\bhence\b|\bwhilst`: "a common word",
}

// Pages, code, comments and messages use common words.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	patterns := map[*regexp.Regexp]string{}
	for pattern, instead := range uncommon {
		patterns[regexp.MustCompile("(?i)"+pattern)] = instead
	}
	read := 0
	check := func(path, text string) {
		read++
		for pattern, instead := range patterns {
			for _, at := range pattern.FindAllStringIndex(text, -1) {
				t.Errorf("%s:%d: write %q, not %q", path, 1+strings.Count(text[:at[0]], "\n"), instead, text[at[0]:at[1]])
			}
		}
	}
	root := os.DirFS(repository)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(path, ".") && path != "." {
			return fs.SkipDir
		}
		switch filepath.Ext(path) {
		case ".go", ".md", ".tmpl", ".tf":
		default:
			return nil
		}
		switch path {
		case "internal/docgen/words_test.go", "CONTRIBUTING.md", "CHANGELOG.md": // which name them, or what older versions did
			return nil
		}
		content, err := fs.ReadFile(root, path)
		check(path, string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 400 {
		t.Errorf("only %d files were read", read)
	}
}
