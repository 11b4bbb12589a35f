package design

import (
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/table"
)

// Labels are those of rows, each spelled once.
type Labels struct {
	Codes *table.Codes // of each row, its label's place in Names; below 0 where it has none
	Names []string
}

// LabelsOf are labels that are spelled row by row, "" where there is none; nil
// for nil.
func LabelsOf(labels []string) *Labels {
	if labels == nil {
		return nil
	}
	made, place, codes := &Labels{}, map[string]int32{"": -1}, make([]int32, len(labels))
	for row, label := range labels {
		code, known := place[label]
		if !known {
			code = int32(len(made.Names))
			place[label], made.Names = code, append(made.Names, label)
		}
		codes[row] = code
	}
	made.Codes = table.CodesOf(len(made.Names), codes)
	return made
}

// code is the place of a row's label; 0 where nothing is labelled.
func (l *Labels) code(row int32) int32 {
	if l == nil {
		return 0
	}
	return int32(l.Codes.At(int(row)))
}

// has says whether a row has a label, or nothing is labelled.
func (l *Labels) has(row int32) bool { return l.code(row) >= 0 }

// names are the labels; "" alone where nothing is labelled.
func (l *Labels) names() []string {
	if l == nil {
		return []string{""}
	}
	return l.Names
}

// of is a row's label, "" where it has none.
func (l *Labels) of(row int32) string {
	if code := l.code(row); code >= 0 {
		return l.names()[code]
	}
	return ""
}

// Label is that of a row of the table, "" where it has none or nothing is labelled.
func (l *Labels) Label(row int) string { return l.of(int32(row)) }

// Spelled are the labels row by row, "" where there is none.
func (l *Labels) Spelled() []string {
	if l == nil {
		return nil
	}
	labels := make([]string, l.Codes.Len())
	for row := range labels {
		labels[row] = l.of(int32(row))
	}
	return labels
}

// Across is how many clusters have respondents of several codes, which are the
// table's.
func (d *Design) Across(codes *table.Codes) int {
	first, several := make([]int, d.Clusters), make([]bool, d.Clusters)
	n := 0
	for i, row := range d.Rows {
		cluster, code := d.Cluster[i], codes.At(int(row))+1
		switch {
		case code < 1 || several[cluster]:
		case first[cluster] == 0:
			first[cluster] = code
		case first[cluster] != code:
			several[cluster] = true
			n++
		}
	}
	return n
}

// By joins what is crossed.
const By = " * "

// Joined is the label of those who have all of the labels.
func Joined(labels []string) string {
	if len(labels) == 1 {
		return labels[0]
	}
	return strings.Join(Quoted(labels), By)
}

// Quoted are labels that cannot be taken for joined ones.
func Quoted(labels []string) []string {
	made := slices.Clone(labels)
	for i, label := range made {
		if strings.Contains(label, By) || strings.HasPrefix(label, `"`) {
			made[i] = strconv.Quote(label)
		}
	}
	return made
}
