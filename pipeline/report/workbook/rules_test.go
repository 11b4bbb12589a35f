package workbook_test

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/report/dataset"
	"togetherwecan/pipeline/report/workbook"
)

// A rule is one of the guidance on accessible spreadsheets ("Releasing statistics in
// spreadsheets" and its checklist of the basics, of the British government's Analysis
// Function), in our words, or one of ours. Essential are those that the guidance takes for
// required by law.
type rule struct {
	says      string
	essential bool
	wrong     func(*seen) []string // what is against it
	xlsx, ods []edit               // that break it
}

// An edit replaces the first match in a part that matches.
type edit struct{ part, match, with string }

// The parts of the sheet of figures, the first of its measure, as both formats have it.
const (
	figures    = "B5 figures"
	sheetXML   = `xl/worksheets/sheet5\.xml`
	stylesXML  = `xl/styles\.xml`
	contentXML = `content\.xml`
	odsStyle   = `styles\.xml`
	inFigures  = `(?s)(table:name="` + figures + `".*?)`
)

// rules are the checklist's, in its order, and then ours. What it asks that no program can
// tell is not among them: that words are spelt and plain, and Excel's own checker.
var rules = []rule{
	// Tables
	{"tables are marked up as tables", true, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			if len(x.tables) == 0 {
				w = append(w, x.name)
			}
		}
		return w
	}, []edit{{`xl/worksheets/_rels/sheet5.xml.rels`, `relationships/table"`, `relationships/other"`}}, []edit{{contentXML, `<table:database-range table:name="table_B5_figures"[^>]*>`, ``}}},
	{"tables have names that say what is in them", false, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for _, t := range x.tables {
				if regexp.MustCompile(`(?i)^table_?\d*$`).MatchString(t.name) || !regexp.MustCompile(`^[A-Za-z]\w*$`).MatchString(t.name) {
					w = append(w, t.name)
				}
			}
		}
		return w
	}, []edit{{`xl/tables/table4.xml`, `displayName="[^"]*"`, `displayName="Table4"`}}, []edit{{contentXML, `table:name="table_B5_figures"`, `table:name="Table4"`}}},
	{"no cells are merged", true, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return x.merged > 0 })
	}, []edit{{sheetXML, `</sheetData>`, `</sheetData><mergeCells count="1"><mergeCell ref="A5:B5"/></mergeCells>`}}, []edit{{contentXML, inFigures + `<table:table-cell `, `${1}<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1" `}}},
	{"no row or column of a table is blank", true, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for _, t := range x.tables {
				for r := t.top; r <= t.bottom; r++ {
					if !slices.ContainsFunc(span(t.left, t.right), func(c int) bool { return x.at(r, c).text != "" }) {
						w = append(w, fmt.Sprintf("%s: row %d", x.name, r))
					}
				}
				for c := t.left; c <= t.right; c++ {
					if !slices.ContainsFunc(span(t.top+1, t.bottom), func(r int) bool { return x.at(r, c).text != "" }) {
						w = append(w, fmt.Sprintf("%s: column %d", x.name, c))
					}
				}
			}
		}
		return w
	}, []edit{{sheetXML, `(<row r="6"[^>]*>).*?</row>`, `$1</row>`}}, []edit{{contentXML, inFigures + `(</table:table-header-rows><table:table-row[^>]*>).*?</table:table-row>`, `${1}${2}<table:table-cell/></table:table-row>`}}},
	{"a table has one row of heads, each with text and no two alike", true, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for _, t := range x.tables {
				heads := map[string]bool{}
				for c := t.left; c <= t.right; c++ {
					cell := x.at(t.top, c)
					head := strings.ToLower(cell.text)
					if head == "" || cell.number || heads[head] || t.heads != nil && t.heads[c-t.left] != cell.text {
						w = append(w, fmt.Sprintf("%s: %q", x.name, cell.text))
					}
					heads[head] = true
				}
			}
		}
		return w
	}, []edit{{sheetXML, `<t>Population</t>`, `<t>Source</t>`}}, []edit{{contentXML, inFigures + `<text:p>Population</text:p>`, `${1}<text:p>Source</text:p>`}}},
	{"text that is longer than its column is wide is wrapped", true, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for at, c := range x.cells {
				if at[0] >= x.tables[0].top && !c.number && float64(len(c.text)) > x.widths[at[1]-1]*1.3 && !c.style.wrap {
					w = append(w, fmt.Sprintf("%s, row %d, column %d: %q", x.name, at[0], at[1], c.text))
				}
			}
		}
		return w
	}, []edit{{stylesXML, `<alignment vertical="top" wrapText="true">`, `<alignment vertical="top">`}}, []edit{{contentXML, `(<style:style style:name="ce1" [^>]*><style:table-cell-properties) fo:wrap-option="wrap"`, `$1`}}},
	{"no filters", false, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return x.filters > 0 })
	}, []edit{{`xl/tables/table4.xml`, `<tableColumns`, `<autoFilter ref="A4:V10"/><tableColumns`}}, []edit{{contentXML, `table:display-filter-buttons="false"`, `table:display-filter-buttons="true"`}}},
	{"no cell of a table is empty", true, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for _, t := range x.tables {
				for r := t.top; r <= t.bottom; r++ {
					for c := t.left; c <= t.right; c++ {
						if strings.TrimSpace(x.at(r, c).text) == "" {
							w = append(w, fmt.Sprintf("%s: row %d, column %d", x.name, r, c))
						}
					}
				}
			}
		}
		return w
	}, []edit{{sheetXML, `<c r="C6"[^>]*>.*?</c>`, ``}}, []edit{{contentXML, inFigures + `(</table:table-header-rows>.*?)<table:table-cell [^>]*office:value-type="string"><text:p>[^<]*</text:p></table:table-cell>`, `${1}${2}<table:table-cell/>`}}},
	{"no row, column or sheet is hidden", false, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return x.hidden > 0 })
	}, []edit{{sheetXML, `<row r="6"`, `<row r="6" hidden="1"`}}, []edit{{contentXML, inFigures + `<table:table-column `, `${1}<table:table-column table:visibility="collapse" `}}},
	{"columns are as wide as their numbers and words, and not wider than is read", false, func(s *seen) (w []string) {
		for _, x := range s.sheets {
			for c := 1; c <= x.columns; c++ {
				width := 8.0
				for r := 1; r <= x.rows; r++ {
					if cell := x.at(r, c); cell.number {
						width = max(width, float64(len(strconv.FormatFloat(math.Round(number(cell.text)*100)/100, 'f', -1, 64))))
					}
				}
				if c > len(x.widths) || x.widths[c-1] < width || x.widths[c-1] > 110 {
					w = append(w, fmt.Sprintf("%s: column %d", x.name, c))
				}
			}
		}
		return w
	}, []edit{{sheetXML, `(<col min="6" max="6") width="\d+"`, `$1 width="3"`}}, []edit{{contentXML, `style:column-width="[\d.]+mm"`, `style:column-width="4mm"`}}},

	// Footnotes
	{"notes are not told by symbols or raised letters", true, func(s *seen) (w []string) {
		eachText(s, func(at string, c seenCell) {
			if strings.ContainsAny(c.text, "†‡§¹²³⁴⁵") || strings.HasSuffix(c.text, "*") || c.style.raised {
				w = append(w, at)
			}
		})
		return w
	}, []edit{{sheetXML, `<t>Everyone</t>`, `<t>Everyone*</t>`}}, []edit{{contentXML, inFigures + `<text:p>Everyone</text:p>`, `${1}<text:p>Everyone†</text:p>`}}},
	{"what is beside the figures is called a note", false, func(s *seen) (w []string) {
		if s.sheet("Notes").name == "" {
			w = append(w, "no sheet Notes")
		}
		eachText(s, func(at string, c seenCell) {
			if strings.Contains(strings.ToLower(c.text), "footnote") {
				w = append(w, at)
			}
		})
		return w
	}, []edit{{`xl/workbook\.xml`, `<sheet name="Notes"`, `<sheet name="Remarks"`}}, []edit{{contentXML, `<table:table table:name="Notes"`, `<table:table table:name="Remarks"`}}},
	{"no marker of a note in a cell: the notes on a row are a column", false, func(s *seen) (w []string) {
		eachText(s, func(at string, c seenCell) {
			if regexp.MustCompile(`(?i)\[note|\(\d\)$`).MatchString(c.text) {
				w = append(w, at)
			}
		})
		return w
	}, []edit{{sheetXML, `<t>Everyone</t>`, `<t>Everyone [note 1]</t>`}}, []edit{{contentXML, inFigures + `<text:p>Everyone</text:p>`, `${1}<text:p>Everyone [note 1]</text:p>`}}},
	{"the texts of notes, and what shorthand means, are a table on a sheet of notes", false, func(s *seen) (w []string) {
		notes := s.sheet("Notes")
		for mark := range marks(s) {
			if !slices.ContainsFunc(span(1, notes.rows), func(r int) bool { return notes.at(r, 2).text == mark && len(notes.at(r, 3).text) > 20 }) {
				w = append(w, mark)
			}
		}
		return w
	}, []edit{{`xl/worksheets/sheet3\.xml`, `<t>\[z\]</t>`, `<t>[q]</t>`}}, []edit{{contentXML, `<text:p>\[z\]</text:p>`, `<text:p>[q]</text:p>`}}},

	// Formatting
	{"links say where they lead, lead there, and there is one to each sheet and one back", true, func(s *seen) (w []string) {
		to := map[string]bool{}
		for _, x := range s.sheets {
			back := false
			for _, c := range x.cells {
				if c.link == "" {
					continue
				}
				name, _, _ := strings.Cut(strings.Trim(c.link, "'"), "'!")
				if s.sheet(name).name == "" || regexp.MustCompile(`(?i)^(click|here|link|http|www)`).MatchString(c.text) {
					w = append(w, x.name+": "+c.link)
				}
				if x.name == "Contents" {
					to[name] = true
				}
				back = back || name == "Contents" || name == "Cover"
			}
			if !back {
				w = append(w, x.name+": no way back")
			}
		}
		for _, x := range s.sheets[2:] {
			if !to[x.name] {
				w = append(w, x.name+": not among the contents")
			}
		}
		return w
	}, []edit{{`xl/worksheets/sheet2\.xml`, `location="&#39;Codes&#39;!A1"`, `location="&#39;Code&#39;!A1"`}}, []edit{{contentXML, `xlink:href="#&#39;Codes&#39;.A1"`, `xlink:href="#&#39;Code&#39;.A1"`}}},
	{"letters are without serifs, and of 12 points or more", false, func(s *seen) (w []string) {
		eachText(s, func(at string, c seenCell) {
			if c.style.font != "Arial" || c.style.size < 12 {
				w = append(w, fmt.Sprintf("%s: %s %g", at, c.style.font, c.style.size))
			}
		})
		return w
	}, []edit{{stylesXML, `<sz val="12"></sz><color></color>`, `<sz val="8"></sz><color></color>`}}, []edit{{odsStyle, `fo:font-size="12pt"`, `fo:font-size="8pt"`}}},
	{"each sheet has a title of its own in its first cell, tagged as a heading", true, func(s *seen) (w []string) {
		titles := map[string]bool{}
		for _, x := range s.sheets {
			c := x.at(1, 1)
			if c.style.name != "Heading 1" || !c.style.bold || c.text == "" || titles[c.text] {
				w = append(w, x.name)
			}
			titles[c.text] = true
		}
		return w
	}, []edit{{stylesXML, `name="Heading 1"`, `name="Large"`}}, []edit{{odsStyle, `style:display-name="Heading 1"`, `style:display-name="Large"`}}},
	{"heads, titles and names use words for symbols", false, func(s *seen) (w []string) {
		for _, x := range s.sheets {
			texts := []string{x.name, x.at(1, 1).text}
			for _, t := range x.tables {
				for c := t.left; c <= t.right; c++ {
					texts = append(texts, x.at(t.top, c).text)
				}
			}
			for _, text := range texts {
				if strings.ContainsAny(text, "%&#@£~<>+*") {
					w = append(w, x.name+": "+text)
				}
			}
		}
		return w
	}, []edit{{sheetXML, `<t>Value \(percent\)</t>`, `<t>Value (%)</t>`}}, []edit{{contentXML, inFigures + `<text:p>Value \(percent\)</text:p>`, `${1}<text:p>Value (%)</text:p>`}}},
	{"no headers or footers of the page, no boxes or bars that float, no images", true, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return x.margins || x.objects > 0 })
	}, []edit{{sheetXML, `<ignoredErrors>`, `<headerFooter><oddHeader>Draft</oddHeader></headerFooter><ignoredErrors>`}}, []edit{{odsStyle, `<style:header style:display="false"/>`, `<style:header><text:p>Draft</text:p></style:header>`}}},
	{"nothing is divided by fills behind cells", false, func(s *seen) (w []string) {
		eachText(s, func(at string, c seenCell) {
			if c.style.fill {
				w = append(w, at)
			}
		})
		return w
	}, []edit{{stylesXML, `patternType="none"`, `patternType="solid"`}}, []edit{{contentXML, `(<style:style style:name="ce1" [^>]*><style:table-cell-properties)`, `$1 fo:background-color="#EEEEEE"`}}},
	{"colour is not the only way that something is told: only links, which say so, have one", true, func(s *seen) (w []string) {
		eachText(s, func(at string, c seenCell) {
			if c.style.colour != "" && c.link == "" {
				w = append(w, at)
			}
		})
		return w
	}, []edit{{stylesXML, `<sz val="12"></sz><color></color>`, `<sz val="12"></sz><color rgb="FFAA0000"></color>`}}, []edit{{contentXML, `(<style:style style:name="ce1" .*?<style:paragraph-properties fo:text-align="start"/>)`, `$1<style:text-properties fo:color="#AA0000"/>`}}},
	{"colour stands out from the page: a contrast of 4.5 or more", true, func(s *seen) (w []string) {
		eachText(s, func(at string, c seenCell) {
			if c.style.colour != "" && contrast(c.style.colour) < 4.5 {
				w = append(w, at)
			}
		})
		return w
	}, []edit{{stylesXML, `FF0B4FA0`, `FF9BBFF0`}}, []edit{{contentXML, `fo:color="#0B4FA0"`, `fo:color="#9BBFF0"`}}},
	{"no macros", false, func(s *seen) []string {
		if s.macros {
			return []string{"macros"}
		}
		return nil
	}, []edit{{"+xl/vbaProject.bin", "", "x"}}, []edit{{"+Basic/script-lc.xml", "", "x"}}},

	// Structure
	{"sheets have names of their own that say what is in them", true, func(s *seen) (w []string) {
		names := map[string]bool{}
		for _, x := range s.sheets {
			if names[strings.ToLower(x.name)] || len([]rune(x.name)) > 31 || regexp.MustCompile(`(?i)^sheet ?\d*$`).MatchString(x.name) {
				w = append(w, x.name)
			}
			names[strings.ToLower(x.name)] = true
		}
		return w
	}, []edit{{`xl/workbook\.xml`, `name="B5 figures"`, `name="Sheet5"`}}, []edit{{contentXML, `<table:table table:name="B5 figures"`, `<table:table table:name="Sheet5"`}}},
	{"no sheet is blank", true, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return x.rows == 0 })
	}, []edit{{`xl/worksheets/sheet1\.xml`, `(?s)<sheetData>.*</sheetData>`, `<sheetData></sheetData>`}}, []edit{{contentXML, `(?s)(<table:table table:name="Cover"[^>]*>).*?</table:table>`, `$1</table:table>`}}},
	{"the first column has the text above a table, a line a row and no row between left blank", true, func(s *seen) (w []string) {
		for _, x := range s.sheets {
			top := x.rows + 1
			for _, t := range x.tables {
				top = t.top
			}
			for r := 1; r < top; r++ {
				if x.at(r, 1).text == "" || slices.ContainsFunc(span(2, x.columns), func(c int) bool { return x.at(r, c).text != "" }) {
					w = append(w, fmt.Sprintf("%s: row %d", x.name, r))
				}
			}
		}
		return w
	}, []edit{{sheetXML, `<row r="2".*?</row>`, ``}}, []edit{{contentXML, inFigures + `(</table:table-row>)`, `${1}${2}<table:table-row><table:table-cell/></table:table-row>`}}},
	{"tables begin at the left edge", true, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return len(x.tables) > 0 && x.tables[0].left != 1 })
	}, []edit{{`xl/tables/table4.xml`, `ref="A(\d)`, `ref="B$1`}}, []edit{{contentXML, `target-range-address="'B5 figures'\.A`, `target-range-address="'B5 figures'.B`}}},
	{"nothing stands below a table", false, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return len(x.tables) > 0 && x.rows != x.tables[0].bottom })
	}, []edit{{sheetXML, `</sheetData>`, `<row r="12"><c r="A12" t="inlineStr"><is><t>Source: ours</t></is></c></row></sheetData>`}}, []edit{{contentXML, inFigures + `</table:table>`, `${1}<table:table-row><table:table-cell office:value-type="string"><text:p>Source: ours</text:p></table:table-cell></table:table-row></table:table>`}}},
	{"a sheet has no more than one table", false, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return len(x.tables) > 1 })
	}, []edit{{`xl/worksheets/_rels/sheet5.xml.rels`, `<Relationship Id="rId1" Target="../tables/table4.xml" (Type="[^"]*")`, `<Relationship Id="rId2" Target="../tables/table3.xml" $1></Relationship>$0`}}, []edit{{contentXML, `<table:database-range table:name="table_B5_figures"[^>]*>`, `$0$0`}}},

	// Before publishing
	{"the document says its title, subject, language and maker", true, func(s *seen) (w []string) {
		for _, name := range []string{"title", "subject", "description", "creator"} {
			if s.props[name] == "" {
				w = append(w, name)
			}
		}
		if s.props["language"] != "en-GB" {
			w = append(w, "language")
		}
		return w
	}, []edit{{`docProps/core\.xml`, `en-GB`, ``}}, []edit{{`meta\.xml`, `<dc:title>.*?</dc:title>`, ``}}},
	{"the cursor is in the first cell", true, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool { return x.cursor != "A1" })
	}, []edit{{sheetXML, `activeCell="A1"`, `activeCell="C7"`}}, []edit{{`settings\.xml`, `CursorPositionY" config:type="int">0`, `CursorPositionY" config:type="int">6`}}},

	// Ours
	{"the heads stay in sight, with little above them (the guidance would freeze nothing)", false, func(s *seen) (w []string) {
		return sheetsWhere(s, func(x *seenSheet) bool {
			return len(x.tables) > 0 && (x.frozen != x.tables[0].top || x.frozen > 9)
		})
	}, []edit{{sheetXML, `ySplit="\d"`, `ySplit="1"`}}, []edit{{`settings\.xml`, `VerticalSplitPosition" config:type="int">\d`, `VerticalSplitPosition" config:type="int">0`}}},
	{"a number is a number with its format, and beside numbers there is shorthand alone", false, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for _, t := range x.tables {
				for c := t.left; c <= t.right; c++ {
					if !numeric(x.at(t.top, c).text) {
						continue
					}
					for r := t.top + 1; r <= t.bottom; r++ {
						if cell := x.at(r, c); !cell.number && !shorthand.MatchString(cell.text) || cell.number && cell.style.format == "" {
							w = append(w, fmt.Sprintf("%s, row %d, column %d: %q", x.name, r, c, cell.text))
						}
					}
				}
			}
		}
		return w
	}, []edit{{sheetXML, `<c r="F6"( s="\d+")><v>([^<]*)</v></c>`, `<c r="F6"$1 t="inlineStr"><is><t>$2</t></is></c>`}}, []edit{{contentXML, `office:value-type="float" office:value="65.2"`, `office:value-type="string"`}}},
	{"numbers of a unit say it in their heads", false, func(s *seen) (w []string) {
		for _, x := range tabled(s) {
			for c := 1; c <= x.columns; c++ {
				if head := x.at(x.tables[0].top, c).text; regexp.MustCompile(`^(Value|Change|Lower|Upper|Standard error|Slope|Baseline|Unweighted base)`).MatchString(head) && !strings.HasSuffix(head, ")") && head != "Baseline source" {
					w = append(w, x.name+": "+head)
				}
			}
		}
		return w
	}, []edit{{sheetXML, `Standard error \(percentage points\)`, `Standard error`}}, []edit{{contentXML, inFigures + `Standard error \(percentage points\)`, `${1}Standard error`}}},
}

