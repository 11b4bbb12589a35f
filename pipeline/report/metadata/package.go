package metadata

import (
	"strings"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/datapackage"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
)

// The parts of datapackage.json: a Tabular Data Package by version 1 of the standard, whose
// profile makes validators read the schemas, and valid by version 2's JSON Schema.
type (
	packageJSON struct {
		datapackage.Head
		Format    string            `json:"format"`
		Who       string            `json:"who"`
		Release   string            `json:"release"`
		Digest    string            `json:"release_sha256"`
		Since     string            `json:"since,omitempty"`
		Moved     string            `json:"moved,omitempty"`
		Reasons   []string          `json:"reasons,omitempty"` // of the releases since then
		Synthetic bool              `json:"synthetic"`
		Citation  string            `json:"citation"`
		Notices   []string          `json:"notices"`
		Symbols   map[string]string `json:"symbols"`
		Resources []resourceJSON    `json:"resources"`
	}
	resourceJSON struct {
		datapackage.File
		Rows    int                 `json:"rows"`
		Parquet string              `json:"parquet,omitempty"` // the same table
		Dialect datapackage.Dialect `json:"dialect"`
		Schema  schemaJSON          `json:"schema"`
	}
	schemaJSON struct {
		Fields        []fieldJSON `json:"fields"`
		MissingValues []string    `json:"missingValues"`
		PrimaryKey    []string    `json:"primaryKey,omitempty"`
	}
	fieldJSON struct {
		Name        string           `json:"name"`
		Type        string           `json:"type"`
		Description string           `json:"description"`
		Unit        string           `json:"unit,omitempty"`
		Words       string           `json:"words_for,omitempty"` // the column whose codes it gives the words for
		Constraints *constraintsJSON `json:"constraints,omitempty"`
	}
	constraintsJSON struct {
		Required bool     `json:"required,omitempty"`
		Pattern  string   `json:"pattern,omitempty"`
		Enum     []string `json:"enum,omitempty"`
		Minimum  *int     `json:"minimum,omitempty"`
	}
)

// symbols are what a status means, in the words of the harmonised symbols.
var symbols = map[string]string{
	"c": "confidential", "u": "too small a base to be reliable", "x": "not available", "z": "not applicable", "low": "not zero, but less than half the last digit shown",
}

// patterns are of the texts that a program may take for a number or a date.
var patterns = map[string]string{
	"source": sourcePattern, "from_source": sourcePattern, "to_source": sourcePattern, "period": periodPattern,
	"country_gss": gssPattern, "region_gss": gssPattern, "police_force_area_gss": gssPattern,
}

const (
	sourcePattern = `^[a-z0-9-]+(/[a-zA-Z0-9.-]+)+$`
	periodPattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	gssPattern    = `^[A-Z][0-9]{8}$`
)

// typeNames are the types of columns as the standard has them. Codes are strings: one that looks
// like a number or a date is none.
var typeNames = map[sheet.Type]string{sheet.Text: "string", sheet.Number: "number", sheet.Count: "integer"}

func encodePackage(d *dataset.Dataset, files []File) []byte {
	var sources []string
	for _, x := range d.Sources {
		sources = append(sources, x.Full())
	}
	p := packageJSON{
		Head:   datapackage.NewHead(packageName(d), d.Title, described(d), d.ID, d.Licences, sources),
		Format: Format, Who: d.Who.String(), Release: d.ID, Digest: d.Digest, Since: d.Since, Moved: d.Sentence, Synthetic: d.Synthetic, Citation: d.Citation, Notices: report.NoticeTexts(d.Notices),
		Symbols: symbols,
	}
	p.Keywords = []string{"official statistics", "survey", "Together We Can"}
	for _, r := range d.Reasons {
		p.Reasons = append(p.Reasons, r.String())
	}
	if d.Synthetic {
		p.Keywords = []string{"synthetic", "Together We Can"}
	}
	written := map[string]bool{}
	for _, f := range files {
		written[f.Path] = true
	}
	for _, f := range files {
		if f.of == nil || !strings.HasSuffix(f.Path, ".csv") {
			continue
		}
		r := resourceJSON{
			File: datapackage.NewFile(f.of.Name(), f.Path, f.of.Title(), f.of.About(), int64(len(f.Data)), release.Digest(f.Data)),
			Rows: f.of.Len(), Dialect: datapackage.CSV, Schema: schemaOf(d, f.of),
		}
		if name := f.of.Name() + ".parquet"; written[name] {
			r.Parquet = name
		}
		p.Resources = append(p.Resources, r)
	}
	return release.EncodeJSON(p)
}

// schemaOf describes a table's columns, and what always holds of their cells.
func schemaOf(d *dataset.Dataset, t dataset.Table) schemaJSON {
	s := schemaJSON{MissingValues: []string{""}}
	zero := 0
	for _, c := range t.Columns() {
		f := fieldJSON{Name: c.Name, Type: typeNames[c.Type], Description: c.About, Words: c.Words}
		if c.Unit != "" {
			f.Unit = unitOf(c)
		}
		limits := constraintsJSON{Required: c.Required, Pattern: patterns[c.Name]}
		if c.Type == sheet.Count {
			limits.Minimum = &zero
		}
		for _, x := range d.Dimensions {
			if x.Column == c.Name {
				limits.Enum = append(limits.Enum, dataset.Total)
				for _, category := range x.Categories {
					limits.Enum = append(limits.Enum, category.Code)
				}
			}
		}
		if limits.Required || limits.Pattern != "" || limits.Minimum != nil || limits.Enum != nil {
			f.Constraints = &limits
		}
		if c.Key {
			s.PrimaryKey = append(s.PrimaryKey, c.Name)
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}

// packageName is the name of a dataset's package.
func packageName(d *dataset.Dataset) string {
	return "together-we-can-" + strings.ToLower(datapackage.Slug(d.Who.String()))
}
