package pipeline_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
)

// A question of a wave's extract that asks for published definitions has the release's
// figures to the last digit: of every definition that the wave gives, as a whole, by
// region, and by ethnic group, which has another weight and sample.
func TestArchivedFigures(t *testing.T) {
	store, out := syntheticStore(t)
	c := embedded(t)
	const wave = "hocs/2001"
	a := &question.Archived{Crosswalk: c.Crosswalk(wave), Book: c.Codebook}
	for _, d := range c.Definitions {
		one := question.Archived{Crosswalk: a.Crosswalk, Book: c.Codebook, Definitions: []*indicator.Definition{d}}
		if d.Tabled == nil && one.Lacking() == nil {
			a.Definitions = append(a.Definitions, d)
		}
	}
	core := a.Crosswalk.Weights[codebook.CoreWeight]
	q := question.Question{Design: a.Crosswalk.Design, Weight: codebook.Weight{Variable: core.Variable}, By: [][]string{{"region"}, {"ethnic-group"}}}
	q.Archive(a, true)
	found, err := filepath.Glob(filepath.Join(syntheticExtracts(t), wave, "*"))
	if err != nil || len(found) == 0 {
		t.Fatal(err, found)
	}
	answer, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: found[0]}}, q)
	if err != nil {
		t.Fatal(err)
	}
	asked := map[[4]string]release.AnswerRow{}
	for _, f := range answer.Figures {
		item := f.Item
		if item == "" {
			item = codebook.All
		}
		asked[[4]string{f.Variable, f.Breakdown, f.Category, item}] = release.NewAnswerRow(f.Estimate, "")
	}
	compared := 0
	for _, d := range a.Definitions {
		file, err := os.Open(filepath.Join(store, "restricted", out.Release, d.ID+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(file).ReadAll()
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		column := func(name string) int { return slices.Index(rows[0], name) }
		for _, row := range rows[1:] {
			key := [4]string{d.ID, row[column("breakdown")], row[column("category")], row[column("item")]}
			if row[column("source")] != wave || row[column("population")] != a.Crosswalk.Populations[0].ID || !slices.Contains([]string{codebook.All, "region", "ethnic-group"}, key[1]) {
				continue
			}
			got, ok := asked[key]
			if !ok {
				t.Errorf("%v: is not answered", key)
				continue
			}
			for name, x := range map[string]float64{"value": got.Value, "std_error": got.SE, "ci_lower": got.Lower, "ci_upper": got.Upper, "df": got.DF, "base_unweighted": float64(got.Base)} {
				want, err := strconv.ParseFloat(row[column(name)], 64)
				if row[column(name)] == "" {
					if x == x {
						t.Errorf("%v: %s is %v, and the release has none", key, name, x)
					}
					continue
				}
				digits, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64) // as many as the restricted folder has
				if err != nil || digits != want {
					t.Errorf("%v: %s is %v, the release has %v (%v)", key, name, x, want, err)
				}
			}
			compared++
		}
	}
	if len(a.Definitions) < 20 || compared < 200 {
		t.Errorf("%d figures of %d definitions were compared", compared, len(a.Definitions))
	}
}
