package indicator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/series"
)

// A NoteCode says what a note tells. The words for it are made where it is
// shown (report.Words), and a release's labels hold them.
type NoteCode string

// Why a figure has no value.
const (
	NoCategory         NoteCode = "no-category"         // nobody is of the category
	NoBase             NoteCode = "no-base"             // nobody of the category is in the base
	EmptyGroup         NoteCode = "empty-group"         // of those that are compared
	DividesByZero      NoteCode = "divides-by-zero"     //
	NoFigure           NoteCode = "no-figure"           // of two that are compared, one has no value
	NoRatio            NoteCode = "no-ratio"            // a value is not above 0
	NoTrend            NoteCode = "no-trend"            // fewer than two categories have a value
	Withheld           NoteCode = "withheld"            // (bound) it is of fewer, or would tell one that is
	WithheldUnreliable NoteCode = "withheld-unreliable" // (bound) fewer respondents
	WithheldHeavy      NoteCode = "withheld-heavy"      // (bound) fewer respondents have nearly all the weight, or all that is added up
)

// Why a change has no value, or no verdict.
const (
	Broken          NoteCode = "break"             // of the source that it begins with
	FieldworkShared NoteCode = "fieldwork-overlap" // (from, to) of sources that no crosswalk links
	NoFigureOf      NoteCode = "no-figure-of"      // of a source, (status)
	NoErrorOfBoth   NoteCode = "no-error-of-both"  // one of the figures has none
	NoErrorLinked   NoteCode = "no-error-linked"   // the PSUs of both sources do not tell it
)

// Why there is a value without an error.
const (
	NoErrorPSUs       NoteCode = "no-error-psus"       // fewer than two
	NoErrorGroup      NoteCode = "no-error-group"      // nobody in a group of the comparison is counted
	NoErrorSame       NoteCode = "no-error-same"       // all answers are the same
	NoErrorFixed      NoteCode = "no-error-fixed"      // the estimate does not vary
	NoErrorDF         NoteCode = "no-error-df"         // no degrees of freedom
	NoErrorAverage    NoteCode = "no-error-average"    // no average to give a stratum with one cluster
	NoErrorKnown      NoteCode = "no-error-known"      // the variance cannot be computed
	NoErrorLimits     NoteCode = "no-error-limits"     // both limits are the same value
	NoErrorReplicates NoteCode = "no-error-replicates" // which the interval of a quantile is asked of
	NoErrorJackknife  NoteCode = "no-error-jackknife"  // whose replicates give a quantile no valid error
	NoErrorQuota      NoteCode = "no-error-quota"      // respondents were found by quota
	NoErrorOf         NoteCode = "no-error-of"         // (category, ...) whose figures it is made of
)

// Why there is an error without an interval.
const (
	NoIntervalError       NoteCode = "no-interval-error"       // there is no error
	NoIntervalDF          NoteCode = "no-interval-df"          // no degrees of freedom
	NoIntervalValue       NoteCode = "no-interval-value"       // the method is not for the value
	NoIntervalSame        NoteCode = "no-interval-same"        // all answers are the same
	NoIntervalGreatest    NoteCode = "no-interval-greatest"    // nobody is above the quantile
	NoIntervalRespondents NoteCode = "no-interval-respondents" // fewer than 2
	NoIntervalShare       NoteCode = "no-interval-share"       // a limit of the share is outside 0 to 1
	QuantileOutside       NoteCode = "quantile-outside"        // the limits do not hold the quantile
	NoTestSingular        NoteCode = "no-test-singular"        // (coefficients, degrees of freedom) of the covariance
	NoTestDF              NoteCode = "no-test-df"              // neither interval nor test: no degrees of freedom
)

// Why a target has its verdict, and how far a trend is one.
const (
	TargetBetter        NoteCode = "target-better"         // clearly changed as it should
	TargetWorse         NoteCode = "target-worse"          // clearly changed the other way
	TargetUnclear       NoteCode = "target-unclear"        // no clear change since the baseline
	TargetReached       NoteCode = "target-reached"        // the level, by the date
	TargetReachedEarly  NoteCode = "target-reached-early"  // before the date
	TargetShort         NoteCode = "target-short"          // not by the date
	TargetAhead         NoteCode = "target-ahead"          // of the line to the level, or on it
	TargetBehind        NoteCode = "target-behind"         // that line
	TargetNoLine        NoteCode = "target-no-line"        // no baseline that a line could begin at
	TargetAtBaseline    NoteCode = "target-at-baseline"    // the source is the baseline
	TargetNoBaseline    NoteCode = "target-no-baseline"    // no figure of the baseline
	TargetOf            NoteCode = "target-of"             // (how many, of how many) meet it or are on course
	TargetRounded       NoteCode = "target-rounded"        // the baseline is a value as printed
	TargetBaselineError NoteCode = "target-baseline-error" // whose error is not known
	NoStraightLine      NoteCode = "no-straight-line"      // (p-value) of a trend: the figures are not about one
)

