package question

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Drawn says once how a sample was drawn and weighted, for all questions of its
// file. Each key is a flag of twc estimate, and says what that flag says.
type Drawn struct {
	Stratum      codebook.Names    `yaml:"stratum"`
	PSU          codebook.Names    `yaml:"psu"`
	FPC          codebook.Names    `yaml:"fpc"`
	Weight       string            `yaml:"weight"`
	Replicates   codebook.Names    `yaml:"replicates"`
	Method       string            `yaml:"method"`
	Scale        *float64          `yaml:"scale"`
	Scales       []float64         `yaml:"scales"`
	Fay          *float64          `yaml:"fay"`
	MSE          bool              `yaml:"mse"`
	Count        *int              `yaml:"count"`
	Seed         *uint64           `yaml:"seed"`
	Lonely       string            `yaml:"lonely"`
	DomainLonely bool              `yaml:"domain-lonely"`
	Collapse     map[string]string `yaml:"collapse"`
	Stacked      string            `yaml:"stacked"`
	Deft         *float64          `yaml:"deft"`
	Quota        bool              `yaml:"quota"`
	Margin       codebook.Names    `yaml:"margin"`
	Margins      string            `yaml:"margins"`
	Calibrate    string            `yaml:"calibrate"`
	Within       string            `yaml:"calibrate-within"`
	Bounds       string            `yaml:"bounds"`
	Trim         string            `yaml:"trim"`
	Unit         *int              `yaml:"unit"`
	Missing      codebook.Names    `yaml:"missing"`
	Note         string            `yaml:"note"` // for people
}

// A Part is what a design says by one of its keys: At is the place where it does, for
// problems.
type Part struct {
	Key    string
	Values []string
	At     string
}

// DrawnKeys are those of a design, in their order.
func DrawnKeys() []string {
	var keys []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Drawn]()) {
		if key := field.Tag.Get("yaml"); key != noteKey {
			keys = append(keys, key)
		}
	}
	return keys
}

const noteKey = "note"

// comments are those of a page on lines of their own.
var comments = regexp.MustCompile(`(?m)^[ \t]*#.*$`)

// ReadDrawn reads a design from a page of YAML, or reports every key that is none,
// and every value that is not of its key.
func ReadDrawn(file string, data []byte) ([]Part, refusal.Problems) {
	page := codebook.NewPage(file, data)
	nothing := func() (ps refusal.Problems) {
		ps.Add(file+":1", "says nothing of a design, want one of %s", strings.Join(DrawnKeys(), ", "))
		return ps
	}
	if len(bytes.TrimSpace(comments.ReplaceAll(data, nil))) == 0 && len(data) > 0 {
		return nil, nothing()
	}
	var d Drawn
	if ps := page.Decode(&d); ps != nil {
		return nil, ps
	}
	var ps refusal.Problems
	for _, key := range page.Nothing() {
		ps.Add(page.At(key), "%s: given nothing, want a value", key)
	}
	parts := d.Parts()
	for i, p := range parts {
		parts[i].At = page.At(p.Key)
		if slices.Contains(p.Values, "") {
			ps.Add(parts[i].At, "%s has an empty value, want one", p.Key)
		}
	}
	if len(parts) == 0 && ps == nil {
		ps = nothing()
	}
	return parts, ps
}

// Parts are what the design says, in the order of its keys.
func (d Drawn) Parts() []Part {
	var parts []Part
	v := reflect.ValueOf(d)
	for _, field := range reflect.VisibleFields(v.Type()) {
		of, key := v.FieldByIndex(field.Index), field.Tag.Get("yaml")
		if of.IsZero() || key == noteKey {
			continue
		}
		p := Part{Key: key}
		switch said := of.Interface().(type) {
		case codebook.Names:
			p.Values = said
		case []float64:
			var numbers []string
			for _, x := range said {
				numbers = append(numbers, strconv.FormatFloat(x, 'g', -1, 64))
			}
			p.Values = []string{strings.Join(numbers, ",")}
		case map[string]string:
			for from, to := range said {
				p.Values = append(p.Values, from+"="+to)
			}
			slices.Sort(p.Values)
		case *float64:
			p.Values = []string{strconv.FormatFloat(*said, 'g', -1, 64)}
		case *int:
			p.Values = []string{strconv.Itoa(*said)}
		case *uint64:
			p.Values = []string{strconv.FormatUint(*said, 10)}
		default:
			p.Values = []string{fmt.Sprint(said)}
		}
		parts = append(parts, p)
	}
	return parts
}
