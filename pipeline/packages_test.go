package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/release"
)

// folderOf writes pulled files to a folder of its own, as a change leaves them.
func folderOf(t *testing.T, files map[string][]byte, change func(map[string][]byte)) string {
	t.Helper()
	own := map[string][]byte{}
	for path, data := range files {
		own[path] = data
	}
	if change != nil {
		change(own)
	}
	folder := t.TempDir()
	for path, data := range own {
		write(t, filepath.Join(folder, filepath.FromSlash(path)), data)
	}
	return folder
}

// replaced is a text with the first match of a pattern replaced, which it must have.
func replaced(t *testing.T, data []byte, pattern, by string) []byte {
	t.Helper()
	at := regexp.MustCompile(pattern).FindIndex(data)
	if at == nil {
		t.Fatalf("no %s", pattern)
	}
	return slices.Concat(data[:at[0]], []byte(by), data[at[1]:])
}

// TestDataPackages holds that a pull's data package is valid by both versions of the standard, and
// that every row reads by the schema of its table; and that the validators see each fault
// of known-bad copies.
func TestDataPackages(t *testing.T) {
	store, _ := syntheticStore(t)
	files := pulled(t, store, "Defra")
	var p struct {
		Resources []struct {
			Name, Path, Hash string
			Bytes, Rows      int
		}
	}
	if err := json.Unmarshal(files["datapackage.json"], &p); err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Resources {
		if data := files[r.Path]; len(data) != r.Bytes || "sha256:"+release.Digest(data) != r.Hash {
			t.Errorf("%s: %d bytes, %s; the package says %d, %s", r.Path, len(data), release.Digest(data), r.Bytes, r.Hash)
		}
	}
	in := func(path, pattern, by string) func(map[string][]byte) {
		return func(files map[string][]byte) { files[path] = replaced(t, files[path], pattern, by) }
	}
	type known struct {
		name   string
		change func(map[string][]byte)
		fault  string // a part of what is said; "" where both versions hold it valid and every row reads
	}
	bad := []known{
		{"as it is", nil, ""},
		{"a type of version 2", in("datapackage.json", `"type": "string"`, `"type": "list"`), "1: "},
		{"a type that is none", in("datapackage.json", `"type": "number"`, `"type": "float"`), "2: "},
		{"a name with capitals", in("datapackage.json", `"name": "together`, `"name": "Together`), "1: "},
		{"a licence without a name", in("datapackage.json", `"name": "Crown-copyright"`, `"called": "x"`), "2: "},
		{"a blank total", in("figures.csv", `,total,Total,`, `,,Total,`), "figures: "},
		{"a category that is none", in("figures.csv", `,bedfordshire,Bedfordshire,`, `,bedford,Bedford,`), "figures: "},
		{"a source that a spreadsheet took for a date", in("figures.csv", `returns/parish-clerks/2004`, `2004-01-01`), "figures: "},
		{"a day that lost its month", in("figures.csv", `,2004-01-01/2004-12-31,`, `,2004,`), "figures: "},
		{"a number with a comma", in("figures.csv", `,7900,`, `,"7,900",`), "figures: "},
		{"a row that is there twice", func(files map[string][]byte) {
			lines := bytes.SplitAfterN(files["figures.csv"], []byte("\n"), 3)
			files["figures.csv"] = slices.Concat(lines[0], lines[1], lines[1], lines[2])
		}, "figures: "},
	}
	schema, err := filepath.Abs("../testdata/profiles/datapackage-2.0.json")
	if err != nil {
		t.Fatal(err)
	}
	arguments := []string{schema}
	for _, c := range bad {
		arguments = append(arguments, folderOf(t, files, c.change))
	}
	for _, who := range []string{"London", "DCMS", "influence-local"} { // which are whole
		bad = append(bad, known{name: who})
		arguments = append(arguments, folderOf(t, pulled(t, store, who), nil))
	}
	for i, line := range duckdb(t, "package.mjs", arguments...) {
		var told struct {
			One, Two bool
			Rows     map[string]int
			Faults   []string
		}
		if err := json.Unmarshal(line, &told); err != nil {
			t.Fatal(err)
		}
		sees := slices.ContainsFunc(told.Faults, func(f string) bool { return strings.HasPrefix(f, bad[i].fault) })
		switch {
		case bad[i].fault == "" && (!told.One || !told.Two || len(told.Faults) > 0):
			t.Errorf("%s: valid by 1: %v, by 2: %v: %q", bad[i].name, told.One, told.Two, told.Faults)
		case bad[i].fault != "" && !sees:
			t.Errorf("%s: no fault %q in %q", bad[i].name, bad[i].fault, told.Faults)
		}
		if i == 0 {
			for _, r := range p.Resources {
				if told.Rows[r.Name] != r.Rows {
					t.Errorf("%s: %d rows read, want %d", r.Name, told.Rows[r.Name], r.Rows)
				}
			}
		}
	}
}