// How a figure was made, and what to be wary of.
const (
	Caution             NoteCode = "caution"                   // (bound) fewer respondents
	DesignFactor        NoteCode = "design-factor"             // (factor) published, from which the error follows
	Quota               NoteCode = "quota"                     // respondents were found by quota, and the error is as if they were drawn
	Standardised        NoteCode = "standardised"              // of the variable
	StandardisedWithout NoteCode = "standardised-without"      // of the variable, (code, ...) that nobody has
	ReplicatesLeftOut   NoteCode = "replicates-left-out"       // (number, of how many) without a respondent of it
	DiffInDiff          NoteCode = "difference-in-differences" // (category, reference) whose changes are compared
	Overlap             NoteCode = "overlap"                   // (PSUs in both sources, method, correlation of the figures)
	ClassesCut          NoteCode = "classes-cut"               // (width, all or some) of values that are less apart than the classes of a quantile's rule are wide
	DigitsLost          NoteCode = "digits-lost"               // whose largest values leave its smallest no digits
	FromPublished       NoteCode = "from-published"            // made of figures that are known as they were published alone, rounded
	Uncontrolled        NoteCode = "no-disclosure-control"     // nothing was withheld from the release
	Synthetic           NoteCode = "synthetic"                 // computed from made-up data
)

// What is told of a return's figure.
const (
	NoReturn        NoteCode = "no-return"        // the area made none
	SuppressedThere NoteCode = "suppressed-there" // the body does not tell the number
	NotCollected    NoteCode = "not-collected"    // the body does not have it
	UnclearThere    NoteCode = "unclear-there"    // the body writes none, not told and not there alike
	OwnTotal        NoteCode = "own-total"        // the body's own number of several together
	FewEventsNote   NoteCode = "few-events"       // too few for a standardised rate
	CompleteCount   NoteCode = "complete-count"   // no sampling error
	AsReturned      NoteCode = "as-returned"      // the return gives the value, without an error
	PartOf          NoteCode = "part-of"          // (rows, of how many) that have a number
	PartialReturn   NoteCode = "partial-return"   // (areas, of how many) that made their return
	Provisional     NoteCode = series.Provisional //
	Revised         NoteCode = series.Revised     //
	RoundedThere    NoteCode = "rounded-there"    // (word) that the body puts before the number
	OutsideFunnel   NoteCode = "outside-funnel"   // (above or below, level in percent)
	BeyondTolerance NoteCode = "beyond-tolerance" // (percent) that a change is told from
)

// What the standards of presentation of the NCHS say of a figure of an answer.
const (
	NCHSBase       NoteCode = "nchs-base"        // too few respondents, or too small an effective base, to be presented
	NCHSWidth      NoteCode = "nchs-width"       // (percentage points) of an interval too wide for it to be presented
	NCHSRelative   NoteCode = "nchs-relative"    // (percent) of the share that its interval is wide, too wide for it to be presented
	NCHSComplement NoteCode = "nchs-complement"  // (percent) of its complement that its interval is wide, to be said in a footnote
	NCHSEnds       NoteCode = "nchs-ends"        // a share of nobody or of all, to be reviewed
	NCHSFreedom    NoteCode = "nchs-df"          // (degrees of freedom) that are few, to be reviewed
	NCHSCountBase  NoteCode = "nchs-count-base"  // a count of too few respondents to be presented
	NCHSCountWidth NoteCode = "nchs-count-width" // (percent) of the count that its interval is wide, too wide for it to be presented
)

