package pipeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"togetherwecan/pipeline"
)

// kindsOfPages are pages of the site of make run, one of each kind and of those that
// have most.
var kindsOfPages = []string{
	"index.html", "print/index.html", "strands/biennial/index.html", "departments/index.html", "departments/ho/index.html", "departments/dcms/index.html",
	"indicators/index.html", "indicators/influence-local/index.html", "indicators/influence-local/by/region/index.html",
	"indicators/treated-fairly/index.html", "indicators/choosing-health-progress/index.html", "indicators/ndc-review/index.html",
	"indicators/perceived-asb/by/criminal-justice-area/index.html", "indicators/first-time-entrants/by/region/index.html",
	"evidence/index.html", "releases/index.html", "corrections/index.html", "published/index.html", "method/index.html", "find/index.html", "find/c/index.html",
	"about/index.html", "accessibility/index.html", "404.html",
}

// siteFolder is the folder of the site, and readers that of the programs that look at it.
func siteFolder(t *testing.T) (folder, readers string) {
	t.Helper()
	folder, readers = os.Getenv("TWC_SITE"), os.Getenv("TWC_READERS")
	if folder == "" || readers == "" {
		t.Skip("TWC_SITE names no site, or TWC_READERS no folder of readers: make pages does")
	}
	return folder, readers
}

// everyKind lists those pages, and that of the first release.
func everyKind(t *testing.T, folder string) []string {
	t.Helper()
	releases, err := filepath.Glob(filepath.Join(folder, "releases", "*", "index.html"))
	if err != nil || len(releases) == 0 {
		t.Fatalf("no release: %v", err)
	}
	name, err := filepath.Rel(folder, releases[0])
	if err != nil {
		t.Fatal(err)
	}
	return append(slices.Clone(kindsOfPages), filepath.ToSlash(name))
}

// browser opens a browser, and a server of the site at the path that it is made for.
func browser(t *testing.T, folder string) (ctx context.Context, address string) {
	t.Helper()
	root, err := pipeline.SiteRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.StripPrefix(strings.TrimSuffix(root, "/"), http.FileServer(http.Dir(folder))))
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox)
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(allocator)
	t.Cleanup(end)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("no browser: %v", err)
	}
	return ctx, server.URL + root
}

// call is a command of the browser's protocol as a step.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	})
}

// A look is one of the ways in which a page is seen: of a size, and there in each of the
// schemes of colours.
type look struct {
	name          string
	width, height int64
	media         string
	schemes       []string
}

var looks = []look{
	{"phone", 375, 812, "", []string{"light", "dark"}},
	{"desk", 1280, 900, "", []string{"light", "dark"}},
	{"print", 794, 1123, "print", []string{"light"}},
}

// TestPages opens each kind of page in a browser, as a phone and a desk show it, light
// and dark, and as print: nothing that axe finds, no page wider than its window, and
// nothing that moves while the page comes up; and on the phone and the desk the keyboard
// at every link in the page's order, with a focus that is seen.
func TestPages(t *testing.T) {
	folder, readers := siteFolder(t)
	axe, err := os.ReadFile(filepath.Join(readers, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, address := browser(t, folder)
	for _, name := range everyKind(t, folder) {
		for _, as := range looks {
			in := func(scheme string) chromedp.Action[chromedp.Void] {
				return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Media: as.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				})
			}
			// As on a slow phone: what is there before the rest has come must stay where it is.
			slow, quick := slowed(4), slowed(1)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(as.width, as.height), in(as.schemes[0]), slow, chromedp.Navigate(address+name), quick); err != nil {
				t.Fatal(err)
			}
			if wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.scrollingElement.scrollWidth - window.innerWidth")); err != nil || wide > 0 {
				t.Errorf("%s, %s: %d pixels wider than the window (%v)", name, as.name, wide, err)
			}
			if shift, err := chromedp.Run(ctx, chromedp.Evaluate[float64](shifts, chromedp.EvalAwaitPromise)); err != nil || shift > 0 {
				t.Errorf("%s, %s: what is there moves by %v as the page comes up (%v)", name, as.name, shift, err)
			}
			if as.media == "" {
				keyboard(t, ctx, name+", "+as.name)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[json.RawMessage](string(axe)+"; true")); err != nil {
				t.Fatal(err)
			}
			for _, scheme := range as.schemes {
				if err := chromedp.Do(ctx, in(scheme)); err != nil {
					t.Fatal(err)
				}
				for _, fault := range faults(t, ctx) {
					t.Errorf("%s, %s, %s: %s", name, as.name, scheme, fault)
				}
			}
		}
	}
	printed(t, ctx, address+"print/index.html")
}

