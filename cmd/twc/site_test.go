package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"togetherwecan/pipeline"
)

// The command writes a site that is shown to this machine alone, and refuses what is
// called wrongly.
func TestSiteCommand(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "site")
	var out, errs bytes.Buffer
	if status := run([]string{"site", folder, "--store", sealedStore, "--catalogue", filepath.Join("testdata", "tiny", "cat")}, &out, &errs); status != 0 || !strings.Contains(out.String(), " pages") {
		t.Fatalf("exit status %d: %s%s", status, out.String(), errs.String())
	}
	if text, err := os.ReadFile(filepath.Join(folder, "index.html")); err != nil || !bytes.Contains(text, []byte("<h1>The plan at a glance</h1>")) {
		t.Errorf("%v: %.200s", err, text)
	}
	for args, want := range map[string]string{
		"site " + folder + " --store " + sealedStore + " --base-url example.org":                    `--base-url "example.org": no address of a site`,
		"site " + folder + " --store " + sealedStore + " --base-url https://me:secret@example.org/": `--base-url "https://me:xxxxx@example.org/": a name or password`,
		"site --store " + sealedStore:   "too few arguments",
		"serve " + filepath.Dir(folder): "is no site",
	} {
		var out, errs bytes.Buffer
		if status := run(strings.Fields(args), &out, &errs); status != 2 || !strings.Contains(errs.String(), want) {
			t.Errorf("twc %s: exit status %d, %s", args, status, errs.String())
		}
	}

	// It is at the path of the address that it was made for, with its page for what is not there.
	if status := run([]string{"site", folder, "--store", sealedStore, "--catalogue", filepath.Join("testdata", "tiny", "cat"), "--base-url", "https://www.example.org/a/b"}, &out, &errs); status != 0 {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	root, err := pipeline.SiteRoot(folder)
	if err != nil || root != "/a/b/" {
		t.Fatalf("its path is %q: %v", root, err)
	}
	said := &said{lines: make(chan string, 10)}
	a := &app{out: &output{to: said}, width: 80}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.listen(ctx, folder, root, 0) }()
	address := said.wait(t)
	if !strings.HasPrefix(address, "http://127.0.0.1:") || !strings.HasSuffix(address, "/a/b/") {
		t.Errorf("served at %s", address)
	}
	for path, c := range map[string]struct {
		status int
		says   string
	}{
		"/a/b/indicators/influence/":      {http.StatusOK, "People who can influence decisions"},
		"/a/b/indicators/influence/by/no": {http.StatusNotFound, `href="/a/b/find/index.html"`},
		"/a/b/indicators/no/such/page/":   {http.StatusNotFound, `href="/a/b/style.css"`},
		"/":                               {http.StatusOK, "The plan at a glance"},
	} {
		reply, err := http.Get(strings.TrimSuffix(address, root) + path) //nolint:noctx // of this machine
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reply.Body)
		reply.Body.Close()
		if err != nil || reply.StatusCode != c.status || !bytes.Contains(text, []byte(c.says)) {
			t.Errorf("%s: %v %s, want %d with %q: %.900s", path, err, reply.Status, c.status, c.says, text)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// said is what a command that goes on has said up to now.
type said struct {
	lines chan string
}

func (s *said) Write(p []byte) (int, error) {
	s.lines <- string(p)
	return len(p), nil
}

func (s *said) wait(t *testing.T) string {
	t.Helper()
	select {
	case line := <-s.lines:
		return regexp.MustCompile(`http://\S+/`).FindString(line)
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was said")
	}
	return ""
}
