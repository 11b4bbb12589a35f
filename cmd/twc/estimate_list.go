package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
)

// mostListed is how many bytes a file of numbers has at most.
const mostListed = 1 << 20

// listed are the numbers that a flag lists, or the file that it names.
func (r *flagReader) listed(flag, text string) []float64 {
	from := fmt.Sprintf("%q", text)
	if strings.Trim(text, "0123456789.,+-eE") != "" {
		data, err := ingest.Text(text, text, mostListed)
		if err != nil {
			r.wrong(flag, "want numbers as 0.5,0.5 or a file of them: %v", err)
			return nil
		}
		from, text = text, string(data)
	}
	var made []float64
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",; \t\r\n", c) }) {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil || !(x >= 0) || math.IsInf(x, 0) {
			r.wrong(flag, "%q in %s, want numbers of at least 0", word, from)
			return nil
		}
		made = append(made, x)
	}
	if made == nil {
		r.wrong(flag, "no number in %s, want one of each replicate", from)
	}
	return made
}

// margin reads the population of each code of a variable, or its share in it.
func (r *flagReader) margin(flag, text string) codebook.Margin {
	want := map[string]string{"margin": "population, as V:1=2350,2=2250", "standardise": "share, as V:1=0.3,2=0.7", "test": "share, as V:1=0.3,2=0.7"}[flag]
	name, totals, _ := nameBefore(text, ':')
	if crossed := divided(divided(text, ':')[0], '+'); len(crossed) > 1 {
		name = strings.Join(unquotedAll(crossed), codebook.CrossSign)
	}
	m := codebook.Margin{Variable: name, Totals: map[string]float64{}}
	codes := parts(totals)
	if flag == "margin" {
		codes, m.Shares = r.shared(text, codes)
	}
	for _, part := range codes {
		at := max(strings.LastIndex(part, "="), 0)
		code := bare(part[:at])
		x, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimPrefix(part[at:], "=")), 64)
		if _, twice := m.Totals[code]; err != nil || twice || code == "" {
			r.wrong(flag, "%q in %q, want each code once with its %s", part, text, want)
		}
		m.Totals[code] = x
	}
	if notes, why := question.Rescaled(m); why != "" {
		r.wrong(flag, "%s", why)
	} else {
		r.told.Add(notes...)
	}
	return m
}

// pair reads two limits.
func (r *flagReader) pair(flag, text string) []float64 {
	lower, upper, _ := strings.Cut(text, ",")
	low, err := strconv.ParseFloat(lower, 64)
	high, more := strconv.ParseFloat(upper, 64)
	if err != nil || more != nil || !(low >= 0 && low < high) || math.IsInf(high, 0) {
		r.wrong(flag, "%q, want a lower and an upper limit, as 0.3,3", text)
	}
	return []float64{low, high}
}

// codes reads a list of codes.
func (r *flagReader) codes(flag, text string) []string {
	codes := parts(text)
	for i, part := range codes {
		if codes[i] = bare(part); codes[i] == "" {
			r.wrong(flag, "%q, want codes as 1,2", text)
			break
		}
	}
	return codes
}

// part is one of a list: from a quote to the next, in which quotes are doubled,
// or else to the next comma.
var part = regexp.MustCompile(`^("(?:[^"]|"")*"[^,"]*|[^,]*)(,|$)`)

// parts are those of a list.
func parts(text string) []string {
	var found []string
	for {
		m := part.FindStringSubmatch(text)
		found = append(found, m[1])
		if m[2] == "" {
			return found
		}
		text = text[len(m[0]):]
	}
}

// bare is a code without blanks or quotes around it.
func bare(code string) string {
	code = strings.TrimSpace(code)
	if len(code) < 2 || code[0] != '"' || code[len(code)-1] != '"' {
		return code
	}
	return strings.ReplaceAll(code[1:len(code)-1], `""`, `"`)
}
