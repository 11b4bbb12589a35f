package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline/indicator"
)

// pageBlocks are the blocks of the catalogue's page that make a catalogue, by the
// files that they are.
var pageBlocks = map[string]string{
	"codebook.yaml":                       "codebook.yaml",
	"disclosure.yaml":                     "disclosure.yaml",
	"returns/defra/quality-parishes.yaml": "returns/&lt;body&gt;/&lt;series&gt;.yaml",
	"evaluations/parish-study.yaml":       "evaluations/&lt;id&gt;.yaml",
}

// pagePages are blocks that show keys which no one page has together.
var pagePages = map[string]string{
	"crosswalks/hocs/2001.yaml":        "crosswalks/&lt;survey&gt;/&lt;wave&gt;.yaml",
	"definitions/influence-local.yaml": "definitions/&lt;id&gt;.yaml",
}

// pageNames are the keys of those blocks that are names of an analyst's choice.
var pageNames = []string{
	"adjusted", "age", "age-band", "agree", "anti-social-noise", "combined", "core", "councils", "council", "county", "ethnic-group", "female", "gained", "household", "influence-local", "male", "quality", "renewed", "satisfied", "sex", "status", "survey-tables", "town", "trust-police", "district", "landmass", "mainland", "islands",
}

// pageKinds are keys that are words of a closed list, and what they are called.
var pageKinds = map[string]string{"nil": "no kind of mark", "suppressed": "no kind of mark", "not-collected": "no kind of mark"}

// pageKey is a key of a mapping, of a line or within braces.
var pageKey = regexp.MustCompile(`(?m)(^ *|- |[{,] ?)([a-z][a-z_-]*):( |$)`)

// TestPageKeys misspells each key of the page's blocks, one at a time: each is
// refused with its file, its line and what was meant, unless it is a name.
func TestPageKeys(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "indicators", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	sound := fstest.MapFS{}
	for file, heading := range pageBlocks {
		blocks := blocksOf(string(page), heading)
		if len(blocks) == 0 {
			t.Fatalf("no block under %q", heading)
		}
		sound[file] = &fstest.MapFile{Data: []byte(blocks[0])}
	}
	if _, err := indicator.LoadCatalogue(sound); err != nil {
		t.Fatalf("the page's blocks are refused: %v", err)
	}
	pages := map[string]string{}
	for file, f := range sound {
		pages[file] = string(f.Data)
	}
	for file, heading := range pagePages {
		pages[file] = blocksOf(string(page), heading)[0]
	}
	refused := 0
	var names []string
	for file, text := range pages {
		for _, at := range pageKey.FindAllStringSubmatchIndex(text, -1) {
			key, from, to := text[at[4]:at[5]], at[4], at[5]
			if start := strings.LastIndexByte(text[:from], '\n') + 1; strings.Contains(text[start:from], "#") {
				continue // of a comment
			}
			wrong := fstest.MapFS{}
			for name, f := range sound {
				wrong[name] = f
			}
			wrong[file] = &fstest.MapFile{Data: []byte(text[:from] + key + "x" + text[to:])}
			line := strings.Count(text[:from], "\n") + 1
			want := fmt.Sprintf("%s:%d: %s %q; did you mean %q?", file, line, cmp.Or(pageKinds[key], "unknown key"), key+"x", key)
			_, err := indicator.LoadCatalogue(wrong)
			switch {
			case err != nil && strings.Contains(err.Error(), want):
				refused++
			case slices.Contains(pageNames, key):
				names = append(names, key)
			default:
				t.Errorf("%s:%d: key %q: got %v\nwant %s", file, line, key, err, want)
			}
		}
	}
	for _, name := range pageNames {
		if !slices.Contains(names, name) {
			t.Errorf("%q is listed as a name, and is none of the page", name)
		}
	}
	t.Logf("%d keys refused", refused)
}