var shorthand = regexp.MustCompile(`^\[(c|low|u|x|z)\]$`)

// numeric says whether a column has numbers, by its head.
func numeric(head string) bool {
	return regexp.MustCompile(`^(Value|Change|Lower|Upper|Standard error|Unweighted base|Degrees|Design effect|P-value|Rows|Figures|Evidence \(|Numerator|Denominator)`).MatchString(head)
}

// tabled are the sheets that should have a table: all but the cover.
func tabled(s *seen) []*seenSheet {
	var list []*seenSheet
	for i := range s.sheets[1:] {
		list = append(list, &s.sheets[i+1])
	}
	return list
}

func sheetsWhere(s *seen, is func(*seenSheet) bool) (names []string) {
	for i := range s.sheets {
		if is(&s.sheets[i]) {
			names = append(names, s.sheets[i].name)
		}
	}
	return names
}

// eachText calls a function with the cells that are text.
func eachText(s *seen, of func(at string, c seenCell)) {
	for _, x := range s.sheets {
		for at, c := range x.cells {
			if !c.number {
				of(fmt.Sprintf("%s, row %d, column %d: %q", x.name, at[0], at[1], c.text), c)
			}
		}
	}
}

// marks are the shorthand of the tables behind the notes.
func marks(s *seen) map[string]bool {
	found := map[string]bool{}
	for _, x := range s.sheets[3:] {
		for _, c := range x.cells {
			if !c.number && strings.HasPrefix(c.text, "[") && strings.HasSuffix(c.text, "]") {
				found[c.text] = true
			}
		}
	}
	return found
}

