package publish

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// tables are the rows of a release's own tables, by indicator.
type tables map[string]*release.Content

// An ownTable is one of a release's own: rows of all of its indicators.
type ownTable[R any] struct {
	release.Table[R]
	name, title, about string
}

// ownTables are those of a release, in the order of its data package.
var ownTables = []interface {
	csv() string
	parquet() string
	read(r *Release, rows tables) error
	write(w *writer, p *Package) resourceJSON
	verify(r *Release, where string, files *contents, sums map[string]string, of *Package, rows tables) (ok bool, deep func() refusal.Problems, ps refusal.Problems)
}{
	ownTable[release.Evidence]{release.EvidenceTable, evidenceName, "What evaluations say of the action plan's measures", "One row a milestone, finding or caveat of an evaluation, and measure."},
	ownTable[release.Target]{release.TargetsTable, targetsName, "Where indicators stand against their targets", "One row a target, figure and source: the verdict as of the source's period."},
	ownTable[release.Trend]{release.TrendsTable, trendsName, "Trends of indicators over their sources", "One row a series and source: the straight line through the figures that are published, up to that source."},
	ownTable[release.Funnel]{release.FunnelsTable, funnelsName, "Areas in the funnels of indicators", "One row an area and source: the limits within which its figure would lie if nothing but chance made it differ from the whole's."},
}

func (t ownTable[R]) csv() string     { return t.name + ".csv" }
func (t ownTable[R]) parquet() string { return t.name + ".parquet" }

// rows lists those of all indicators of a package.
func (t ownTable[R]) rows(p *Package) []R {
	size := 0
	for i := range p.Indicators {
		size += len(*t.Of(&p.Indicators[i].Content))
	}
	rows := make([]R, 0, size)
	for i := range p.Indicators {
		rows = append(rows, *t.Of(&p.Indicators[i].Content)...)
	}
	return rows
}

// joined lists them, and lets go of the indicators' own: theirs are among those
// of all from now on.
func (t ownTable[R]) joined(p *Package) []R {
	rows, first := t.rows(p), 0
	for i := range p.Indicators {
		of := t.Of(&p.Indicators[i].Content)
		end := first + len(*of)
		*of, first = rows[first:end:end], end
	}
	return rows
}

// decode reads the table.
func (t ownTable[R]) decode(m *release.Manifest, data []byte) ([]R, error) {
	rows, err := sheet.FromCSV(data, t.Columns)
	if err == nil {
		err = t.sound(m, rows)
	}
	return rows, err
}

// sound returns an error unless every row is of one of the release's indicators,
// and rows are in canonical order.
func (t ownTable[R]) sound(m *release.Manifest, rows []R) error {
	for i, row := range rows {
		if id := t.Indicator(&row); m.Indicator(id) == nil {
			return fmt.Errorf("a row of %s, which is no indicator of the release", id)
		}
		if i > 0 && t.Compare(rows[i-1], row) >= 0 {
			return fmt.Errorf("row %d is out of order or there twice", i+1)
		}
	}
	return nil
}

// put puts rows under their indicators. Those of one are together in canonical
// order, and stay where they are.
func (t ownTable[R]) put(rows []R, by tables) {
	for first := 0; first < len(rows); {
		id, end := t.Indicator(&rows[first]), first+1
		for end < len(rows) && t.Indicator(&rows[end]) == id {
			end++
		}
		if by[id] == nil {
			by[id] = &release.Content{}
		}
		*t.Of(by[id]) = rows[first:end:end]
		first = end
	}
}

// read reads the table of a release.
func (t ownTable[R]) read(r *Release, by tables) error {
	where := releasesName + "/" + r.ID
	data, err := r.store.file(where, t.csv())
	if err != nil {
		return err
	}
	rows, err := t.decode(r.Manifest, data)
	if err != nil {
		return r.store.refuse(refusal.Integrity, where+"/"+t.csv(), "%v", err)
	}
	t.put(rows, by)
	return nil
}