// An aspect is a rule of a metadata standard, and a change of the file after which it is broken.
type aspect struct {
	name    string
	fault   func(files map[string][]byte) string
	pattern string // of the file, whose first match By replaces
	by      string
}

// object reads a JSON object; nil where it is none.
func object(data []byte) map[string]any {
	var v map[string]any
	if json.Unmarshal(data, &v) != nil {
		return nil
	}
	return v
}

func objects(v any) []map[string]any {
	var list []map[string]any
	all, _ := v.([]any)
	for _, x := range all {
		o, _ := x.(map[string]any)
		list = append(list, o)
	}
	return list
}

func text(v any) string { s, _ := v.(string); return s }

// tablesOf visits the tables of a CSVW file with their CSV.
func tablesOf(files map[string][]byte, visit func(table map[string]any, rows [][]string) string) string {
	for _, table := range objects(object(files["csv-metadata.json"])["tables"]) {
		rows, err := csv.NewReader(bytes.NewReader(files[text(table["url"])])).ReadAll()
		if err != nil || len(rows) == 0 {
			return "no table " + text(table["url"])
		}
		if fault := visit(table, rows); fault != "" {
			return text(table["url"]) + ": " + fault
		}
	}
	return ""
}

func columnsOf(table map[string]any) []map[string]any {
	schema, _ := table["tableSchema"].(map[string]any)
	return objects(schema["columns"])
}

