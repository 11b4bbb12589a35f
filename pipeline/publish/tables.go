package publish

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// tables are the rows of a release's own tables, by indicator.
type tables struct {
	evidence map[string][]release.Evidence
}

// decodeTables reads a release's own tables. Every row is of one of its
// indicators, and rows are in canonical order.
func decodeTables(m *release.Manifest, evidence []byte) (tables, error) {
	rows, err := sheet.FromCSV(evidence, release.EvidenceColumns)
	if err != nil {
		return tables{}, err
	}
	t := tables{map[string][]release.Evidence{}}
	for i, row := range rows {
		if m.Indicator(row.Indicator) == nil {
			return tables{}, fmt.Errorf("a row of %s, which is no indicator of the release", row.Indicator)
		}
		if i > 0 && rows[i-1].Compare(row) >= 0 {
			return tables{}, fmt.Errorf("row %d is out of order or there twice", i+1)
		}
		t.evidence[row.Indicator] = append(t.evidence[row.Indicator], row)
	}
	return t, nil
}

// tables reads the release's own tables.
func (r *Release) tables() (tables, error) {
	where := releasesName + "/" + r.ID
	data, err := r.store.file(where, evidenceCSV)
	if err != nil {
		return tables{}, err
	}
	t, err := decodeTables(r.Manifest, data)
	if err != nil {
		return tables{}, r.store.refuse(refusal.Integrity, where+"/"+evidenceCSV, "%v", err)
	}
	return t, nil
}

const evidenceTitle = "What evaluations say of the action plan's measures"

// tableMetadata lists the pairs that a Parquet file of a release's own table
// carries, sorted by key.
func tableMetadata[R any](table, title string, m *release.Manifest, l *release.Labels, columns []sheet.Column[R]) []sheet.Pair {
	return withColumns([]sheet.Pair{
		{Key: "format", Value: release.FormatName},
		{Key: "licence", Value: strings.Join(licences(m, l), "; ")},
		{Key: "table", Value: table},
		{Key: "title", Value: title},
	}, columns)
}

// licences lists those of the evaluations, each once.
func licences(m *release.Manifest, l *release.Labels) []string {
	var list []string
	for _, s := range m.Sources {
		if words := l.Source(s.ID); s.Kind == release.Evaluation && !slices.Contains(list, words.Licence) {
			list = append(list, words.Licence)
		}
	}
	return list
}

// encodeTablesPackage returns the datapackage.json of a release's own tables.
func encodeTablesPackage(m *release.Manifest, l *release.Labels, evidence release.File) []byte {
	p := packageJSON{
		Profile:     "tabular-data-package",
		Name:        "evidence",
		Title:       evidenceTitle,
		Description: "Milestones, findings and caveats of evaluations, as documents have them.",
		Version:     release.FirstVersion,
		Keywords:    []string{"evaluation", "official statistics"},
		Measures:    []string{},
		Leads:       []string{},
		Labels:      []release.Label{},
	}
	for _, column := range []string{"design", "direction", "kind", "known", "method", "state"} {
		for _, c := range l.Codes {
			if c.Column == column {
				p.Labels = append(p.Labels, c)
			}
		}
	}
	for _, title := range licences(m, l) {
		p.Licences = append(p.Licences, licenceJSON{Name: slug(title), Title: title})
	}
	for _, s := range m.Sources {
		if s.Kind == release.Evaluation {
			p.Sources = append(p.Sources, sourceJSON{Title: fmt.Sprintf("%s (%s)", l.Source(s.ID).Title, s.ID)})
		}
	}
	p.Resources = []resourceJSON{
		resource("evidence", evidenceTitle, "One row a milestone, finding or caveat of an evaluation, and measure.", evidence, release.EvidenceColumns),
	}
	return release.EncodeJSON(p)
}