func span(from, to int) []int {
	var list []int
	for i := from; i <= to; i++ {
		list = append(list, i)
	}
	return list
}

// contrast is that of a colour with white, as WCAG 2.2 reckons it.
func contrast(colour string) float64 {
	x, _ := strconv.ParseUint(colour[len(colour)-6:], 16, 32)
	light := 0.0
	for i, weight := range []float64{.0722, .7152, .2126} {
		c := float64(x>>(8*i)&255) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		light += float64(weight * c)
	}
	return 1.05 / (light + .05)
}

// TestRules: both formats follow every rule, and a copy that breaks one is found out.
func TestRules(t *testing.T) {
	made := written(t, workbook.New(dataset.New(input(t))))
	for _, format := range []string{"xlsx", "ods"} {
		ours := read(t, made[format])
		names, parts := archive(t, made[format])
		for _, r := range rules {
			t.Run(format+"/"+r.says, func(t *testing.T) {
				if wrong := r.wrong(ours); len(wrong) > 0 {
					t.Errorf("ours breaks it: %s", strings.Join(wrong[:min(5, len(wrong))], "; "))
				}
				edits := map[string][]edit{"xlsx": r.xlsx, "ods": r.ods}[format]
				if wrong := r.wrong(read(t, broken(t, names, parts, edits))); len(wrong) == 0 {
					t.Error("a copy that breaks it is not found out")
				}
			})
		}
	}
}
