package metadata

import (
	"strings"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report/dataset"
)

// The parts of csv-metadata.json: a table group of CSV on the Web (W3C, Metadata Vocabulary for
// Tabular Data, 2015).
type (
	groupJSON struct {
		Context   []any       `json:"@context"`
		Title     string      `json:"dc:title"`
		About     string      `json:"dc:description"`
		ID        string      `json:"dc:identifier"`
		Licence   string      `json:"dc:rights,omitempty"`
		Citation  string      `json:"dc:bibliographicCitation"`
		Dialect   csvwDialect `json:"dialect"`
		Tables    []tableJSON `json:"tables"`
		Direction string      `json:"tableDirection"`
	}
	csvwDialect struct {
		Delimiter   string `json:"delimiter"`
		DoubleQuote bool   `json:"doubleQuote"`
		Encoding    string `json:"encoding"`
		Header      bool   `json:"header"`
		Terminators string `json:"lineTerminators"`
		Quote       string `json:"quoteChar"`
		Trim        bool   `json:"trim"`
	}
	tableJSON struct {
		URL    string          `json:"url"`
		Title  string          `json:"dc:title"`
		About  string          `json:"dc:description"`
		Schema tableSchemaJSON `json:"tableSchema"`
	}
	tableSchemaJSON struct {
		Columns    []columnJSON `json:"columns"`
		PrimaryKey []string     `json:"primaryKey,omitempty"`
	}
	columnJSON struct {
		Name     string   `json:"name"`
		Titles   []string `json:"titles"`
		About    string   `json:"dc:description"`
		Datatype string   `json:"datatype"`
		Required bool     `json:"required,omitempty"`
		Null     string   `json:"null"`
	}
)

// datatypes are the types of columns as CSVW has them.
var datatypes = map[sheet.Type]string{sheet.Text: "string", sheet.Number: "decimal", sheet.Count: "nonNegativeInteger"}

func encodeCSVW(d *dataset.Dataset, files []File) []byte {
	g := groupJSON{
		Context: []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": "en"}},
		Title:   d.Title, About: described(d), ID: "release " + d.ID + ", SHA-256 " + d.Digest, Licence: strings.Join(d.Licences, "; "), Citation: d.Citation,
		Dialect: csvwDialect{Delimiter: ",", DoubleQuote: true, Encoding: "utf-8", Header: true, Terminators: "\n", Quote: `"`}, Direction: "ltr",
	}
	for _, f := range files {
		if f.of == nil || !strings.HasSuffix(f.Path, ".csv") {
			continue
		}
		t := tableJSON{URL: f.Path, Title: f.of.Title(), About: f.of.About()}
		for _, c := range f.of.Columns() {
			about := c.About
			if c.Unit != "" {
				about += ". Unit: " + unitOf(c)
			}
			t.Schema.Columns = append(t.Schema.Columns, columnJSON{Name: c.Name, Titles: []string{c.Name}, About: about, Datatype: datatypes[c.Type], Required: c.Required})
			if c.Key {
				t.Schema.PrimaryKey = append(t.Schema.PrimaryKey, c.Name)
			}
		}
		g.Tables = append(g.Tables, t)
	}
	return release.EncodeJSON(g)
}
