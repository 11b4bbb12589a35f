// Package metadata makes the files that a reader takes away of a dataset: its tables, and
// beside them what other programs read about them (a data package, CSVW, the pairs of
// Explore Education Statistics, schema.org), all from the columns that the tables declare.
package metadata

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
	"togetherwecan/pipeline/report/workbook"
)

// Format names the layout of a folder of these files.
const Format = "togetherwecan-package/1"

// The formats that tables are written in, each table a file, and all of them a workbook.
const (
	CSV     = "csv"
	Parquet = "parquet"
	XLSX    = "xlsx"
	ODS     = "ods"
)

// Formats lists them; the metadata are of the CSV, which is always written. Usual are those
// that are written where none is named.
var (
	Formats = []string{CSV, Parquet, XLSX, ODS}
	Usual   = []string{CSV, Parquet}
)

// workbookName is the workbook's, before its format.
const workbookName = "workbook."

// The names of the files that are no tables.
const (
	ReadmeName  = "README.md"
	PackageName = "datapackage.json"
	CSVWName    = "csv-metadata.json"
	DatasetName = "dataset.jsonld"
	SumsName    = "SHA256SUMS"
	eesFolder   = "ees"
)

// A File is one of the files, by its path below the folder, with slashes.
type File struct {
	Path string
	Data []byte
	of   dataset.Table // that it is, nil for none
}

// Files makes the files of a dataset, in the order of their paths, with SHA256SUMS of all. The
// same dataset gives the same bytes.
func Files(d *dataset.Dataset, formats []string) ([]File, error) {
	var work []func() ([]File, error) // each for a processor
	for _, t := range d.Tables {
		work = append(work, func() ([]File, error) { return []File{{t.Name() + ".csv", t.CSV(), t}}, nil })
		if slices.Contains(formats, Parquet) {
			work = append(work, func() ([]File, error) {
				data, err := t.Parquet(pairs(d, t))
				if err != nil {
					return nil, fmt.Errorf("%s: %w", t.Name(), err)
				}
				return []File{{t.Name() + ".parquet", data, t}}, nil
			})
		}
	}
	work = append(work, func() ([]File, error) { return pairsOfEES(d), nil })
	if slices.Contains(formats, XLSX) || slices.Contains(formats, ODS) {
		work = append(work, func() ([]File, error) { return workbooks(d, formats) })
	}
	made, errs := make([][]File, len(work)), make([]error, len(work))
	var wait sync.WaitGroup
	for i, f := range work {
		wait.Go(func() { made[i], errs[i] = f() })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	files := slices.Concat(made...)
	tables := slices.Clone(files)
	files = append(files,
		File{PackageName, encodePackage(d, tables), nil}, File{CSVWName, encodeCSVW(d, tables), nil},
		File{DatasetName, encodeDataset(d, tables), nil}, File{ReadmeName, readme(d, tables), nil},
	)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	var sums strings.Builder
	for _, f := range files {
		fmt.Fprintf(&sums, "%s  %s\n", release.Digest(f.Data), f.Path)
	}
	return append(files, File{SumsName, []byte(sums.String()), nil}), nil
}

// workbooks are the workbook in those of the formats that it has.
func workbooks(d *dataset.Dataset, formats []string) ([]File, error) {
	var files []File
	book := workbook.New(d)
	for _, x := range []struct {
		format string
		encode func() ([]byte, error)
	}{{XLSX, book.XLSX}, {ODS, book.ODS}} {
		if !slices.Contains(formats, x.format) {
			continue
		}
		data, err := x.encode()
		if err != nil {
			return nil, err
		}
		files = append(files, File{workbookName + x.format, data, nil})
	}
	return files, nil
}

// Sums reads the digests of a SHA256SUMS, by path; ok is false where it is none that Files
// writes.
func Sums(data []byte) (sums map[string]string, ok bool) {
	sums = map[string]string{}
	for line := range strings.Lines(string(data)) {
		digest, path, found := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		raw, err := hex.DecodeString(digest)
		if !found || err != nil || len(raw) != 32 || path == "" {
			return nil, false
		}
		sums[path] = digest
	}
	return sums, len(sums) > 0
}

// pairs are the metadata of a Parquet file, sorted by key.
func pairs(d *dataset.Dataset, t dataset.Table) []sheet.Pair {
	list := []sheet.Pair{
		{Key: "format", Value: Format},
		{Key: "title", Value: d.Title},
		{Key: "description", Value: t.About()},
		{Key: "table", Value: t.Name()},
		{Key: "who", Value: d.Who.String()},
		{Key: "release", Value: d.ID},
		{Key: "release_sha256", Value: d.Digest},
		{Key: "since", Value: d.Since},
		{Key: "synthetic", Value: fmt.Sprint(d.Synthetic)},
		{Key: "citation", Value: d.Citation},
		{Key: "licence", Value: strings.Join(d.Licences, "; ")},
		{Key: "notices", Value: strings.Join(report.NoticeTexts(d.Notices), " ")},
	}
	for _, c := range t.Columns() {
		list = append(list, sheet.Pair{Key: "column." + c.Name, Value: c.About})
		if c.Unit != "" {
			list = append(list, sheet.Pair{Key: "unit." + c.Name, Value: unitOf(c)})
		}
	}
	slices.SortFunc(list, func(a, b sheet.Pair) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// unitOf is a column's unit in words.
func unitOf(c dataset.Column) string {
	if c.Unit == sheet.RowUnit {
		return "that of the row, in column unit"
	}
	return c.Unit
}

// described is what the dataset is, with what a reader must not miss before it.
func described(d *dataset.Dataset) string {
	var parts []string
	if d.Synthetic {
		parts = append(parts, "Made-up data: not a statistic.")
	}
	if d.Without {
		parts = append(parts, "Without disclosure control: not to be handed on.")
	}
	return strings.Join(append(append(parts, report.NoticeTexts(d.Notices)...), d.About), " ")
}

// span is the first and the last day that figures of a dataset are about; "" where there
// are none.
func span(d *dataset.Dataset) (first, last string) {
	for _, x := range d.Indicators {
		for _, f := range d.Contents[x.ID].Figures {
			if first == "" || f.PeriodStart < first {
				first = f.PeriodStart
			}
			last = max(last, f.PeriodEnd)
		}
	}
	return first, last
}
