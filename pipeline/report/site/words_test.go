package site

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every method is on one page, in order, and pages that are too long for one go on with the
// next, which leads back.
func TestMethodPages(t *testing.T) {
	log := "# Method\n\nA log.\n"
	var want []string
	for n := range 30 {
		heading := fmt.Sprintf("## %d. A judgement", n+1)
		want = append(want, heading)
		log += "\n" + heading + "\n\n" + strings.Repeat("x", 5000) + "\n"
	}
	pages := methodPages(log)
	var got, paths []string
	for i, p := range pages {
		text, err := p.text()
		if err != nil || len(text) > mostMethod+300 {
			t.Errorf("%s: %d bytes, %v", p.page.Path, len(text), err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "## ") {
				got = append(got, strings.TrimSpace(line))
			}
		}
		paths = append(paths, p.page.Path)
		if i > 0 && !strings.Contains(string(text), "](../index.html)") {
			t.Errorf("%s does not lead back", p.page.Path)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("methods %q, want %q", got, want)
	}
	if want := []string{"method/index.html", "method/14/index.html", "method/27/index.html"}; !slices.Equal(paths, want) {
		t.Errorf("pages %q, want %q", paths, want)
	}
	for i, link := range []string{"](14/index.html)", "](../27/index.html)"} {
		if text, _ := pages[i].text(); !strings.Contains(string(text), link) {
			t.Errorf("%s does not lead on by %s", paths[i], link)
		}
	}
}
