package workbook_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func readODS(t *testing.T, s *seen, parts map[string][]byte) {
	t.Helper()
	meta := parse(t, parts["meta.xml"])
	for _, name := range []string{"title", "subject", "description", "creator", "language", "date"} {
		if n := meta.one(name); n != nil {
			s.props[name] = n.text
		}
	}
	s.props["created"], s.props["modified"] = meta.one("creation-date").textOf(), s.props["date"]
	x := parse(t, parts["content.xml"])
	styles, widths, shown, margins := odsStyles(x, parse(t, parts["styles.xml"]))
	settings := map[string]map[string]string{}
	for _, named := range parse(t, parts["settings.xml"]).all("config-item-map-named") {
		for _, entry := range named.all("config-item-map-entry") {
			own := map[string]string{}
			for _, item := range entry.all("config-item") {
				own[item.attr("name")] = item.text
			}
			settings[entry.attr("name")] = own
		}
	}
	for _, table := range x.all("table") {
		own := seenSheet{name: table.attr("name"), cells: map[[2]int]seenCell{}, margins: margins}
		if !shown[table.attr("style-name")] {
			own.hidden++
		}
		for _, c := range table.all("table-column") {
			if c.attr("visibility") != "" {
				own.hidden++
			}
			for range min(max(1, int(number(c.attr("number-columns-repeated")))), 256) {
				own.widths = append(own.widths, widths[c.attr("style-name")])
			}
		}
		row := 0
		for _, r := range table.all("table-row") {
			if r.attr("visibility") != "" {
				own.hidden++
			}
			repeated := max(1, int(number(r.attr("number-rows-repeated"))))
			column := 0
			for _, c := range r.children {
				if c.name != "table-cell" && c.name != "covered-table-cell" {
					continue
				}
				if c.name == "covered-table-cell" || c.attr("number-columns-spanned") > "1" || c.attr("number-rows-spanned") > "1" {
					own.merged++
				}
				cell := seenCell{text: c.paragraphs(), style: styles[c.attr("style-name")]}
				if kind := c.attr("value-type"); kind != "" && kind != "string" {
					cell.text, cell.number = c.attr("value"), kind == "float"
					if kind != "float" {
						cell.text = kind + " " + cell.text
					}
				} else if kind == "" {
					column += max(1, int(number(c.attr("number-columns-repeated"))))
					continue
				}
				if a := c.one("a"); a != nil {
					cell.link = strings.Replace(strings.TrimPrefix(a.attr("href"), "#"), ".A1", "!A1", 1)
				}
				for range max(1, int(number(c.attr("number-columns-repeated")))) {
					column++
					for i := range min(repeated, 100000) {
						own.cells[[2]int{row + 1 + i, column}] = cell
					}
				}
			}
			row += repeated
		}
		for _, r := range x.all("database-range") {
			if from, to, _ := strings.Cut(r.attr("target-range-address"), ":"); strings.Trim(from[:strings.LastIndex(from, ".")], "'$") == own.name {
				made := seenTable{name: r.attr("name")}
				made.left, made.top = place(from)
				made.right, made.bottom = place(to)
				own.tables = append(own.tables, made)
				if r.attr("display-filter-buttons") == "true" || r.attr("contains-header") == "false" {
					own.filters++
				}
			}
		}
		set := settings[own.name]
		if set["VerticalSplitMode"] == "2" {
			own.frozen = int(number(set["VerticalSplitPosition"]))
		}
		own.cursor = fmt.Sprintf("%c%d", 'A'+int(number(set["CursorPositionX"])), int(number(set["CursorPositionY"]))+1)
		own.objects = len(table.all("frame")) + len(table.all("shapes")) + len(table.all("annotation"))
		s.sheets = append(s.sheets, own)
	}
}

func (n *node) textOf() string {
	if n == nil {
		return ""
	}
	return n.text
}

// paragraphs is the text of a cell: of blanks that stand together a reader takes one, and
// none at the ends, but those that are elements.
func (n *node) paragraphs() string {
	var lines []string
	var inside func(*node) string
	inside = func(n *node) string {
		text := ""
		for _, c := range n.children {
			switch c.name {
			case "#text":
				text += c.text
			case "s":
				text += strings.Repeat("\x00", max(1, int(number(c.attr("c")))))
			case "line-break":
				text += "\n"
			default:
				text += inside(c)
				if len(c.children) == 0 {
					text += c.text
				}
			}
		}
		return text
	}
	for _, c := range n.children {
		if c.name == "p" {
			text := strings.Trim(regexp.MustCompile(`[ \t]+`).ReplaceAllString(inside(c), " "), " ")
			lines = append(lines, strings.ReplaceAll(text, "\x00", " "))
		}
	}
	return strings.Join(lines, "\n")
}

// odsStyles are the styles of cells and the widths of columns in characters, by their names,
// and whether a sheet's style shows it.
func odsStyles(content, named *node) (cells map[string]seenStyle, widths map[string]float64, shown map[string]bool, margins bool) {
	cells, widths, shown = map[string]seenStyle{}, map[string]float64{}, map[string]bool{}
	base := named.one("default-style").one("text-properties")
	for _, style := range append(named.all("style"), content.all("style")...) {
		switch style.attr("family") {
		case "table":
			shown[style.attr("name")] = style.one("table-properties").attr("display") != "false"
		case "table-column":
			widths[style.attr("name")] = number(strings.TrimSuffix(style.one("table-column-properties").attr("column-width"), "mm")) / 2.4
		case "table-cell":
			made, ok := cells[style.attr("parent-style-name")]
			if !ok {
				made = seenStyle{font: base.attr("font-family"), size: number(strings.TrimSuffix(base.attr("font-size"), "pt"))}
			}
			if display := style.attr("display-name"); display != "" {
				made.name = display
			}
			text, cell := style.one("text-properties"), style.one("table-cell-properties")
			if size := text.attr("font-size"); size != "" {
				made.size = number(strings.TrimSuffix(size, "pt"))
			}
			made.bold = made.bold || text.attr("font-weight") == "bold"
			if colour := text.attr("color"); colour != "" {
				made.colour = colour
			}
			made.wrap = cell.attr("wrap-option") == "wrap"
			made.fill = cell.attr("background-color") != "" && cell.attr("background-color") != "transparent"
			made.raised = text.attr("text-position") != ""
			made.format = style.attr("data-style-name")
			cells[style.attr("name")] = made
		}
	}
	for _, kind := range []string{"header", "footer"} {
		for _, n := range named.all(kind) {
			margins = margins || n.attr("display") != "false"
		}
	}
	return cells, widths, shown, margins
}