// tables reads the release's own tables.
func (r *Release) tables() (tables, error) {
	rows := tables{}
	for _, t := range ownTables {
		if err := t.read(r, rows); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// tables writes the tables that are of all indicators of a release.
func (w *writer) tables(p *Package) {
	var resources []resourceJSON
	for _, t := range ownTables {
		resources = append(resources, t.write(w, p))
	}
	w.file(packageName, encodeTablesPackage(&p.Manifest, p.Labels, resources))
}

// write writes the table and returns what the data package says of it.
func (t ownTable[R]) write(w *writer, p *Package) resourceJSON {
	rows := t.rows(p)
	file := w.file(t.csv(), sheet.CSV(rows, t.Columns))
	writeParquet(w, t.parquet(), rows, t.Columns, t.metadata(&p.Manifest, p.Labels))
	return resource(t.name, t.heading(&p.Manifest), t.about, file, t.Columns)
}

// heading is the table's title, and says so where its rows rest on made-up
// figures: what evaluations say does not.
func (t ownTable[R]) heading(m *release.Manifest) string {
	return titled(t.title, m.Synthetic && t.name != evidenceName)
}

// metadata lists the pairs that the table's Parquet file carries, sorted by key.
func (t ownTable[R]) metadata(m *release.Manifest, l *release.Labels) []sheet.Pair {
	return withColumns([]sheet.Pair{
		{Key: "format", Value: release.FormatName},
		{Key: "licence", Value: strings.Join(licences(m, l), "; ")},
		{Key: "table", Value: t.name},
		{Key: "title", Value: t.heading(m)},
	}, t.Columns)
}

// verify holds the table's files against each other, and against what they were
// made of where that is given. ok is false where they cannot be read; files that are
// missing or whose digests are wrong are reported already. It leaves to whoever verifies to read the
// Parquet file with the second library.
func (t ownTable[R]) verify(r *Release, where string, files *contents, sums map[string]string, of *Package, by tables) (ok bool, deep func() refusal.Problems, ps refusal.Problems) {
	for _, name := range []string{t.csv(), t.parquet()} {
		if digest, there := files.digests[name]; !there || digest != sums[name] {
			return false, nil, nil
		}
	}
	var rows []R
	var meta []sheet.Pair
	if of != nil { // whose rows need not be held twice
		rows = t.joined(of)
		if err := cmp.Or(sameText(files.data[t.csv()], rows, t.Columns), t.sound(r.Manifest, rows)); err != nil {
			return false, nil, sealed(where, t.csv(), "not what was published: %v", err)
		}
		meta = t.metadata(r.Manifest, r.Labels)
	} else {
		var err error
		if rows, err = t.decode(r.Manifest, files.data[t.csv()]); err != nil {
			return false, nil, sealed(where, t.csv(), "%v", err)
		}
	}
	delete(files.data, t.csv()) // which nobody reads again
	t.put(rows, by)
	return true, func() refusal.Problems {
		if err := readTwice(files.data[t.parquet()], rows, t.Columns, meta, of != nil); err != nil {
			return sealed(where, t.parquet(), "not what the CSV says: %v", err)
		}
		return nil
	}, nil
}

// verifyOwn holds a release's own tables, and lists what is left to do: to read
// their Parquet files. Rows are nil where they cannot be read.
func verifyOwn(r *Release, where string, files *contents, sums map[string]string, of *Package) (rows tables, deep []func() refusal.Problems, ps refusal.Problems) {
	rows, whole := tables{}, true
	for _, t := range slices.Backward(ownTables) { // the long ones first
		ok, more, found := t.verify(r, where, files, sums, of, rows)
		if whole, ps = whole && ok, append(ps, found...); more != nil {
			deep = append(deep, more)
		}
	}
	if !whole {
		rows = nil
	}
	return rows, deep, ps
}

// licences lists those of the sources, each once.
func licences(m *release.Manifest, l *release.Labels) []string {
	var list []string
	for _, s := range m.Sources {
		if words := l.Source(s.ID); words.Licence != "" && !slices.Contains(list, words.Licence) {
			list = append(list, words.Licence)
		}
	}
	return list
}

// tableCodes are the columns of the release's own tables whose codes have words.
var tableCodes = []string{"design", "direction", "kind", "known", "method", "notes", "reason", "rule", "scope", "side", "state", "statistic", "verdict"}

// encodeTablesPackage returns the datapackage.json of a release's own tables.
func encodeTablesPackage(m *release.Manifest, l *release.Labels, resources []resourceJSON) []byte {
	var sources []string
	for _, s := range m.Sources {
		sources = append(sources, fmt.Sprintf("%s (%s)", cmp.Or(l.Source(s.ID).Full(), string(s.ID)), s.ID))
	}
	p := newPackage("evidence-targets-trends-funnels", release.FirstVersion, m.Synthetic, licences(m, l), sources)
	p.Title = titled("Evidence, targets, trends and funnels of the action plan's measures", m.Synthetic)
	p.Description = "What evaluations say, as documents have it, where indicators stand against their targets, their trends, and the funnels of their areas."
	if m.Disclosure.Without() {
		p.Description = withoutControl + " " + p.Description
	}
	p.Keywords, p.Resources = []string{"evaluation", "target", "official statistics"}, resources
	for _, c := range l.Codes {
		if slices.Contains(tableCodes, c.Column) {
			p.Labels = append(p.Labels, c)
		}
	}
	return release.EncodeJSON(p)
}
