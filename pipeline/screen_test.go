package pipeline_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/report/metadata"
	"togetherwecan/seeds"
)

// pulls has what was pulled, which tests share.
var pulls sync.Map

// pulled are the files of whom a word means, of the current release of a store that does not
// change: its tables as CSV, and in what other formats are asked for.
func pulled(t *testing.T, store, who string, formats ...string) map[string][]byte {
	t.Helper()
	key := strings.Join(append([]string{store, who}, formats...), "\n")
	if files, ok := pulls.Load(key); ok {
		return files.(map[string][]byte)
	}
	files := pulledBy(t, store, who, embedded(t), "", append([]string{metadata.CSV}, formats...)...)
	pulls.Store(key, files)
	return files
}

// pulledBy are those by a catalogue, of what moved since a release, "" for all; in all formats
// where none is named.
func pulledBy(t *testing.T, store, who string, c *indicator.Catalogue, since string, formats ...string) map[string][]byte {
	t.Helper()
	s, err := publish.Open(store)
	if err != nil {
		t.Fatal(err)
	}
	p := pipeline.Pull{Who: who, Catalogue: c}
	if p.Release, err = s.Current(); err != nil {
		t.Fatal(err)
	}
	if since != "" {
		p.Store = s
		if p.Since, err = s.Release(since); err != nil {
			t.Fatal(err)
		}
	}
	if p.Register, err = plan.Load(seeds.Files); err != nil {
		t.Fatal(err)
	}
	if p.Geography, err = codebook.LoadGeography(indicators.Files); err != nil {
		t.Fatal(err)
	}
	d, err := p.Dataset()
	if err != nil {
		t.Fatal(err)
	}
	if len(formats) == 0 {
		formats = metadata.Formats
	}
	list, err := metadata.Files(d, formats)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range list {
		files[f.Path] = f.Data
	}
	return files
}

// A screened pair is a data file and its metadata, as Explore Education Statistics takes them.
type screened struct {
	name, metaName string
	data, meta     [][]string
}

func (s *screened) clone() *screened {
	c := *s
	c.data, c.meta = nil, nil
	for _, row := range s.data {
		c.data = append(c.data, slices.Clone(row))
	}
	for _, row := range s.meta {
		c.meta = append(c.meta, slices.Clone(row))
	}
	return &c
}

// values are the distinct cells of a column; none where it is not there.
func values(table [][]string, column string) []string {
	at := slices.Index(table[0], column)
	if at < 0 {
		return nil
	}
	var list []string
	seen := map[string]bool{}
	for _, row := range table[1:] {
		if v := row[at]; !seen[v] {
			seen[v] = true
			list = append(list, v)
		}
	}
	return list
}

// set writes to a row's cell, from 1.
func set(table [][]string, row int, column, value string) {
	table[row][slices.Index(table[0], column)] = value
}

// named are the columns of the data that the metadata call filters or indicators.
func (s *screened) named(kind string) []string {
	var list []string
	for _, row := range s.meta[1:] {
		if cell(s.meta, row, "col_type") == kind {
			list = append(list, cell(s.meta, row, "col_name"))
		}
	}
	return list
}

func cell(table [][]string, row []string, column string) string {
	if at := slices.Index(table[0], column); at >= 0 {
		return row[at]
	}
	return ""
}

