package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sealedStore is a small store with two releases, made up.
var sealedStore = filepath.Join("..", "..", "testdata", "release", "1", "store")

// A drawing has the figures of the table that twc show prints, and nothing is written
// where there is none to draw, or over a file that is there.
func TestChart(t *testing.T) {
	out := filepath.Join(t.TempDir(), "chart.svg")
	call := func(args string) (int, string, string) {
		var stdout, stderr bytes.Buffer
		status := run(append(strings.Fields(args), "--store", sealedStore), &stdout, &stderr)
		return status, stdout.String(), stderr.String()
	}
	for _, c := range []struct{ draw, show, title string }{
		{"chart influence", "show influence", "People who can influence decisions, Everyone"},
		{"chart influence --by sex", "show influence --by sex --source hocs/2003", "People who can influence decisions, by sex, Everyone, 2003"},
		{"chart influence --by sex --release 2001-12-01.1", "show influence --by sex --source hocs/2001 --release 2001-12-01.1", "People who can influence decisions, by sex, Everyone, 2001"},
	} {
		os.Remove(out)
		name, flags, _ := strings.Cut(strings.TrimPrefix(c.draw, "chart "), " ")
		if status, _, stderr := call("chart " + name + " " + out + " " + flags); status != 0 {
			t.Errorf("twc %s: exit status %d: %s", c.draw, status, stderr)
			continue
		}
		drawn, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		_, shown, _ := call(c.show)
		values := regexp.MustCompile(`class="c-value[^"]*">([^<]*)<`).FindAllSubmatch(drawn, -1)
		if len(values) == 0 {
			t.Errorf("twc %s: no value", c.draw)
		}
		for _, v := range values {
			if !strings.Contains(shown, " "+string(v[1])+" ") {
				t.Errorf("twc %s draws %s, which is not in\n%s", c.draw, v[1], shown)
			}
		}
		if !bytes.Contains(drawn, []byte("<title id=\"chart-")) || !bytes.Contains(drawn, []byte(">"+c.title+"<")) {
			t.Errorf("twc %s: another title than %q in\n%.400s", c.draw, c.title, drawn)
		}
	}
	for _, c := range [][2]string{
		{"chart influence " + out, "is there already"},
		{"chart influence " + out + " --force --release 2001-12-01.1", "influence has nothing to plot without --by: it takes two figures over time\ntwc: hint: --by can be sex; twc show influence has it as a table"},
		{"show influence --plot --release 2001-12-01.1", "influence has nothing to plot without --by: it takes two figures over time\ntwc: hint: --by can be sex; "},
		{"chart influence " + out + " --force --by sex --kind funnel", "influence has no plot of kind funnel by sex (there is: breakdown)\ntwc: hint: twc show"},
		{"chart influence " + out + " --force --kind funnel", "influence has no plot of kind funnel (there is: time)\ntwc: hint: --by can be sex; "},
		{"chart influence " + out + ".png", "what is written is SVG"},
		{"chart influence . --force", ". is a folder, want a file"},
		{"chart influence " + out + " --force --by sexx", `no figure of "sexx"; did you mean "sex"?`},
		{"chart influence " + out + " --force --item none", `--item: influence has no items`},
		{"chart nothing " + out + " --force", `no indicator "nothing"`},
		{"show influence --plot --format csv", "--plot is text"},
		{"show influence --plot --release 2001-12-01.1 --population wales", `no figure of "wales"`},
	} {
		args, want := c[0], c[1]
		if status, stdout, stderr := call(args); status != 2 || !strings.Contains(stderr, want) || stdout != "" {
			t.Errorf("twc %s: exit status %d, %s; want 2 and %q", args, status, stderr, want)
		}
	}
	status, stdout, _ := call("show influence --by all --plot")
	if status != 0 || !strings.Contains(stdout, "●") {
		t.Errorf("twc show --plot: exit status %d:\n%s", status, stdout)
	}
}
