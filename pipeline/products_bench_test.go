package pipeline_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/report/metadata"
	"togetherwecan/seeds"
)

// BenchmarkSite makes the site of the seeds' release, of which nothing is there yet.
func BenchmarkSite(b *testing.B) {
	store, _ := syntheticStore(b)
	folder := b.TempDir()
	for i := 0; b.Loop(); i++ {
		if _, err := siteOf(b, store, filepath.Join(folder, strconv.Itoa(i)), ""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPull makes what a department takes away of that release, as twc pull does
// and with workbooks.
func BenchmarkPull(b *testing.B) {
	store, _ := syntheticStore(b)
	register, err := plan.Load(seeds.Files)
	if err != nil {
		b.Fatal(err)
	}
	places, err := codebook.LoadGeography(indicators.Files)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		formats []string
	}{{"usual", metadata.Usual}, {"all", metadata.Formats}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				s, err := publish.Open(store)
				if err != nil {
					b.Fatal(err)
				}
				r, err := s.Current()
				if err != nil {
					b.Fatal(err)
				}
				d, err := pipeline.Pull{Release: r, Who: "HO", Register: register, Catalogue: embedded(b), Geography: places}.Dataset()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := metadata.Files(d, c.formats); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