// What is told of an answer to a question, and of none of its figures.
const (
	DesignNamed     NoteCode = "design-named"     // of the design, by the name of its file or as another program says it
	DesignChanged   NoteCode = "design-changed"   // of its key, (what is asked with, what the design has)
	DesignWithout   NoteCode = "design-without"   // of its key that is left out, (what the design has)
	ByConvention    NoteCode = "convention"       // of a system, (rule, ...) by which the figures are
	NoConvention    NoteCode = "no-convention"    // of a system, (models or tests) that no rule of it is known of
	QuantilesBy     NoteCode = "quantile-rule"    // of the rule that quantiles are found by, (what it is, how their limits are made)
	StackedOwn      NoteCode = "stacked-own"      // of the variable, (wave, files, ...) that files have themselves and that tells their waves
	FileWeight      NoteCode = "file-weight"      // of the variable that the file says weights it, which the question does not name
	NamedWeight     NoteCode = "named-weight"     // (variable, ...) that may be weights by their names, none of which the question names
	LabelledMissing NoteCode = "labelled-missing" // of the variable, (rows, code, label, ...) that count though their labels say that nothing was answered
	StackedPSUs     NoteCode = "stacked-psus"     // of the variable, (PSUs, of how many) that are in several of its categories, which seem to be waves
	StackedLabels   NoteCode = "stacked-labels"   // of the variable, (file, code, label in the first file, label in this one, ...) of codes that have other labels
	StackedMissing  NoteCode = "stacked-missing"  // of the variable, (file, first file) that declare other values missing
	StackedFiles    NoteCode = "stacked-files"    // of the variable that tells files from each other, (how PSUs of one label in several were drawn) which nobody said
	Pooled          NoteCode = "pooled"           // of the variable that tells waves, (wave, what its weights are times, ...)
	PooledSums      NoteCode = "pooled-sums"      // of that variable, (how many waves) whose totals are added up
	ReplacedTexts   NoteCode = "replaced-texts"   // (variable, ...) with texts that are not in the encoding of the file
	MarkedMissing   NoteCode = "marked-missing"   // of the variable, (rows, text, ...) that count though programs write them for a missing value, or all others are numbers
	Undefined       NoteCode = "undefined"        // of the variable, (rows, operation) that have no value by it
	Unlisted        NoteCode = "unlisted"         // of the variable, (rows, value, ...) that its recode does not list
	SharesScaled    NoteCode = "shares-scaled"    // of the variable of a margin, (what its shares added up to) before they were scaled to add up to 1
	UnmetValues     NoteCode = "unmet-values"     // of the variable, (what is compared, value, ...) that no row has
)

// A NoteRow is what is true of every note of a code.
type NoteRow struct {
	Code NoteCode
	Of   bool // the note has an Of
	Args int  // how many arguments; Any for one or more
}

// noErrors are the codes of why there is a value without an error.
var noErrors = []NoteCode{NoErrorPSUs, NoErrorGroup, NoErrorSame, NoErrorFixed, NoErrorDF, NoErrorAverage, NoErrorKnown, NoErrorLimits, NoErrorReplicates, NoErrorJackknife, NoErrorQuota, NoErrorOf}

// noIntervals are the codes of why there is an error without an interval.
var noIntervals = []NoteCode{NoIntervalError, NoIntervalDF, NoIntervalValue, NoIntervalSame, NoIntervalGreatest, NoIntervalRespondents, NoIntervalShare}

// Any is the number of arguments of a note that has one or more.
const Any = -1

