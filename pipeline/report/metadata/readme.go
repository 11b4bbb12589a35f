package metadata

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
)

// readme is the page for a person.
func readme(d *dataset.Dataset, files []File) []byte {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n\n", args...) }
	p("# %s", d.Title)
	if d.Synthetic {
		p("**Made-up data. Every figure here was computed from synthetic extracts and returns and is not a statistic.**")
	}
	if d.Without {
		p("**Without disclosure control: not to be handed on.**")
	}
	for _, text := range report.NoticeTexts(d.Notices) {
		p("**%s**", line(text))
	}
	p("%s", line(d.About))
	for _, r := range d.Reasons {
		p("%s", line(r.String()))
	}
	has(&b, d)
	lacks(&b, d)
	actions(&b, d)
	b.WriteString("## Files\n\n| file | what | rows |\n|---|---|---|\n")
	listed := false
	for _, f := range files {
		switch {
		case f.of != nil && path.Ext(f.Path) == ".csv":
			also := ""
			if slices.ContainsFunc(files, func(o File) bool { return o.Path == f.of.Name()+".parquet" }) {
				also = ", `" + f.of.Name() + ".parquet`"
			}
			fmt.Fprintf(&b, "| `%s`%s | %s | %s |\n", f.Path, also, line(f.of.About()), report.Count(int64(f.of.Len())))
		case strings.HasPrefix(f.Path, workbookName):
			of := "a sheet of each table"
			if d.Table("figures") != nil {
				of = "for each measure a sheet of figures and one of changes"
			}
			fmt.Fprintf(&b, "| `%s` | a workbook for people: a cover, contents, notes, and %s | |\n", f.Path, of)
		case f.of == nil && !listed:
			listed = true
			rows := paired(files)
			words := ""
			if all := d.Table("figures").Len(); rows < all {
				words = fmt.Sprintf(", one for each kind of period; each place is there once, so that %s of %s figures, of places that others are of too, are in `figures.csv` alone", report.Count(int64(all-rows)), report.Count(int64(all)))
			}
			fmt.Fprintf(&b, "| `%s/` | a data file and a metadata file for each indicator, as Explore Education Statistics takes them%s%s | %s |\n", eesFolder, words, footnoted(files), report.Count(int64(rows)))
		}
	}
	fmt.Fprintf(&b, "| `%s` | the columns, for programs that read Frictionless Data Packages | |\n", PackageName)
	fmt.Fprintf(&b, "| `%s` | the same for programs that read CSV on the Web | |\n", CSVWName)
	fmt.Fprintf(&b, "| `%s` | what a search engine for data reads (schema.org) | |\n", DatasetName)
	fmt.Fprintf(&b, "| `%s` | `sha256sum -c %s` tells whether a file was changed | |\n\n", SumsName, SumsName)
	if d.Table("figures") != nil {
		b.WriteString(reading(d))
	}
	b.WriteString("## Where it is from\n\n")
	fmt.Fprintf(&b, "Release %s; the SHA-256 of its `release.json` is `%s`.\n\n", d.ID, d.Digest)
	p("To cite: %s", line(d.Citation))
	if len(d.Sources) > 0 {
		b.WriteString("| source | title | population | licence |\n|---|---|---|---|\n")
		for _, s := range d.Sources {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", s.ID, line(s.Full()), line(s.Population), line(s.Licence))
		}
	}
	return []byte(strings.TrimRight(b.String(), "\n") + "\n")
}

