package indicator

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"togetherwecan/pipeline/refusal"
)

// Each page that is not YAML is one problem, and those of other pages are told
// beside it.
func TestBrokenPages(t *testing.T) {
	const broken = "a: [1, 2\n"
	const fault = ":1: not YAML: sequence end token ']' not found"
	files := catalogue(t,
		crosswalkFile, "", broken,
		"crosswalks/hocs/2003.yaml", "", "survey: hocs\nwave: 2003\nlike: hocs/2001\n",
		definitionFile, "", broken, "definitions/other.yaml", "", broken,
		"evaluations/one.yaml", "", broken, "evaluations/two.yaml", "", broken,
		"returns/yjb/entrants.yaml", "", broken, "returns/yjb/more.yaml", "", strings.Replace(entrantsText, "areas:", "areas:\n  like: entrants\nxareas:", 1),
		"disclosure.yaml", "source", "souce",
	)
	_, err := LoadFolder(files, "mine/")
	got := lines(refusal.Of(err, refusal.Data))
	want := strings.Join([]string{
		"mine/" + crosswalkFile + fault, "mine/" + definitionFile + fault, "mine/definitions/other.yaml" + fault, `mine/disclosure.yaml:11: unknown key "souce"; did you mean "source"?`,
		"mine/evaluations/one.yaml" + fault, "mine/evaluations/two.yaml" + fault, "mine/returns/yjb/entrants.yaml" + fault, `mine/returns/yjb/more.yaml:`,
	}, "\n")
	if !strings.HasPrefix(got, want) || strings.Count(got, "more.yaml") != 1 || !strings.HasSuffix(got, `unknown key "xareas"; did you mean "areas"?`) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// onDisk writes a catalogue into a folder of its own, and opens it as one out of
// which no link leads.
func onDisk(t *testing.T, files fstest.MapFS) (folder string, root fs.FS) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "cat")
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
	opened, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opened.Close() })
	return folder, opened.FS()
}

// What is in the place of a page and is none is told, and so is what would be
// passed over.
func TestFilesOfACatalogue(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.CopyFS(outside, catalogue(t)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		claim, name, link, want string // link is what the name links to, "/" for a folder, or the text of a file
	}{
		{"a link to a page of the catalogue is that page", "disclosure.yaml", "policy/one.yaml", ""},
		{"a link out of it", definitionFile, filepath.Join(outside, definitionFile), definitionFile + ": a link to " + filepath.Join(outside, definitionFile) + ", which leads out of the catalogue: not read"},
		{"up and out", definitionFile, "../../../outside/a.yaml", definitionFile + ": a link to ../../../outside/a.yaml, which leads out of the catalogue: not read"},
		{"the codebook", "codebook.yaml", filepath.Join(outside, "codebook.yaml"), "codebook.yaml: a link to " + filepath.Join(outside, "codebook.yaml") + ", which leads out of the catalogue: not read"},
		{"a folder of pages", "definitions", filepath.Join(outside, "definitions"), "definitions: a link to " + filepath.Join(outside, "definitions") + ", which leads out of the catalogue: not read"},
		{"a folder among them", "definitions/more", filepath.Join(outside, "definitions"), "definitions/more: a link to " + filepath.Join(outside, "definitions") + ", which leads out of the catalogue: not read"},
		{"a folder of the catalogue", "crosswalks/more", "hocs", "crosswalks/more: a link to the folder hocs, which is not followed"},
		{"a link to nothing", "definitions/gone.yaml", "nothing.yaml", "definitions/gone.yaml: a link to nothing.yaml, which is not there"},
		{"a folder named as a page", "definitions/a.yaml", "/", ""},
		{"a folder for the policy", "disclosure.yaml", "/", "disclosure.yaml: a folder, want a file"},
		{"another extension of YAML", "definitions/a.yml", "a: 1", "definitions/a.yml: not read: want the extension .yaml"},
		{"in capitals", "evaluations/a.YAML", "a: 1", "evaluations/a.YAML: not read: want the extension .yaml"},
		{"what an editor leaves", "definitions/.#a.yaml", "nobody@nowhere:1", ""},
		{"a copy that a Mac makes", "definitions/._a.yaml", "\x00\x05", ""},
		{"what is no page", "definitions/README.md", "read me", ""},
	} {
		t.Run(c.claim, func(t *testing.T) {
			folder, root := onDisk(t, catalogue(t, "policy/one.yaml", "", disclosureText))
			name := filepath.Join(folder, c.name)
			err := os.RemoveAll(name)
			switch {
			case err != nil:
			case c.link == "/":
				err = os.MkdirAll(name, 0o755)
			case strings.ContainsAny(c.link, " \x00"):
				if err = os.MkdirAll(filepath.Dir(name), 0o755); err == nil {
					err = os.WriteFile(name, []byte(c.link), 0o644)
				}
			default:
				err = os.Symlink(c.link, name)
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = LoadFolder(root, "")
			if got := lines(refusal.Of(err, refusal.Data)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