// datatypes are those of CSVW that we use, by what their cells look like.
var datatypes = map[string]*regexp.Regexp{
	"string": regexp.MustCompile(`^`), "decimal": regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`), "nonNegativeInteger": regexp.MustCompile(`^\+?[0-9]+$`),
}

var csvwRules = []aspect{
	{"the context is that of CSVW, with a language", func(files map[string][]byte) string {
		context, _ := object(files["csv-metadata.json"])["@context"].([]any)
		if len(context) != 2 || context[0] != "http://www.w3.org/ns/csvw" || context[1].(map[string]any)["@language"] == nil {
			return "no context"
		}
		return ""
	}, `http://www.w3.org/ns/csvw`, `https://www.w3.org/ns/csvw`},
	{"a table has a url, and is there", func(files map[string][]byte) string {
		if len(objects(object(files["csv-metadata.json"])["tables"])) == 0 {
			return "no tables"
		}
		return tablesOf(files, func(map[string]any, [][]string) string { return "" })
	}, `"url": "codes.csv"`, `"url": "code.csv"`},
	{"the columns are those of the header, in their order", func(files map[string][]byte) string {
		return tablesOf(files, func(table map[string]any, rows [][]string) string {
			var titles []string
			for _, c := range columnsOf(table) {
				list, _ := c["titles"].([]any)
				if len(list) == 1 {
					titles = append(titles, text(list[0]))
				}
			}
			if !slices.Equal(titles, rows[0]) {
				return fmt.Sprint(titles)
			}
			return ""
		})
	}, `"titles": \[\s*"source"`, `"titles": ["sources"`},
	{"names are such as a URI template has, and each once", func(files map[string][]byte) string {
		return tablesOf(files, func(table map[string]any, _ [][]string) string {
			seen := map[string]bool{}
			for _, c := range columnsOf(table) {
				name := text(c["name"])
				if seen[name] || !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.]*$`).MatchString(name) {
					return name
				}
				seen[name] = true
			}
			return ""
		})
	}, `"name": "source_label"`, `"name": "source"`},
	{"a cell is of its column's datatype, and there where it is required", func(files map[string][]byte) string {
		return tablesOf(files, func(table map[string]any, rows [][]string) string {
			for i, c := range columnsOf(table) {
				kind := datatypes[text(c["datatype"])]
				if kind == nil {
					return "datatype " + text(c["datatype"])
				}
				for _, row := range rows[1:] {
					if required := c["required"] == true; row[i] == "" && required || row[i] != "" && !kind.MatchString(row[i]) {
						return fmt.Sprintf("%s: %q", c["name"], row[i])
					}
				}
			}
			return ""
		})
	}, `"name": "period",[^}]*"datatype": "string"`, `"name": "period", "titles": ["period"], "datatype": "decimal"`},
	{"the primary key is of columns, and names each row once", func(files map[string][]byte) string {
		return tablesOf(files, func(table map[string]any, rows [][]string) string {
			schema := table["tableSchema"].(map[string]any)
			key, _ := schema["primaryKey"].([]any)
			var at []int
			for _, name := range key {
				i := slices.Index(rows[0], text(name))
				if i < 0 {
					return text(name) + " is no column"
				}
				at = append(at, i)
			}
			seen := map[string]bool{}
			for _, row := range rows[1:] {
				var parts []string
				for _, i := range at {
					parts = append(parts, row[i])
				}
				if k := strings.Join(parts, "\x00"); seen[k] && len(at) > 0 {
					return k
				} else {
					seen[k] = true
				}
			}
			return ""
		})
	}, `"primaryKey": \[(\s*"[a-z_]+",)*\s*"item"`, `"primaryKey": ["indicator"`},
	{"the dialect is that of the files", func(files map[string][]byte) string {
		d, _ := object(files["csv-metadata.json"])["dialect"].(map[string]any)
		if d["delimiter"] != "," || d["encoding"] != "utf-8" || d["header"] != true || d["lineTerminators"] != "\n" || d["doubleQuote"] != true {
			return fmt.Sprint(d)
		}
		return ""
	}, `"header": true`, `"header": false`},
}

var schemaOrgRules = []aspect{
	{"it is a Dataset of schema.org", func(files map[string][]byte) string {
		d := object(files["dataset.jsonld"])
		if d["@context"] != "https://schema.org/" || d["@type"] != "Dataset" {
			return fmt.Sprint(d["@context"], d["@type"])
		}
		return ""
	}, `"Dataset"`, `"DataSet"`},
	{"name, a description of 50 to 5,000 characters, identifier, version, creator and licence are there", func(files map[string][]byte) string {
		d := object(files["dataset.jsonld"])
		for _, key := range []string{"name", "identifier", "version", "creator", "license"} {
			if d[key] == nil {
				return key
			}
		}
		if n := len(text(d["description"])); n < 50 || n > 5000 {
			return text(d["description"])
		}
		return ""
	}, `"license":`, `"licence":`},
	{"days of the time that it covers", func(files map[string][]byte) string {
		if v := text(object(files["dataset.jsonld"])["temporalCoverage"]); !regexp.MustCompile(`^\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d$`).MatchString(v) {
			return v
		}
		return ""
	}, `"temporalCoverage": "(\d{4})`, `"temporalCoverage": "from `},
	{"every table is a download, with its form and digest", func(files map[string][]byte) string {
		listed := map[string]bool{}
		for _, d := range objects(object(files["dataset.jsonld"])["distribution"]) {
			url := text(d["contentUrl"])
			listed[url] = true
			if d["@type"] != "DataDownload" || text(d["encodingFormat"]) == "" || text(d["sha256"]) != release.Digest(files[url]) {
				return url
			}
		}
		for path := range files {
			if (strings.HasSuffix(path, ".csv") || strings.HasSuffix(path, ".parquet")) && !listed[path] {
				return path
			}
		}
		return ""
	}, `"sha256": "[0-9a-f]`, `"sha256": "x`},
}

// TestOtherMetadata holds what a pull says for programs that no validator is to be had of against
// the rules of the standards, and each rule by a copy that breaks it.
func TestOtherMetadata(t *testing.T) {
	store, _ := syntheticStore(t)
	files := pulled(t, store, "DfES")
	for path, rules := range map[string][]aspect{"csv-metadata.json": csvwRules, "dataset.jsonld": schemaOrgRules} {
		for _, r := range rules {
			if fault := r.fault(files); fault != "" {
				t.Errorf("%s: %s: %s", path, r.name, fault)
			}
			broken := map[string][]byte{}
			for name, data := range files {
				broken[name] = data
			}
			broken[path] = replaced(t, files[path], r.pattern, r.by)
			if r.fault(broken) == "" {
				t.Errorf("%s: %s: holds of a copy that breaks it", path, r.name)
			}
		}
	}
}