// has tells the latest figure of each indicator and item, and what evaluations say.
func has(b *strings.Builder, d *dataset.Dataset) {
	if len(d.Indicators) == 0 {
		return
	}
	region := d.Who.Kind == dataset.Region
	if d.Since == "" {
		b.WriteString("## What it has\n\n")
	} else {
		b.WriteString("## What moved\n\nOf each indicator with figures that moved the latest, which may itself not have moved; the tables have those that did.\n\n")
	}
	switch {
	case d.Table("figures") == nil: // evaluations alone
	case region:
		fmt.Fprintf(b, "| indicator | measures | source | %s | England |\n|---|---|---|---|---|\n", line(d.Who.Name))
	default:
		b.WriteString("| indicator | measures | latest source | population | figure | base | since the source before |\n|---|---|---|---|---|---|---|\n")
	}
	for _, x := range d.Indicators {
		c := d.Whole[x.ID]
		for _, item := range x.Items {
			if !slices.ContainsFunc(d.Contents[x.ID].Figures, func(f release.Figure) bool { return f.Item == item }) {
				continue
			}
			title := x.Title
			if item != codebook.All {
				title += ": " + d.Labels.Text("item", x.ID, item)
			}
			f := report.Latest(&c, &x, item, func(f *release.Figure) bool { return here(d, f) })
			if f == nil {
				continue
			}
			measures := line(strings.Join(x.Measures, ", "))
			if region {
				beside := ""
				if e := report.Latest(&c, &x, item, func(o *release.Figure) bool {
					return o.Source == f.Source && o.Population == "england" && report.OfEverybody(o)
				}); e != nil {
					beside = told(d, e)
				}
				fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", line(title), measures, line(sourced(d, f.Source)), told(d, f), beside)
				continue
			}
			base := ""
			if f.Base != release.Withheld {
				base = report.Count(f.Base)
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", line(title), measures, line(sourced(d, f.Source)), line(d.Labels.Text("population", "", f.Population)), told(d, f), base, line(since(d, c, *f)))
		}
	}
	evidence := false
	for _, x := range d.Indicators {
		if n := len(d.Contents[x.ID].Evidence); n > 0 {
			if !evidence {
				b.WriteString("\nWhat evaluations say:\n\n")
				evidence = true
			}
			fmt.Fprintf(b, "- %s (%s): %s in `evidence.csv`\n", line(x.Title), line(strings.Join(x.Measures, ", ")), report.Plural(n, "row"))
		}
	}
	b.WriteString("\n")
}

// told is a figure with its limits, and the marks of the notices by which it is affected.
func told(d *dataset.Dataset, f *release.Figure) string {
	text := report.FigureAndLimits(d.Entries[f.Indicator], *f)
	if marks := report.NoticeMarks(d.Affecting(*f)); marks != "" {
		text += ", " + marks
	}
	return line(text)
}

// here says whether a figure is undivided, or of a region's dataset the region's.
func here(d *dataset.Dataset, f *release.Figure) bool {
	if d.Who.Kind == dataset.Region {
		return f.Breakdown == string(codebook.Region) && f.Category == d.Who.ID
	}
	return report.OfEverybody(f)
}

// since is the verdict on a figure's change since the source before.
func since(d *dataset.Dataset, c release.Content, f release.Figure) string {
	var last *release.Change
	order := c.Words.Indicator.Sources
	for i := range c.Changes {
		if ch := &c.Changes[i]; ch.Key == f.Key && (last == nil || slices.Index(order, ch.FromSource) > slices.Index(order, last.FromSource)) {
			last = ch
		}
	}
	if last == nil {
		return ""
	}
	return last.Verdict + ", since " + sourced(d, last.FromSource)
}

// sourced is a source of the release in words.
func sourced(d *dataset.Dataset, id codebook.SourceID) string {
	if s := d.Labels.Source(id); s != nil {
		return s.Title
	}
	return string(id)
}

// lacks tells what is missing, and why, and of what moved what did not.
func lacks(b *strings.Builder, d *dataset.Dataset) {
	without(b, d, "What it lacks", func(s dataset.Standing) string { return s.Missing })
	without(b, d, "What did not move", func(s dataset.Standing) string { return s.Unmoved })
}

// without lists the indicators that are without rows, each once for a reason, with why.
func without(b *strings.Builder, d *dataset.Dataset, heading string, why func(dataset.Standing) string) {
	var order [][2]string
	measures := map[[2]string][]string{}
	for _, s := range d.Standings {
		if why(s) == "" {
			continue
		}
		what := s.Indicator
		if s.Label != "" {
			what = s.Label + " (" + s.Indicator + ")"
		}
		key := [2]string{what, why(s)}
		if _, there := measures[key]; !there {
			order = append(order, key)
			measures[key] = nil
		}
		if s.Measure != "" {
			measures[key] = append(measures[key], s.Measure)
		}
	}
	if len(order) == 0 {
		return
	}
	b.WriteString("## " + heading + "\n\n")
	for _, key := range order {
		of := ""
		switch ids := measures[key]; len(ids) {
		case 0:
		case 1:
			of = "Measure " + ids[0] + ", "
		default:
			of = "Measures " + strings.Join(ids, " and ") + ", "
		}
		fmt.Fprintf(b, "- %s%s: %s\n", of, line(key[0]), line(key[1]))
	}
	b.WriteString("\n")
}

// actions lists what the plan's text says of a department.
func actions(b *strings.Builder, d *dataset.Dataset) {
	if d.Who.Kind != dataset.Department {
		return
	}
	t := d.Table("actions")
	if t == nil {
		return
	}
	at := map[string]int{}
	for i, c := range t.Columns() {
		at[c.Name] = i
	}
	b.WriteString("## Where the plan names it\n\n| strand | what, in our words | where |\n|---|---|---|\n")
	for r := range t.Len() {
		cell := func(name string) string { text, _ := t.Cell(r, at[name]).(string); return line(text) }
		fmt.Fprintf(b, "| %s | %s | %s |\n", cell("strand_label"), cell("text"), cell("place"))
	}
	b.WriteString("\n")
}

// reading tells how to read the files, and what is in their cells.
func reading(d *dataset.Dataset) string {
	text := "## To read them\n\n" +
		"One row a figure: `value` with `std_error` and the interval from `ci_lower` to `ci_upper`, in the `unit` of the row, and `base_unweighted`. Beside each code stand its words (`_label`).\n"
	if len(d.Dimensions) > 0 {
		text += "Each variable that figures are divided by has a column, with `total` where a row is not divided by it: for everybody, take the rows whose `breakdown` is `total`.\n"
	}
	return text + "A figure without a value says why in `status`: `c` confidential, `u` too small a base to be reliable, `x` not available, `z` not applicable, `low` under half the last digit shown.\n" +
		"A row that a correction or a withdrawal affects says so in `notice`. Numbers in `p_value` and verdicts are of figures before they were rounded.\n\n" +
		"CSV is UTF-8, with a comma between cells; an empty cell is null. Every column that is not a number is text: tell a program that guesses so, and keep it from dates.\n\n" +
		"```\n" +
		"R         read.csv(\"figures.csv\", na.strings = \"\")\n" +
		"          data.table::fread(\"figures.csv\", na.strings = \"\", keepLeadingZeros = TRUE)\n" +
		"Python    pandas.read_csv(\"figures.csv\", keep_default_na=False, na_values=[\"\"])\n" +
		"          pandas.read_parquet(\"figures.parquet\")\n" +
		"DuckDB    SELECT * FROM 'figures.parquet';\n" +
		"Stata     import delimited using figures.csv, stringcols(_all) encoding(utf-8) varnames(1) case(preserve)\n" +
		"Sheets    import the CSV as text, with a comma and UTF-8: every column that is not a number as Text\n" +
		"```\n\n"
}

// line is text for one line or cell of Markdown.
func line(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}

// footnoted says what the file of footnotes is for, where there is one.
func footnoted(files []File) string {
	if !slices.ContainsFunc(files, func(f File) bool { return f.Path == footnotesName }) {
		return ""
	}
	return "; `" + footnotesName + "` has the words that the platform takes as footnotes, of corrections and withdrawals"
}

// paired is how many rows the data files for Explore Education Statistics have.
func paired(files []File) (rows int) {
	for _, f := range files {
		if strings.HasPrefix(f.Path, eesFolder+"/") && strings.HasSuffix(f.Path, ".csv") && !strings.HasSuffix(f.Path, ".meta.csv") {
			rows += bytes.Count(f.Data, []byte("\n")) - 1
		}
	}
	return rows
}