// each says whether something holds of each row of the metadata of a kind.
func (s *screened) each(kind string, of func(row []string) bool) bool {
	for _, row := range s.meta[1:] {
		if cell(s.meta, row, "col_type") == kind && !of(row) {
			return false
		}
	}
	return true
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

var (
	requiredData = []string{"geographic_level", "time_period", "time_identifier", "country_code", "country_name"}
	requiredMeta = []string{"col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp", "filter_hint", "filter_grouping_column"}
	optionalMeta = []string{"filter_default", "parent_filter"}
	ofLevels     = map[string][]string{"National": {"country_code", "country_name"}, "Regional": {"region_code", "region_name"}, "Police force area": {"pfa_code", "pfa_name"}}
	observed     = slices.Concat(requiredData, ofLevels["Regional"], ofLevels["Police force area"])
	observedLike = regexp.MustCompile(`(?i)(^(country|sch|prov|inst|estab|reg|la|local|rsc|pfa|pcon|lep|mca|oa|ward|mat).*(name|code|urn|ukprn|number|upin|id)$)|(^(laestab|estab|sch|school|schools|prov|provider|providers|inst|institution|institutions|name|code|urn|ukprn|number|upin|id|region|la|lad|rsc|pcon|lep|mca|oa|ward|mat)$)`)
	sixDigits    = []string{"Financial year", "Academic year", "Tax year", "Financial year Q1", "Financial year Q2", "Financial year Q3", "Financial year Q4", "Part 1 (April to September)", "Part 2 (October to March)"}
	fourDigits   = []string{"Calendar year", "Reporting year", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	together     = [][]string{sixDigits[3:7], sixDigits[7:9], fourDigits[2:]}
	countryPairs = []string{"E92000001 England", "W92000004 Wales", "K04000001 England and Wales", "K03000001 Great Britain", "K02000001 United Kingdom"}
	regionPairs  = []string{"E12000008 South East", "E12000009 South West"}
	groups       = []string{"male", "female", "asian", "chinese", "indian", "black", "white", "british", "welsh", "english"}
	notNull      = []string{"NULL", "Null", "null", "NA", "na", "N/A", "n/a", ".", "..", "-"}
)

// A rule of the screening, by the name that eesyscreener gives it: what holds of a pair, and a
// change after which it does not.
type rule struct {
	name  string
	holds func(s *screened) bool
	spoil func(s *screened)
}

// pairsOf says whether the pairs of a code and a name are among those that are known, but for codes
// that are not available.
func pairsOf(s *screened, code, name string, known []string) bool {
	for _, row := range s.data[1:] {
		c, n := cell(s.data, row, code), cell(s.data, row, name)
		if c != "" && c != "x" && !slices.Contains(known, c+" "+n) {
			return false
		}
	}
	return true
}

func oneOf(list, of []string) bool {
	return !slices.ContainsFunc(list, func(v string) bool { return !slices.Contains(of, v) })
}

func distinct(list []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(list)))) == len(list)
}

// column lists the cells of a column of the metadata.
func (s *screened) column(name string) []string {
	var list []string
	for _, row := range s.meta[1:] {
		list = append(list, cell(s.meta, row, name))
	}
	return list
}

// rowOf is the number of the row of the metadata about a kind of column.
func (s *screened) rowOf(kind string) int {
	return slices.IndexFunc(s.meta, func(row []string) bool { return cell(s.meta, row, "col_type") == kind })
}

func isTotal(v string) bool { return strings.EqualFold(v, "total") || strings.EqualFold(v, "all") }

