package chart

import (
	"math"
	"strings"
	"unicode/utf8"
)

// The least room that a track of a plot in a terminal has, and the least and the most that
// its words take, in characters.
const (
	leastTrack = 16
	leastWords = 4
	mostWords  = 34
)

// Text is the plot in lines of a terminal of a width in characters: a row a figure, its
// interval a line with its value upon it. A target or the whole is a line down. An end of
// an interval that is not the value stands beside it, in however narrow a terminal: of an
// interval that is narrower than a character both ends are seen, or none would be.
func Text(p *Plot, width int) []string {
	a := p.axis(4)
	words, values := 0, 0
	for _, pt := range p.Points {
		words, values = max(words, utf8.RuneCountInString(pt.Label)), max(values, utf8.RuneCountInString(pt.Text))
	}
	words = min(words, mostWords, max(width-values-leastTrack-6, leastWords))
	track := max(width-words-values-6, leastTrack)
	at := func(v float64) int { return 1 + int(math.Round(a.place(v)*float64(track-3))) } // room for an end beside a value at either side
	var lines []string
	add := func(label, value string, cells []rune) {
		parts := wrap(label, words)
		lines = append(lines, strings.TrimRight("  "+padded(parts[0], words)+"  "+strings.Repeat(" ", values-utf8.RuneCountInString(value))+value+"  "+string(cells), " "))
		for _, rest := range parts[1:] {
			lines = append(lines, "    "+rest)
		}
	}
	empty := func() []rune {
		cells := []rune(strings.Repeat(" ", track))
		for _, l := range p.Levels {
			cells[at(l.Value)] = '┊'
		}
		if !math.IsNaN(p.Middle) {
			cells[at(p.Middle)] = '│'
		}
		return cells
	}
	signs := []rune{'●', '◇', '□', '△'}
	for _, pt := range p.Points {
		if pt.Break != "" {
			lines = append(lines, "  "+padded("", words)+"  "+strings.Repeat(" ", values)+"  "+strings.Repeat("╌", track))
		}
		cells := empty()
		if pt.has() {
			if !math.IsNaN(pt.Lower) {
				from, value, to := at(pt.Lower), at(pt.Value), at(pt.Upper)
				if pt.Lower < pt.Value {
					from = min(from, value-1)
				}
				if pt.Upper > pt.Value {
					to = max(to, value+1)
				}
				for i := from; i <= to; i++ {
					cells[i] = '─'
				}
				cells[from], cells[to] = '├', '┤'
			}
			sign := signs[pt.Series%len(signs)]
			if p.Kind == Caterpillar && !pt.Apart {
				sign = '○'
			}
			cells[at(pt.Value)] = sign
		}
		add(pt.Label, pt.Text, cells)
	}
	ruler, numbers := []rune(strings.Repeat("─", track)), []rune(strings.Repeat(" ", track))
	end := -1
	for _, t := range a.ticks {
		ruler[at(t)] = '┴'
		number := []rune(Number(t, a.places) + p.Symbol)
		from := min(max(at(t)-len(number)/2, 0), track-len(number))
		if from > end {
			copy(numbers[from:], number)
			end = from + len(number)
		}
	}
	indent := strings.Repeat(" ", words+values+6)
	return append(lines, indent+string(ruler), indent+strings.TrimRight(string(numbers), " "))
}

// Key says what the signs of a plot stand for, a sentence each.
func Key(p *Plot) []string {
	key := []string{p.Unit}
	if a := p.axis(4); p.cut(a) {
		key[0] += " (the axis does not begin at 0)"
	}
	if len(p.Series) > 1 {
		for i, name := range p.Series {
			key = append(key, string([]rune{'●', '◇', '□', '△'}[i%4])+" "+name)
		}
	}
	for _, l := range p.Levels {
		words := "┊ " + l.Label
		if l.Text != "" {
			words += ": " + l.Text
		}
		key = append(key, words)
	}
	told := map[string]bool{}
	for _, pt := range p.Points {
		if pt.Break != "" && !told[pt.Break] {
			told[pt.Break] = true
			key = append(key, "╌ Break at "+pt.Label+": "+pt.Break)
		}
	}
	if p.Kind == Caterpillar && len(p.Levels) > 0 {
		key = append(key, "● The interval leaves out the whole; ○ it does not")
	}
	return append(key, p.Notes...)
}

func padded(words string, width int) string {
	return words + strings.Repeat(" ", max(width-utf8.RuneCountInString(words), 0))
}
