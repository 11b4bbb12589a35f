// Verify measures how long it takes to verify a store of many releases, beside
// sha256sum over the same files: whole processes, as the kernel counts them. It prints
// the table of README.md.
//
//	go run ./cmd/bench/verify
//	go run ./cmd/bench/verify -releases 100 -runs 3
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/cmd/bench/process"
	"togetherwecan/pipeline/publish"
)

var (
	most   = flag.Int("releases", 100, "releases of the largest store")
	runs   = flag.Int("runs", 3, "runs of each, of which the median is printed")
	folder = flag.String("dir", ".build/bench/verify", "folder of the extracts, and of the store, which is gone on with")
	tables = flag.String("tables", "", "read every table of this store, and end")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("verify: ")
	flag.Parse()
	if *tables != "" { // what twc verify --deep does before its audit
		store, err := publish.Open(*tables)
		if err == nil {
			_, err = store.Verify(true)
		}
		if err != nil {
			log.Fatal(err)
		}
		return
	}
	twc, extracts := filepath.Join(*folder, "bin", "twc"), filepath.Join(*folder, "extracts")
	do(exec.Command("go", "build", "-o", twc, "./cmd/twc"))
	if _, err := os.Stat(extracts); err != nil {
		do(exec.Command(twc, "seed", extracts))
	}
	self, err := os.Executable()
	if err != nil {
		log.Fatal(err)
	}
	store := filepath.Join(*folder, "store")
	fmt.Println("| releases | MB | | CPU, s | wall, s | memory, MB | CPU of sha256sum's |")
	fmt.Println("|---:|---:|---|---:|---:|---:|---:|")
	for _, n := range []int{max(1, *most/4), max(1, *most/2), *most} {
		releases := grow(twc, extracts, store, n)
		if len(releases) > n {
			log.Printf("%s has %d releases: it is not measured with %d", store, len(releases), n)
			continue
		}
		others := []struct {
			name string
			made func() *exec.Cmd
		}{
			{"sha256sum -c", func() *exec.Cmd {
				return exec.Command("sh", "-c", `for r in "$0"/releases/*; do (cd "$r" && sha256sum --quiet -c SHA256SUMS) || exit 1; done`, store)
			}},
			{"twc verify", func() *exec.Cmd { return exec.Command(twc, "verify", "--store", store) }},
			{"every table, as --deep", func() *exec.Cmd { return exec.Command(self, "-tables", store) }},
		}
		costs := make([][]process.Cost, len(others))
		for range *runs { // in turns, so that other work on the machine is shared
			for i, other := range others {
				cost, err := process.Run(other.made())
				if err != nil {
					log.Fatal(err)
				}
				costs[i] = append(costs[i], cost)
			}
		}
		base := process.Median(costs[0]).CPU.Seconds()
		for i, other := range others {
			m := process.Median(costs[i])
			fmt.Printf("| %d | %d | %s | %.2f | %.2f | %d | %.1f |\n", n, size(store)>>20, other.name, m.CPU.Seconds(), m.Wall.Seconds(), m.Memory>>20, m.CPU.Seconds()/base)
		}
	}
}

// do runs a command that must not fail.
func do(c *exec.Cmd) {
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		log.Fatalf("%s: %v", c, err)
	}
}

// grow publishes releases to a store, until it has so many: the first by twc run, and
// each of the others with another title of one indicator than the one before.
func grow(twc, extracts, store string, n int) []string {
	if _, err := os.Stat(store); err != nil {
		do(exec.Command(twc, "run", extracts, "--store", store, "--issued", "2026-01-01", "--quiet"))
	}
	s, err := publish.Open(store)
	if err != nil {
		log.Fatal(err)
	}
	for {
		releases, err := s.Releases()
		if err == nil && len(releases) < n {
			err = publishNext(s, len(releases)+1)
		}
		if err != nil {
			log.Fatal(err)
		}
		if len(releases) >= n {
			return releases
		}
	}
}

// publishNext publishes the current release again, with another title and a reason for it.
func publishNext(s *publish.Store, number int) error {
	r, err := s.Current()
	if err != nil {
		return err
	}
	contents, err := r.Contents()
	if err != nil {
		return err
	}
	p := publish.Package{Manifest: *r.Manifest, Labels: r.Labels}
	p.Manifest.Format, p.Manifest.Files, p.Manifest.Reason = "", nil, "another title"
	p.Manifest.Indicators = slices.Clone(r.Manifest.Indicators)
	for id, content := range contents {
		page, err := r.Definition(id)
		if err != nil {
			return err
		}
		p.Indicators = append(p.Indicators, publish.Indicator{ID: id, Definition: page, Content: content})
	}
	titled := &p.Labels.Indicators[0]
	_, title, numbered := strings.Cut(titled.Title, ": ")
	if !numbered {
		title = titled.Title
	}
	titled.Title = fmt.Sprintf("Release %d: %s", number, title)
	if p.Key, err = r.Key(); err != nil {
		return err
	}
	p.Restricted = map[string][]byte{}
	folder := filepath.Join(s.Dir(), "restricted", r.ID)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "SHA256SUMS" {
			continue
		}
		if p.Restricted[e.Name()], err = os.ReadFile(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	_, err = s.Publish("2026-01-01", p)
	return err
}

// size is how many bytes the releases of a store have.
func size(store string) int64 {
	total := int64(0)
	err := filepath.WalkDir(filepath.Join(store, "releases"), func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		total += info.Size()
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	return total
}