// noteRows are in the order in which the notes of a figure stand.
var noteRows = []NoteRow{
	{Code: DesignNamed, Of: true},
	{Code: DesignChanged, Of: true, Args: 2},
	{Code: DesignWithout, Of: true, Args: 1},
	{Code: ByConvention, Of: true, Args: Any},
	{Code: NoConvention, Of: true, Args: 1},
	{Code: QuantilesBy, Of: true, Args: 2},
	{Code: FileWeight, Of: true},
	{Code: NamedWeight, Args: Any},
	{Code: ReplacedTexts, Args: Any},
	{Code: LabelledMissing, Of: true, Args: Any},
	{Code: MarkedMissing, Of: true, Args: Any},
	{Code: Undefined, Of: true, Args: 2},
	{Code: Unlisted, Of: true, Args: Any},
	{Code: UnmetValues, Of: true, Args: Any},
	{Code: SharesScaled, Of: true, Args: 1},
	{Code: StackedPSUs, Of: true, Args: 2},
	{Code: StackedOwn, Of: true, Args: Any},
	{Code: StackedLabels, Of: true, Args: Any},
	{Code: StackedMissing, Of: true, Args: 2},
	{Code: StackedFiles, Of: true, Args: 1},
	{Code: Pooled, Of: true, Args: Any},
	{Code: PooledSums, Of: true, Args: 1},
	{Code: NCHSBase},
	{Code: NCHSWidth, Args: 1},
	{Code: NCHSRelative, Args: 1},
	{Code: NCHSComplement, Args: 1},
	{Code: NCHSEnds},
	{Code: NCHSFreedom, Args: 1},
	{Code: NCHSCountBase},
	{Code: NCHSCountWidth, Args: 1},
	{Code: NoCategory},
	{Code: NoBase},
	{Code: EmptyGroup},
	{Code: DividesByZero},
	{Code: NoFigure},
	{Code: NoRatio},
	{Code: NoTrend},
	{Code: Withheld, Args: 1},
	{Code: WithheldUnreliable, Args: 1},
	{Code: WithheldHeavy, Args: 1},
	{Code: NoReturn},
	{Code: SuppressedThere},
	{Code: NotCollected},
	{Code: UnclearThere},
	{Code: FewEventsNote},
	{Code: Broken, Of: true},
	{Code: FieldworkShared, Args: 2},
	{Code: NoFigureOf, Of: true, Args: 1},
	{Code: NoErrorOfBoth},
	{Code: NoErrorLinked},
	{Code: NoErrorPSUs},
	{Code: NoErrorGroup},
	{Code: NoErrorSame},
	{Code: NoErrorFixed},
	{Code: NoErrorDF},
	{Code: NoErrorAverage},
	{Code: NoErrorKnown},
	{Code: NoErrorLimits},
	{Code: NoErrorReplicates},
	{Code: NoErrorJackknife},
	{Code: NoErrorQuota},
	{Code: NoErrorOf, Args: Any},
	{Code: CompleteCount},
	{Code: AsReturned},
	{Code: NoIntervalError},
	{Code: NoIntervalDF},
	{Code: NoIntervalValue},
	{Code: NoIntervalSame},
	{Code: NoIntervalGreatest},
	{Code: NoIntervalRespondents},
	{Code: NoIntervalShare},
	{Code: QuantileOutside},
	{Code: NoTestSingular, Args: 2},
	{Code: NoTestDF},
	{Code: TargetBetter},
	{Code: TargetWorse},
	{Code: TargetUnclear},
	{Code: TargetReached},
	{Code: TargetReachedEarly},
	{Code: TargetShort},
	{Code: TargetAhead},
	{Code: TargetBehind},
	{Code: TargetNoLine},
	{Code: TargetAtBaseline},
	{Code: TargetNoBaseline},
	{Code: TargetOf, Args: 2},
	{Code: TargetRounded},
	{Code: TargetBaselineError},
	{Code: NoStraightLine, Args: 1},
	{Code: Caution, Args: 1},
	{Code: DesignFactor, Args: 1},
	{Code: Quota},
	{Code: Standardised, Of: true},
	{Code: StandardisedWithout, Of: true, Args: Any},
	{Code: ReplicatesLeftOut, Args: 2},
	{Code: DiffInDiff, Args: 2},
	{Code: Overlap, Args: 3},
	{Code: OwnTotal},
	{Code: PartOf, Args: 2},
	{Code: PartialReturn, Args: 2},
	{Code: Provisional},
	{Code: Revised},
	{Code: RoundedThere, Args: 1},
	{Code: OutsideFunnel, Args: 2},
	{Code: BeyondTolerance, Args: 1},
	{Code: ClassesCut, Args: 2},
	{Code: DigitsLost},
	{Code: FromPublished},
	{Code: Uncontrolled},
	{Code: Synthetic},
}

// NoteRows lists the codes in the order in which notes stand.
func NoteRows() []NoteRow { return slices.Clone(noteRows) }

// row is the place of the code's row in the table: after the last where a
// later program made it.
func (c NoteCode) row() int {
	for i := range noteRows {
		if noteRows[i].Code == c {
			return i
		}
	}
	return len(noteRows)
}

// A Note is a warning or remark that travels with a figure: a code, what it is
// of where that is not the figure itself (a variable, a source), and arguments
// in the order of the table. The zero Note tells nothing.
type Note struct {
	Code NoteCode
	Of   string
	Args []string
}

// Is says whether the note is of one of the codes.
func (n Note) Is(codes ...NoteCode) bool { return slices.Contains(codes, n.Code) }

// Equal says whether two notes tell the same.
func (n Note) Equal(other Note) bool {
	return n.Code == other.Code && n.Of == other.Of && slices.Equal(n.Args, other.Args)
}

// String is the note as a release has it: code(of,arg,arg), the code alone
// where it has neither.
func (n Note) String() string {
	parts := n.Args
	if row := n.Code.row(); row < len(noteRows) && noteRows[row].Of {
		parts = append([]string{n.Of}, n.Args...)
	}
	if len(parts) == 0 {
		return string(n.Code)
	}
	encoded := make([]string, len(parts))
	for i, part := range parts {
		encoded[i] = encodePart(part)
	}
	return string(n.Code) + "(" + strings.Join(encoded, ",") + ")"
}

// FactorNote notes that an error follows from a published design factor.
func FactorNote(factor float64) Note {
	return Note{Code: DesignFactor, Args: []string{strconv.FormatFloat(factor, 'g', -1, 64)}}
}

