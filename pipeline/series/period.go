package series

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Frequency is how often a body makes a return: the name of a row of the
// table below. It says what a period is called.
type Frequency string

// A frequencyRow says how the periods of a frequency are written, and which
// days they have.
type frequencyRow struct {
	name    Frequency
	example string
	form    *regexp.Regexp
	parts   int // of a year: 1, 2 or 4; 0 where periods do not follow one another
	month   time.Month
	spans   bool // the name has two years: 2007-08
	rolling bool // the twelve months that end with the part: periods may overlap, and none follows of itself
}

var frequencies = []frequencyRow{
	{name: "yearly", example: "2005", form: regexp.MustCompile(`^(\d{4})$`), parts: 1, month: time.January},
	{name: "financial-year", example: "2005-06", form: regexp.MustCompile(`^(\d{4})-(\d{2})$`), parts: 1, month: time.April, spans: true},
	{name: "school-year", example: "2005-06", form: regexp.MustCompile(`^(\d{4})-(\d{2})$`), parts: 1, month: time.September, spans: true},
	{name: "six-monthly", example: "2005-h1", form: regexp.MustCompile(`^(\d{4})-h([12])$`), parts: 2, month: time.January},
	{name: "rolling-year", example: "2005-q1", form: regexp.MustCompile(`^(\d{4})-q([1-4])$`), parts: 4, month: time.January, rolling: true},
	{name: "quarterly", example: "2005-q1", form: regexp.MustCompile(`^(\d{4})-q([1-4])$`), parts: 4, month: time.January},
	{name: "election", example: "2005-05-05", form: regexp.MustCompile(`^(\d{4})-\d{2}-\d{2}$`), parts: 0, month: time.January},
}

func (f Frequency) row() *frequencyRow {
	for i := range frequencies {
		if frequencies[i].name == f {
			return &frequencies[i]
		}
	}
	return nil
}

// Known says whether the table has the frequency.
func (f Frequency) Known() bool { return f.row() != nil }

// Example is the name of a period.
func (f Frequency) Example() string { return f.row().example }

// Frequencies lists the frequencies that a series may name.
func Frequencies() []string {
	var names []string
	for _, f := range frequencies {
		names = append(names, string(f.name))
	}
	return names
}

// Period returns the days of a period by its name. An error says what the name
// of a period is like, and which was meant: 1999-2000 and 1999/00 are 1999-00.
func (f Frequency) Period(name string) (codebook.Period, error) {
	row := f.row()
	p, ok := row.period(name)
	if ok {
		return p, nil
	}
	meant := ""
	if name, ok := f.Meant(name); ok {
		meant = fmt.Sprintf("; did you mean %q?", name)
	}
	return p, fmt.Errorf("%q is not the name of a period, want one such as %s: the return is %s%s", name, row.example, f, meant)
}

func (r *frequencyRow) period(name string) (codebook.Period, bool) {
	m := r.form.FindStringSubmatch(name)
	if m == nil {
		return codebook.Period{}, false
	}
	year, _ := strconv.Atoi(m[1])
	if r.parts == 0 {
		day, err := time.Parse(time.DateOnly, name)
		text := day.Format(time.DateOnly)
		return codebook.Period{Start: text, End: text}, err == nil
	}
	part := 0
	if r.spans {
		if last, _ := strconv.Atoi(m[2]); last != (year+1)%100 {
			return codebook.Period{}, false
		}
	} else if r.parts > 1 {
		part, _ = strconv.Atoi(m[2])
		part--
	}
	months := 12 / r.parts
	start := time.Date(year, r.month+time.Month(part*months), 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(0, months, -1)
	if r.rolling {
		start = start.AddDate(0, months-12, 0)
	}
	return codebook.Period{Start: start.Format(time.DateOnly), End: end.Format(time.DateOnly)}, true
}

// Meant is the name of the period that a text means, where it is written in
// another way: 1999-2000, 1999/2000, 1999/00, 2005 Q1, 7 June 2001.
func (f Frequency) Meant(text string) (string, bool) {
	row := f.row()
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.NewReplacer("/", "-", "–", "-", " ", "-").Replace(text)
	if _, ok := row.period(text); ok {
		return text, true
	}
	if m := regexp.MustCompile(`^(\d{4})-(\d{2})(\d{2})$`).FindStringSubmatch(text); m != nil && row.spans {
		if name := m[1] + "-" + m[3]; m[2] == m[1][:2] || m[3] == "00" {
			_, ok := row.period(name)
			return name, ok
		}
	}
	if row.parts == 0 {
		for _, layout := range []string{"2-January-2006", "2-Jan-2006", "02-01-2006"} {
			if day, err := time.Parse(layout, text); err == nil {
				return day.Format(time.DateOnly), true
			}
		}
	}
	return "", false
}

// Next is the name of the period after one; "" where none follows of itself.
func (f Frequency) Next(name string) string {
	row := f.row()
	p, ok := row.period(name)
	if !ok || row.parts == 0 || row.rolling {
		return ""
	}
	end, err := time.Parse(time.DateOnly, p.End)
	if err != nil {
		return ""
	}
	start := end.AddDate(0, 0, 1)
	year := start.Year()
	switch {
	case row.spans:
		return fmt.Sprintf("%04d-%02d", year, (year+1)%100)
	case row.parts == 1:
		return fmt.Sprintf("%04d", year)
	}
	letter := map[int]string{2: "h", 4: "q"}[row.parts]
	return fmt.Sprintf("%04d-%s%d", year, letter, (int(start.Month())-1)*row.parts/12+1)
}

// An Omission is a period that a series has no return for, and why.
type Omission struct {
	Period string `yaml:"period"`
	Reason string `yaml:"reason"`
}

// Gaps reports the periods that are missing between those that there are: each
// must be declared.
func (s *Series) Gaps(periods []string) refusal.Problems {
	var ps refusal.Problems
	have := map[string]bool{}
	last := ""
	for _, p := range periods {
		have[p] = true
		last = max(last, p) // names sort by time
	}
	for _, g := range s.Without {
		have[g.Period] = true
	}
	for _, p := range periods {
		for next := s.Frequency.Next(p); next != "" && next < last && !have[next]; next = s.Frequency.Next(next) {
			have[next] = true // told once
			ps.AddHint("give it, or declare under without: in "+s.page.File+" that there is none, and why", string(s.Source(next)),
				"no return for %s, which lies between %s and %s", next, p, last)
		}
	}
	return ps
}

// MeantPeriod is the name of the period that a text of the column of periods means:
// by an alias of it, or as Frequency.Meant has it.
func (s *Series) MeantPeriod(text string) (string, bool) {
	for _, name := range s.Of(func(k ColumnKind) bool { return k == PeriodColumn }) {
		for period, others := range s.Columns[name].Aliases {
			if slices.Contains(others, text) {
				return period, true
			}
		}
	}
	return s.Frequency.Meant(text)
}
