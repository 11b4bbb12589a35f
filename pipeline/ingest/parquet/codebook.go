package parquet

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/parquet/schema"

	"togetherwecan/pipeline/codebook"
)

// codebookKey is the key of the file's metadata that holds its codebook, as
// JSON: {"variables": [...]}, one entry a column, in order. Any Parquet reader
// shows it, and a tool that drops it leaves a file that still reads, without
// labels.
const codebookKey = "togetherwecan.codebook"

// A savedBook is the codebook in a file's metadata.
type savedBook struct {
	Variables []savedVariable `json:"variables"`

	place  map[string]int    // of a variable, by name
	owners map[string]string // by column of tags, the variable that it is of
}

// A savedVariable is a column's meaning. Tags names the column of text that
// says, for each value missing, the letter of its kind.
type savedVariable struct {
	Name       string          `json:"name"`
	Label      string          `json:"label,omitempty"`
	Categories []savedCategory `json:"categories,omitempty"`
	Recorded   *savedRecorded  `json:"recorded,omitempty"`
	Tags       string          `json:"tags,omitempty"`
}

type savedCategory struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

type savedRecorded struct {
	Format  string          `json:"format,omitempty"`
	Measure string          `json:"measure,omitempty"`
	Width   int             `json:"width,omitempty"`
	Missing []savedInterval `json:"missing,omitempty"`
	Texts   []string        `json:"missing_texts,omitempty"`

	Multiplier float64 `json:"jackknife_multiplier,omitempty"`
}

// A savedInterval has null for a bound at infinity.
type savedInterval struct {
	Low  *float64 `json:"low"`
	High *float64 `json:"high"`
}

// codebook returns the codebook of the file's metadata, empty if it has none.
func (s *scan) codebook() (*savedBook, error) {
	b := &savedBook{place: map[string]int{}, owners: map[string]string{}}
	text := s.file.MetaData().KeyValueMetadata().FindValue(codebookKey)
	if text == nil {
		return b, nil
	}
	if err := json.Unmarshal([]byte(*text), b); err != nil {
		return nil, err
	}
	for i, v := range b.Variables {
		if _, twice := b.place[v.Name]; twice {
			return nil, fmt.Errorf("variable %q is there twice", v.Name)
		}
		b.place[v.Name] = i
	}
	for _, v := range b.Variables {
		if v.Recorded != nil {
			for _, m := range v.Recorded.Missing {
				if low, high := orInfinite(m.Low, -1), orInfinite(m.High, 1); low > high {
					return nil, fmt.Errorf("variable %q: missing values from %v to %v", v.Name, low, high)
				}
			}
		}
		if v.Tags == "" {
			continue
		}
		_, isVariable := b.place[v.Tags]
		if _, twice := b.owners[v.Tags]; twice || isVariable {
			return nil, fmt.Errorf("variable %q: column %q of its kinds of missing value is another's", v.Name, v.Tags)
		}
		b.owners[v.Tags] = v.Name
	}
	return b, nil
}

// tagsOf returns the variable whose tags the column of the name holds, or "".
func (b *savedBook) tagsOf(name string) string { return b.owners[name] }

// variable returns what the codebook says of a column, or, where it does not
// say, the column's type.
func (b *savedBook) variable(name string, node *schema.Column) codebook.Variable {
	v := codebook.Variable{Name: name}
	i, ok := b.place[name]
	if !ok {
		v.Recorded = &codebook.Recorded{Format: form(node)}
		return v
	}
	saved := b.Variables[i]
	v.Label = saved.Label
	for _, c := range saved.Categories {
		v.Categories = append(v.Categories, codebook.Category(c))
	}
	if r := saved.Recorded; r != nil {
		v.Recorded = &codebook.Recorded{Format: r.Format, Measure: r.Measure, Width: r.Width, Texts: r.Texts, Multiplier: r.Multiplier}
		for _, m := range r.Missing {
			v.Recorded.Missing = append(v.Recorded.Missing, codebook.Interval{Low: orInfinite(m.Low, -1), High: orInfinite(m.High, 1)})
		}
	}
	return v
}

func orInfinite(bound *float64, sign int) float64 {
	if bound == nil {
		return math.Inf(sign)
	}
	return *bound
}

func finite(bound float64) *float64 {
	if math.IsInf(bound, 0) {
		return nil
	}
	return &bound
}

// save returns the codebook of the variables as JSON; letters names, for each,
// the column of its letters of extended missing values.
func save(variables []codebook.Variable, letters []string) (string, error) {
	b := savedBook{Variables: []savedVariable{}}
	for i, of := range variables {
		v := savedVariable{Name: of.Name, Label: of.Label, Tags: letters[i]}
		for _, category := range of.Categories {
			v.Categories = append(v.Categories, savedCategory(category))
		}
		if r := of.Recorded; r != nil {
			v.Recorded = &savedRecorded{Format: r.Format, Measure: r.Measure, Width: r.Width, Texts: r.Texts, Multiplier: r.Multiplier}
			for _, m := range r.Missing {
				v.Recorded.Missing = append(v.Recorded.Missing, savedInterval{finite(m.Low), finite(m.High)})
			}
		}
		b.Variables = append(b.Variables, v)
	}
	text, err := json.Marshal(b)
	return string(text), err
}