// Notes are the notes of one figure, each once.
type Notes []Note

// Add adds notes that are not there already, and puts all in the order of the
// table. A note of no code is nothing.
func (ns *Notes) Add(notes ...Note) {
	for _, n := range notes {
		if n.Code == "" || slices.ContainsFunc(*ns, n.Equal) {
			continue
		}
		at, _ := slices.BinarySearchFunc(*ns, n, func(a, b Note) int {
			if a.Code.row() <= b.Code.row() {
				return -1
			}
			return 1
		})
		*ns = slices.Insert(*ns, at, n)
	}
}

// Has says whether one of the notes is of one of the codes.
func (ns Notes) Has(codes ...NoteCode) bool {
	return slices.ContainsFunc(ns, func(n Note) bool { return n.Is(codes...) })
}

// Only returns the notes of the codes.
func (ns Notes) Only(codes ...NoteCode) Notes {
	var kept Notes
	for _, n := range ns {
		if n.Is(codes...) {
			kept = append(kept, n)
		}
	}
	return kept
}

// String is the notes as a release has them: each as its own String, with one
// blank between them.
func (ns Notes) String() string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = n.String()
	}
	return strings.Join(texts, " ")
}

// ParseNotes reads what Notes.String writes, and nothing else. A code that is
// not in the table, as of a release that a later program made, has its
// arguments in Args; where it stands among the others is not looked at.
func ParseNotes(text string) (Notes, error) {
	if text == "" {
		return nil, nil
	}
	var ns Notes
	last := 0
	for word := range strings.SplitSeq(text, " ") {
		n, err := parseNote(word)
		if err != nil {
			return nil, fmt.Errorf("note %q: %w", word, err)
		}
		if slices.ContainsFunc(ns, n.Equal) {
			return nil, fmt.Errorf("note %q is there twice", word)
		}
		if row := n.Code.row(); row < len(noteRows) {
			if row < last {
				return nil, fmt.Errorf("note %q is out of order", word)
			}
			last = row
		}
		ns = append(ns, n)
	}
	return ns, nil
}

func parseNote(word string) (Note, error) {
	code, rest, given := strings.Cut(word, "(")
	n := Note{Code: NoteCode(code)}
	if !validNoteCode(code) {
		return n, fmt.Errorf("code %q, want lower-case letters, digits and single hyphens", code)
	}
	var parts []string
	if given {
		inside, ok := strings.CutSuffix(rest, ")")
		if !ok {
			return n, fmt.Errorf("no ) at its end")
		}
		for encoded := range strings.SplitSeq(inside, ",") {
			part, err := decodePart(encoded)
			if err != nil {
				return n, err
			}
			parts = append(parts, part)
		}
	}
	at := n.Code.row()
	if at == len(noteRows) {
		n.Args = parts
		return n, nil
	}
	row := noteRows[at]
	if row.Of {
		if len(parts) == 0 {
			return n, fmt.Errorf("want what it is of")
		}
		n.Of, parts = parts[0], parts[1:]
	}
	if row.Args == Any && len(parts) == 0 || row.Args != Any && len(parts) != row.Args {
		return n, fmt.Errorf("%d arguments, want %d", len(parts), max(row.Args, 1))
	}
	if len(parts) > 0 {
		n.Args = parts
	}
	return n, nil
}

func validNoteCode(code string) bool {
	for part := range strings.SplitSeq(code, "-") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

// plainByte says whether a byte of an argument stands for itself. The others
// are written as % and two hexadecimal digits.
func plainByte(b byte) bool {
	return b > ' ' && b < 0x7f && strings.IndexByte(`%(),"`, b) < 0
}

func encodePart(part string) string {
	var out strings.Builder
	for i := range len(part) {
		if plainByte(part[i]) {
			out.WriteByte(part[i])
		} else {
			fmt.Fprintf(&out, "%%%02X", part[i])
		}
	}
	return out.String()
}

func decodePart(encoded string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(encoded); i++ {
		b := encoded[i]
		if b == '%' {
			if _, err := fmt.Sscanf(encoded[i+1:min(i+3, len(encoded))], "%02X", &b); err != nil || plainByte(b) {
				return "", fmt.Errorf("%q is not encoded as it would be written", encoded)
			}
			i += 2
		} else if !plainByte(b) {
			return "", fmt.Errorf("%q is not encoded as it would be written", encoded)
		}
		out.WriteByte(b)
	}
	if encodePart(out.String()) != encoded {
		return "", fmt.Errorf("%q is not encoded as it would be written", encoded)
	}
	return out.String(), nil
}
