package indicator

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
)

// A Key says what one estimate is of. No part of it is empty: a part that
// does not divide is codebook.All.
type Key struct {
	Indicator  string
	Source     codebook.SourceID
	Population string
	Breakdown  string
	Category   string
	Item       string
}

// Compare orders keys by indicator, survey, item, population, breakdown,
// category and source, so that the figures of a series are together.
func (k Key) Compare(other Key) int {
	c := strings.Compare(k.Indicator, other.Indicator)
	if c == 0 && k.Source != other.Source {
		c = strings.Compare(k.Source.Survey(), other.Source.Survey())
	}
	if c == 0 {
		c = strings.Compare(k.Item, other.Item)
	}
	if c == 0 {
		c = strings.Compare(k.Population, other.Population)
	}
	if c == 0 {
		c = strings.Compare(k.Breakdown, other.Breakdown)
	}
	if c == 0 {
		c = strings.Compare(k.Category, other.Category)
	}
	if c == 0 {
		c = strings.Compare(string(k.Source), string(other.Source))
	}
	return c
}

// Series is the key of the figures of all sources of a survey or series.
func (k Key) Series() Key {
	k.Source = codebook.SourceID(k.Source.Survey())
	return k
}

// Status says why a figure has no value.
type Status string

// The statuses. A figure with a value has none. Low is a value that would
// round to 0 though it is not.
const (
	Confidential Status = "c"
	Unreliable   Status = "u"
	Unavailable  Status = "x"
	Inapplicable Status = "z"
	Low          Status = "low"
)

// Statuses lists the statuses.
var Statuses = []Status{Confidential, Unreliable, Unavailable, Inapplicable, Low}

// An Estimate is a value with its design-based error, before it is rounded
// for publication. Value, SE, Lower and Upper are in the statistic's own
// scale: a proportion is a fraction. NaN stands for what the design or the
// data cannot give; an error is never 0 for lack of data.
type Estimate struct {
	Key
	Period      [2]string // the wave's fieldwork, ISO 8601 dates
	Statistic   Statistic
	Unit        string
	Value       float64
	SE          float64
	Lower       float64
	Upper       float64
	Level       float64      // of the interval, 0.95
	Method      string       // of the interval
	DF          float64      // PSUs less strata that meet the domain
	DEFF        float64      // over simple random sampling with replacement
	Base        int          // respondents counted, with a weight that is not 0
	Weights     float64      // the sum of theirs, where it is asked for
	Numerator   float64      // of a return; of no meaning in a survey
	Denominator float64      // likewise; NaN where there is none
	Groups      Groups       // the base, or each part of it that is compared
	Largest     float64      // the share that one respondent's weight times value has of all of them, where they are added up; NaN where not
	Beyond      int          // of a quantile the respondents at its value or beyond it, on the side that has fewer, or whom it says to be further out at most; else 0
	Unlike      int          // of amounts under a policy (estimate.Result.Unlike) the respondents who have not the value of most or, of three values and fewer, the rarest; 0 where no bound asks
	Heaviest    []float64    // under a policy (estimate.Result.Heaviest) the share that the 1, 2, ... respondents who have most have of the weights, or of what is added up
	Alike       bool         // of amounts under a policy: all of a group have one value
	Weight      string       // its name
	Error       design.Error // where the error comes from
	Status      Status
	Notes       Notes
}

// A Group is respondents, unweighted: a figure's base, or one of the parts of it
// that a comparison compares. Of a return it is people whom a count of it is of.
type Group struct {
	Answered int // with a weight that is not 0
	Yes      int // of those, whom a share or a count counts; -1 of what has no sides, as a mean
}

// Groups are those of one figure. None of them is of respondents or of people
// where there are none.
type Groups []Group

// Smallest is how many the smallest of the groups is of, and the most that there
// can be for no groups.
func (g Groups) Smallest() int {
	smallest := math.MaxInt
	for _, of := range g {
		smallest = min(smallest, of.Answered)
	}
	return smallest
}

// Text is the groups as text: those who answered, and behind a slash those who
// are counted where there are sides, with a blank between groups.
func (g Groups) Text() string {
	var texts []string
	for _, of := range g {
		text := strconv.Itoa(of.Answered)
		if of.Yes >= 0 {
			text += "/" + strconv.Itoa(of.Yes)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}

// ParseGroups reads what Groups.Text writes, and nothing else.
func ParseGroups(text string) (Groups, error) {
	var g Groups
	for _, part := range strings.Fields(text) {
		answered, yes, sides := strings.Cut(part, "/")
		of, err := Group{Yes: -1}, error(nil)
		if of.Answered, err = strconv.Atoi(answered); err == nil && sides {
			of.Yes, err = strconv.Atoi(yes)
		}
		if err != nil {
			return nil, fmt.Errorf("groups %q: want numbers of respondents", text)
		}
		g = append(g, of)
	}
	if g.Text() != text {
		return nil, fmt.Errorf("groups %q are not as they would be written", text)
	}
	return g, nil
}

// Empty takes the value and all that describes it.
func (e *Estimate) Empty() {
	nan := math.NaN()
	e.Value, e.SE, e.Lower, e.Upper, e.Level, e.Method, e.DF, e.DEFF, e.Weights = nan, nan, nan, nan, nan, "", nan, nan, nan
}

// CV is the coefficient of variation: the error over the size of the value. NaN
// where there is none.
func (e *Estimate) CV() float64 { return e.SE / math.Abs(e.Value) }

// EffectiveBase is the size of a simple random sample that would be as precise:
// the base over the design effect. NaN where there is none.
func (e *Estimate) EffectiveBase() float64 { return float64(e.Base) / e.DEFF }