// TestPagesWithoutScripts opens each kind of page with scripting off: it is the page that it
// is with scripting on, and the keyboard alone goes from the first page by the index of
// words to an indicator, a breakdown and back.
func TestPagesWithoutScripts(t *testing.T) {
	folder, _ := siteFolder(t)
	ctx, address := browser(t, folder)
	scripts := func(off bool) chromedp.Action[chromedp.Void] {
		return call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
	}
	for _, name := range everyKind(t, folder) {
		var seen [2]string
		for i, off := range []bool{false, true} {
			if err := chromedp.Do(ctx, scripts(off), chromedp.Navigate(address+name)); err != nil {
				t.Fatal(err)
			}
			text, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html")))
			if err != nil {
				t.Fatal(err)
			}
			seen[i] = text
		}
		if seen[0] != seen[1] || !strings.Contains(seen[1], "</main>") {
			t.Errorf("%s is another page without scripting", name)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(`data:text/html,<p id="p">plain</p><script>p.textContent = "run"</script>`)); err != nil {
		t.Fatal(err)
	}
	if text, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("p"))); err != nil || !strings.Contains(text, "plain") {
		t.Errorf("scripting is on: %s (%v)", text, err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address+"index.html")); err != nil {
		t.Fatal(err)
	}
	at := "index.html"
	for _, to := range []string{"find/index.html", "find/i/index.html", "indicators/influence-local/index.html", "indicators/influence-local/by/region/index.html", "indicators/index.html", "index.html"} {
		href := strings.Repeat("../", strings.Count(at, "/")) + to // as pages lead
		link := chromedp.CSS(`a[href="` + href + `"]`)
		soon, end := context.WithTimeout(ctx, time.Minute)
		_, err := chromedp.RunResponse(soon, chromedp.Focus(link), chromedp.KeyEvent("\r"))
		end()
		if err != nil {
			t.Fatalf("%s: no way to %s: %v", at, to, err)
		}
		got, err := chromedp.Run(ctx, chromedp.Location())
		if err != nil || strings.TrimSuffix(got, "index.html") != address+strings.TrimSuffix(to, "index.html") {
			t.Fatalf("from %s the keyboard goes to %s, want %s (%v)", at, got, to, err)
		}
		at = to
	}
}

// slowed makes the browser so many times slower than it is.
func slowed(times float64) chromedp.Action[chromedp.Void] {
	return call(emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times})
}

// shifts is how far things moved as the page came up.
const shifts = `new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; }).observe({type: "layout-shift", buffered: true}); setTimeout(() => done(sum), 20); })`

// faults lists what axe finds, violations and what it leaves to be decided, but for the
// contrast of text in drawings, which it cannot tell and TestContrast holds, and of cells
// that are scrolled out of a table's frame, which have the colours of those that are not.
func faults(t *testing.T, ctx context.Context) []string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(r => JSON.stringify(["violations", "incomplete"].flatMap(kind => r[kind].flatMap(v => v.nodes.map(n => [kind + " " + v.id, n.html.slice(0, 160)])))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var found [][2]string
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range found {
		if f[0] == "incomplete color-contrast" && (strings.HasPrefix(f[1], "<text") || strings.HasPrefix(f[1], "<td") || strings.HasPrefix(f[1], "<th")) {
			continue
		}
		all = append(all, f[0]+": "+f[1])
	}
	return all
}

// stops is how far the keyboard goes: past the parts of the site into the page.
const stops = 15

// keyboard goes through a page: the first stop is the link past what all pages have, each
// stop comes behind the one before, and its focus is seen.
func keyboard(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	const stop = `(() => { const e = document.activeElement; const all = [...document.querySelectorAll("a[href], summary, [tabindex='0']")].filter(x => x.checkVisibility()); const s = getComputedStyle(e); return JSON.stringify([all.indexOf(e), all.length, s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2, e.className]); })()`
	last := -1
	for i := range stops {
		if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil {
			t.Fatal(err)
		}
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](stop))
		if err != nil {
			t.Fatal(err)
		}
		var at [4]any
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			t.Fatal(err)
		}
		place, seen := int(at[0].(float64)), at[2].(bool)
		if place != last+1 || !seen || i == 0 && at[3] != "skip" {
			t.Errorf("%s: stop %d of the keyboard is at %v of %v links, seen: %v", name, i+1, place, at[1], seen)
			return
		}
		last = place
	}
}

// printed holds the print edition: PDF of A4, of as many sheets as a reader takes.
func printed(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(func(p *page.PrintToPDFParams) { p.PreferCSSPageSize = new(true) }))
	if err != nil {
		t.Fatal(err)
	}
	sheets := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(pdf, -1))
	a4 := bytes.Contains(pdf, []byte("/MediaBox [0 0 594.95")) || bytes.Contains(pdf, []byte("/MediaBox [0 0 595"))
	if sheets < 5 || sheets > 40 || !a4 {
		t.Errorf("the print edition has %d sheets, of A4: %v", sheets, a4)
	}
	t.Logf("the print edition has %d sheets", sheets)
}

// TestPagesAreHTML holds each kind of page to the Nu HTML checker.
func TestPagesAreHTML(t *testing.T) {
	folder, readers := siteFolder(t)
	args := []string{"-Xss8m", "-jar", filepath.Join(readers, "node_modules", "vnu-jar", "build", "dist", "vnu.jar"), "--errors-only", "--skip-non-html"}
	paths := slices.Clone(args)
	for _, name := range everyKind(t, folder) {
		paths = append(paths, filepath.Join(folder, filepath.FromSlash(name)))
	}
	out, err := exec.CommandContext(t.Context(), "java", paths...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("%v\n%.4000s", err, out)
	}
	wrong := filepath.Join(t.TempDir(), "wrong.html")
	if err := os.WriteFile(wrong, []byte("<!DOCTYPE html><html lang=en><title>t</title><h1>a</h1><p id=x><p id=x>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "java", append(args, wrong)...).CombinedOutput(); err == nil {
		t.Errorf("a page with two ids alike passes: %s", out)
	}
}