var rules = []rule{
	{"filename_spaces", func(s *screened) bool { return !strings.ContainsAny(s.name+s.metaName, " \t") }, func(s *screened) { s.name = "a b.csv" }},
	{"filename_special", func(s *screened) bool {
		return !strings.ContainsFunc(strings.TrimSuffix(s.name, ".csv"), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' })
	}, func(s *screened) { s.name = "a+b.csv" }},
	{"filenames_match", func(s *screened) bool { return s.metaName == strings.TrimSuffix(s.name, ".csv")+".meta.csv" }, func(s *screened) { s.metaName = "b.meta.csv" }},
	{"col_req_data", func(s *screened) bool { return oneOf(requiredData, s.data[0]) }, func(s *screened) { s.data[0][0] = "period" }},
	{"col_req_meta", func(s *screened) bool { return oneOf(requiredMeta, s.meta[0]) }, func(s *screened) { s.meta[0][2] = "title" }},
	{"col_invalid_meta", func(s *screened) bool { return oneOf(s.meta[0], slices.Concat(requiredMeta, optionalMeta)) }, func(s *screened) { s.meta[0][8] = "default" }},
	{"col_to_rows", func(s *screened) bool { return len(s.data[0])-5 >= len(s.meta)-1 }, func(s *screened) {
		for range 9 {
			s.meta = append(s.meta, s.meta[1])
		}
	}},
	{"cross_meta_to_data", func(s *screened) bool { return oneOf(s.column("col_name"), s.data[0]) }, func(s *screened) { set(s.meta, 1, "col_name", "nowhere") }},
	{"cross_data_to_meta", func(s *screened) bool {
		return !slices.ContainsFunc(s.data[0], func(c string) bool {
			return !slices.Contains(observed, c) && !slices.Contains(s.column("col_name"), c) && len(values(s.data, c)) > 1
		})
	}, func(s *screened) { s.meta = slices.Delete(s.meta, 1, 2) }},
	{"col_names_spaces", func(s *screened) bool { return !strings.Contains(strings.Join(s.data[0], ""), " ") }, func(s *screened) { s.data[0][6] = "lower limit" }},
	{"col_snake_case", func(s *screened) bool {
		return !regexp.MustCompile(`[^a-z0-9_,]`).MatchString(strings.Join(s.data[0], ","))
	}, func(s *screened) { s.data[0][6] = "Sex-of" }},
	{"col_var_start", func(s *screened) bool {
		return !slices.ContainsFunc(s.data[0], func(c string) bool { return c == "" || c[0] < 'a' || c[0] > 'z' })
	}, func(s *screened) { s.data[0][6] = "2nd" }},
	{"col_ind_smushed", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Indicator"), func(c string) bool {
			return slices.ContainsFunc(groups, func(g string) bool { return strings.Contains(c, g) })
		})
	}, func(s *screened) { set(s.meta, s.rowOf("Indicator"), "col_name", "estimate_female") }},
	{"col_var_characteristic", func(s *screened) bool {
		return !slices.ContainsFunc(s.column("col_name"), func(c string) bool { return strings.HasPrefix(c, "characteristic") })
	}, func(s *screened) { set(s.meta, 1, "col_name", "characteristic_group") }},
	{"meta_col_type", func(s *screened) bool { return oneOf(s.column("col_type"), []string{"Filter", "Indicator"}) }, func(s *screened) { set(s.meta, 1, "col_type", "filter") }},
	{"meta_ob_unit", func(s *screened) bool {
		return !slices.ContainsFunc(s.column("col_name"), func(c string) bool { return slices.Contains(observed, c) })
	}, func(s *screened) { set(s.meta, 1, "col_name", "region_name") }},
	{"meta_col_name", func(s *screened) bool { return !slices.ContainsFunc(s.column("col_name"), blank) }, func(s *screened) { set(s.meta, 1, "col_name", " ") }},
	{"meta_col_name_spaces", func(s *screened) bool { return !strings.Contains(strings.Join(s.column("col_name"), ""), " ") }, func(s *screened) { set(s.meta, 1, "col_name", "age band") }},
	{"meta_col_name_dupe", func(s *screened) bool { return distinct(s.column("col_name")) }, func(s *screened) { s.meta = append(s.meta, s.meta[1]) }},
	{"meta_dupe_label", func(s *screened) bool { return distinct(s.column("label")) }, func(s *screened) { set(s.meta, 1, "label", cell(s.meta, s.meta[2], "label")) }},
	{"meta_label", func(s *screened) bool { return !slices.ContainsFunc(s.column("label"), blank) }, func(s *screened) { set(s.meta, 1, "label", "") }},
	{"meta_fil_grp", func(s *screened) bool {
		return s.each("Indicator", func(r []string) bool { return blank(cell(s.meta, r, "filter_grouping_column")) })
	}, func(s *screened) { set(s.meta, s.rowOf("Indicator"), "filter_grouping_column", "sex") }},
	{"meta_fil_grp_match", func(s *screened) bool {
		return oneOf(s.column("filter_grouping_column"), append([]string{""}, s.data[0]...))
	}, func(s *screened) { set(s.meta, 1, "filter_grouping_column", "nowhere") }},
	{"meta_filter_hint", func(s *screened) bool {
		return s.each("Indicator", func(r []string) bool { return blank(cell(s.meta, r, "filter_hint")) })
	}, func(s *screened) { set(s.meta, s.rowOf("Indicator"), "filter_hint", "choose") }},
	{"meta_geog_catch", func(s *screened) bool { return !slices.ContainsFunc(s.named("Filter"), observedLike.MatchString) }, func(s *screened) { set(s.meta, 1, "col_name", "region") }},
	{"meta_indicator_dp", func(s *screened) bool {
		return s.each("Filter", func(r []string) bool { return blank(cell(s.meta, r, "indicator_dp")) })
	}, func(s *screened) { set(s.meta, 1, "indicator_dp", "1") }},
	{"meta_ind_dp_set", func(s *screened) bool {
		return s.each("Indicator", func(r []string) bool { return !blank(cell(s.meta, r, "indicator_dp")) })
	}, func(s *screened) { set(s.meta, s.rowOf("Indicator"), "indicator_dp", "") }},
	{"meta_ind_dp_values", func(s *screened) bool {
		return s.each("Indicator", func(r []string) bool {
			return regexp.MustCompile(`^[0-9]*$`).MatchString(cell(s.meta, r, "indicator_dp"))
		})
	}, func(s *screened) { set(s.meta, s.rowOf("Indicator"), "indicator_dp", "-1") }},
	{"meta_ind_unit", func(s *screened) bool {
		return s.each("Filter", func(r []string) bool { return blank(cell(s.meta, r, "indicator_unit")) })
	}, func(s *screened) { set(s.meta, 1, "indicator_unit", "%") }},
	{"meta_ind_unit_validation", func(s *screened) bool {
		return oneOf(s.column("indicator_unit"), []string{"", "%", "pp", "£", "£m", "numberstring"})
	}, func(s *screened) { set(s.meta, s.rowOf("Indicator"), "indicator_unit", "percent") }},
	{"meta_indicator_grouping", func(s *screened) bool {
		return s.each("Filter", func(r []string) bool { return blank(cell(s.meta, r, "indicator_grouping")) })
	}, func(s *screened) { set(s.meta, 1, "indicator_grouping", "all") }},
	{"time_period_num", func(s *screened) bool {
		return !slices.ContainsFunc(values(s.data, "time_period"), func(v string) bool { return !regexp.MustCompile(`^\d{4}(\d{2})?$`).MatchString(v) })
	}, func(s *screened) { set(s.data, 1, "time_period", "2001-02") }},
	{"time_id_valid", func(s *screened) bool {
		return oneOf(values(s.data, "time_identifier"), slices.Concat(sixDigits, fourDigits))
	}, func(s *screened) { set(s.data, 1, "time_identifier", "Year") }},
	{"time_id_mix", func(s *screened) bool {
		v := values(s.data, "time_identifier")
		return len(v) == 1 || slices.ContainsFunc(together, func(of []string) bool { return oneOf(v, of) })
	}, func(s *screened) { set(s.data, 1, "time_identifier", "Financial year") }},
	{"time_period", func(s *screened) bool {
		for _, row := range s.data[1:] {
			want := 4
			if slices.Contains(sixDigits, cell(s.data, row, "time_identifier")) {
				want = 6
			}
			if len(cell(s.data, row, "time_period")) != want {
				return false
			}
		}
		return true
	}, func(s *screened) { set(s.data, 1, "time_period", "200102") }},
	{"time_period_six", func(s *screened) bool {
		return !slices.ContainsFunc(values(s.data, "time_period"), func(v string) bool {
			return len(v) == 6 && !(v[2:] == "9900") && int(v[4]-'0')*10+int(v[5]-'0') != int(v[2]-'0')*10+int(v[3]-'0')+1
		})
	}, func(s *screened) { set(s.data, 1, "time_period", "200103") }},
	{"filter_not_singular", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Filter"), func(c string) bool { return len(values(s.data, c)) < 2 })
	}, func(s *screened) {
		for i := range s.data[1:] {
			set(s.data, i+1, s.named("Filter")[0], "Total")
		}
	}},
	{"geog_level", func(s *screened) bool {
		return oneOf(values(s.data, "geographic_level"), []string{"National", "Regional", "Police force area"})
	}, func(s *screened) { set(s.data, 1, "geographic_level", "Region") }},
	{"geog_level_present", func(s *screened) bool {
		return !slices.ContainsFunc(values(s.data, "geographic_level"), func(l string) bool { return !oneOf(ofLevels[l], s.data[0]) })
	}, func(s *screened) { set(s.data, 1, "geographic_level", "Police force area") }},
	{"filter_blanks", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Filter"), func(c string) bool { return slices.ContainsFunc(values(s.data, c), blank) })
	}, func(s *screened) { set(s.data, 1, s.named("Filter")[0], "") }},
	{"filter_defaults", func(s *screened) bool {
		return s.each("Filter", func(r []string) bool {
			want := cell(s.meta, r, "filter_default")
			if want == "" {
				want = "Total"
			}
			return slices.Contains(values(s.data, cell(s.meta, r, "col_name")), want)
		})
	}, func(s *screened) { set(s.meta, 1, "filter_default", "nobody") }},
	{"filter_item_limit", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Filter"), func(c string) bool { return len(values(s.data, c)) > 25_000 })
	}, func(s *screened) {
		row := s.data[1]
		for i := range 25_001 {
			s.data = append(s.data, slices.Clone(row))
			set(s.data, len(s.data)-1, s.named("Filter")[0], strings.Repeat("a", i%200)+string(rune(200+i/200)))
		}
	}},
	{"filter_ob_total", func(s *screened) bool {
		return !slices.ContainsFunc(observed, func(c string) bool { return slices.ContainsFunc(values(s.data, c), isTotal) })
	}, func(s *screened) { set(s.data, 1, "region_name", "Total") }},
	{"filter_whitespace", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Filter"), func(c string) bool {
			return slices.ContainsFunc(values(s.data, c), func(v string) bool { return strings.TrimSpace(v) != v })
		})
	}, func(s *screened) { set(s.data, 1, s.named("Filter")[0], " Total") }},
	{"general_dupes", func(s *screened) bool {
		seen := map[string]bool{}
		for _, row := range s.data[1:] {
			var key []string
			for _, c := range slices.Concat(observed, s.named("Filter")) {
				key = append(key, cell(s.data, row, c))
			}
			if k := strings.Join(key, "\x00"); seen[k] {
				return false
			} else {
				seen[k] = true
			}
		}
		return true
	}, func(s *screened) { s.data = append(s.data, s.data[1]) }},
	{"general_null", func(s *screened) bool {
		return !slices.ContainsFunc(slices.Concat(slices.Concat(s.data...), slices.Concat(s.meta...)), func(v string) bool { return slices.Contains(notNull, v) })
	}, func(s *screened) { set(s.data, 1, "estimate", "..") }},
	{"ind_invalid_entry", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Indicator"), func(c string) bool {
			return slices.ContainsFunc(values(s.data, c), func(v string) bool { return blank(v) || v == "~" || v == ":" })
		})
	}, func(s *screened) { set(s.data, 1, "estimate", "") }},
	{"geog_level_completed", func(s *screened) bool {
		for _, row := range s.data[1:] {
			for _, c := range ofLevels[cell(s.data, row, "geographic_level")] {
				if blank(cell(s.data, row, c)) {
					return false
				}
			}
		}
		return true
	}, func(s *screened) { set(s.data, 1, "country_code", "") }},
	{"geog_overcompleted_cols", func(s *screened) bool {
		for _, row := range s.data[1:] {
			for level, columns := range ofLevels {
				if level != "National" && level != cell(s.data, row, "geographic_level") && (cell(s.data, row, columns[0]) != "" || cell(s.data, row, columns[1]) != "") {
					return false
				}
			}
		}
		return true
	}, func(s *screened) { set(s.data, 1, "region_code", "E12000008") }},
	{"geog_country_combos", func(s *screened) bool { return pairsOf(s, "country_code", "country_name", countryPairs) }, func(s *screened) { set(s.data, 1, "country_name", "Englnd") }},
	{"geog_region_combos", func(s *screened) bool { return pairsOf(s, "region_code", "region_name", regionPairs) }, func(s *screened) { set(s.data, 1, "region_code", "E12000099") }},
	{"geog_region_col_present", func(s *screened) bool {
		return slices.Contains(s.data[0], "region_code") == slices.Contains(s.data[0], "region_name")
	}, func(s *screened) { s.data[0][slices.Index(s.data[0], "region_name")] = "region" }},
	{"harmonised_variables", func(s *screened) bool {
		return !slices.ContainsFunc(s.column("col_name"), func(c string) bool {
			return strings.Contains(c, "ethnic") && !slices.Contains([]string{"ethnicity_major", "ethnicity_minor", "ethnicity_detailed", "minority_ethnic"}, c) || regexp.MustCompile(`sen_|primary_need|secondary_need|establishment_type|provider_type|school_type|phase`).MatchString(c)
		})
	}, func(s *screened) { set(s.meta, 1, "col_name", "ethnic_group") }},
	{"api_char_col_name", func(s *screened) bool {
		return !slices.ContainsFunc(s.column("col_name"), func(v string) bool { return len([]rune(v)) > 50 })
	}, func(s *screened) { set(s.meta, 1, "col_name", strings.Repeat("a", 51)) }},
	{"api_char_col_label", func(s *screened) bool {
		return !slices.ContainsFunc(s.column("label"), func(v string) bool { return len([]rune(v)) > 100 })
	}, func(s *screened) { set(s.meta, 1, "label", strings.Repeat("a", 101)) }},
	{"api_char_loc_code", func(s *screened) bool {
		return !slices.ContainsFunc(slices.Concat(values(s.data, "country_code"), values(s.data, "region_code"), values(s.data, "pfa_code")), func(v string) bool { return len(v) > 30 })
	}, func(s *screened) { set(s.data, 1, "region_code", strings.Repeat("E", 31)) }},
	{"api_char_filter_items", func(s *screened) bool {
		return !slices.ContainsFunc(s.named("Filter"), func(c string) bool {
			return slices.ContainsFunc(values(s.data, c), func(v string) bool { return len([]rune(v)) > 120 })
		})
	}, func(s *screened) { set(s.data, 1, s.named("Filter")[0], strings.Repeat("a", 121)) }},
}

// TestScreening holds every file pair of Explore Education Statistics of the whole release
// against the rules by which that platform screens them, and each rule by a copy that
// breaks it and a page that lists it.
func TestScreening(t *testing.T) {
	store, _ := syntheticStore(t)
	files := pulled(t, store, "all")
	pairs := map[string]*screened{}
	levels := map[string]bool{}
	for path, data := range files {
		name, ok := strings.CutPrefix(path, "ees/")
		if !ok || strings.HasSuffix(name, ".meta.csv") {
			continue
		}
		s := &screened{name: name, metaName: strings.TrimSuffix(name, ".csv") + ".meta.csv"}
		var err error
		if s.data, err = csv.NewReader(bytes.NewReader(data)).ReadAll(); err != nil {
			t.Fatal(err)
		}
		if s.meta, err = csv.NewReader(bytes.NewReader(files["ees/"+s.metaName])).ReadAll(); err != nil {
			t.Fatal(err)
		}
		pairs[name] = s
		for _, l := range values(s.data, "geographic_level") {
			levels[l] = true
		}
		for _, r := range rules {
			if !r.holds(s) {
				t.Errorf("%s: %s does not hold", name, r.name)
			}
		}
	}
	if len(pairs) < 80 || len(levels) != 3 {
		t.Fatalf("%d pairs, of the levels %v", len(pairs), levels)
	}
	good := pairs["influence-local.csv"]
	page, err := os.ReadFile("report/metadata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		bad := good.clone()
		r.spoil(bad)
		if r.holds(bad) {
			t.Errorf("%s holds of a copy that breaks it", r.name)
		}
		if n := bytes.Count(page, []byte("| `"+r.name+"` |")); n != 1 {
			t.Errorf("%s is %d times on the page, want once", r.name, n)
		}
	}
	_, table, _ := bytes.Cut(page, []byte("| rule | what holds |"))
	if n := bytes.Count(table, []byte("\n| `")); n != len(rules) {
		t.Errorf("%d rules on the page, want %d", n, len(rules))
	}
}
