package report

import (
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/release"
)

// linked is how the samples of two waves overlap, without what is of one figure.
const linked = "{1 PSU} in both waves, {2}"

// noteWords are the words for the codes of notes. {of} stands for what a note
// is of, {1} for its first argument, {1 PSU} for a count of PSUs, {all} for all
// arguments.
var noteWords = map[indicator.NoteCode]string{
	indicator.NoCategory:         "no respondents of this category",
	indicator.NoBase:             "no respondents in the base",
	indicator.EmptyGroup:         "a group of the comparison has no respondents",
	indicator.DividesByZero:      "the figure would divide by 0",
	indicator.NoFigure:           "no figure to compare",
	indicator.NoRatio:            "no ratio: a value is not above 0",
	indicator.NoTrend:            "no trend: fewer than two categories have a figure",
	indicator.Withheld:           "withheld: it rests on fewer than {1}, or would tell a figure that does",
	indicator.WithheldUnreliable: "withheld: fewer than {1} respondents, too few to be reliable",
	indicator.WithheldHeavy:      "withheld: fewer than {1} respondents have most of the weight, or of what is added up",

	indicator.Broken:          "break at {of}",
	indicator.FieldworkShared: "the fieldwork of {1} and {2} overlaps: they are not independent samples",
	indicator.NoFigureOf:      "no figure for {of} (status {1})",
	indicator.NoErrorOfBoth:   "one of the figures has no error",
	indicator.NoErrorLinked:   "the PSUs of both waves do not tell the error of the change",

	indicator.NoErrorPSUs:       "no error: fewer than two PSUs",
	indicator.NoErrorGroup:      "no error: nobody in a group of the comparison is counted",
	indicator.NoErrorSame:       "no error: all answers are the same",
	indicator.NoErrorFixed:      "no error: the estimate does not vary",
	indicator.NoErrorDF:         "no error: no degrees of freedom",
	indicator.NoErrorAverage:    "no error: no average to give a stratum with one cluster",
	indicator.NoErrorKnown:      "no error: the variance cannot be computed",
	indicator.NoErrorLimits:     "no error: both limits are the same value",
	indicator.NoErrorReplicates: "no error: the sample has no replicate weights, of which it is asked",
	indicator.NoErrorJackknife:  "no error: jackknife replicates give a quantile none that is valid",
	indicator.NoErrorQuota:      "no error: respondents were found by quota, and not drawn",
	indicator.NoErrorOf:         "no error: the figure of {all} has none",

	indicator.NoIntervalError:       "no interval: no standard error",
	indicator.NoIntervalDF:          "no interval: no degrees of freedom",
	indicator.NoIntervalValue:       "no interval: the method is not for such a value",
	indicator.NoIntervalSame:        "no interval: all answers are the same",
	indicator.NoIntervalGreatest:    "no interval: nobody is above the quantile",
	indicator.NoIntervalRespondents: "no interval: fewer than 2 respondents",
	indicator.NoIntervalShare:       "no interval: a limit of the share is outside 0 to 1",
	indicator.QuantileOutside:       "the limits do not hold the quantile: they are about the share of those at or below it",
	indicator.NoTestSingular:        "no test: the covariance of {1} coefficients is singular with {2} degrees of freedom, want more clusters or fewer coefficients",
	indicator.NoTestDF:              "no interval and no test: no degrees of freedom",

	indicator.TargetBetter:        "a clear change since the baseline, as it should be",
	indicator.TargetWorse:         "a clear change since the baseline, the other way",
	indicator.TargetUnclear:       "no clear change since the baseline",
	indicator.TargetReached:       "the level was reached",
	indicator.TargetReachedEarly:  "the level was reached before the date",
	indicator.TargetShort:         "the level was not reached by the date",
	indicator.TargetAhead:         "as far as the straight line to the level, or further",
	indicator.TargetBehind:        "behind the straight line to the level",
	indicator.TargetNoLine:        "the level was not reached yet, and there is no baseline to judge the way by",
	indicator.TargetAtBaseline:    "it is the baseline",
	indicator.TargetNoBaseline:    "no figure for the baseline",
	indicator.TargetOf:            "{1} of {2} figures meet it or are on course",
	indicator.TargetRounded:       "against the baseline as it was printed, rounded",
	indicator.NoStraightLine:      "the figures do not lie about a straight line (p = {1})",
	indicator.TargetBaselineError: "the error of the baseline is not known, and is left out",

	indicator.Caution:             "fewer than {1} respondents: treat with caution",
	indicator.DesignFactor:        "error approximate: published design factor {1}",
	indicator.Quota:               "quota sample: the error is as if respondents had been drawn",
	indicator.Standardised:        "standardised by {of}",
	indicator.StandardisedWithout: "standardised without {of} {all}, which nobody has",
	indicator.ReplicatesLeftOut:   "replicates without a respondent of it, left out of the error: {1} of {2}",
	indicator.DiffInDiff:          "difference in differences: the change of {1} less that of {2}",
	indicator.Overlap:             linked + ": correlation of the figures {3}",
	indicator.ClassesCut:          "classes of {1} are wider than {2} values are apart, and end half way to the next value",
	indicator.DigitsLost:          "the largest values are so large that the smallest lose digits beside them",
	indicator.FromPublished:       "made of figures as they were published, rounded",
	indicator.Uncontrolled:        "without disclosure control, not to be handed on",
	indicator.Synthetic:           "synthetic data, not a statistic",

	indicator.NoReturn:        "no return was made",
	indicator.SuppressedThere: "the body does not tell the number",
	indicator.NotCollected:    "the body does not have the number",
	indicator.UnclearThere:    "the body does not say whether there is none, or a number that is not told",
	indicator.OwnTotal:        "the body's own number of several together",
	indicator.FewEventsNote:   "fewer than 10 events, too few for a standardised rate",
	indicator.CompleteCount:   "a complete count: no sampling error",
	indicator.AsReturned:      "as the body gives it, without an error",
	indicator.PartOf:          "{1} of {2} rows of the return have the number, and the figure is of them",
	indicator.PartialReturn:   "{1} of {2} areas made their return, and the figure is of them",
	indicator.Provisional:     "provisional",
	indicator.Revised:         "revised",
	indicator.RoundedThere:    "rounded by the body: {1}",
	indicator.OutsideFunnel:   "{1} the {2}% limits of chance about the whole",
	indicator.BeyondTolerance: "a change of more than {1}%, of which the series asks to be told",

	indicator.DesignNamed:     "the design is that of {of}",
	indicator.DesignChanged:   "but for {of}: {1}, where the design has {2}",
	indicator.DesignWithout:   "but without {of}, for which the design has {1}",
	indicator.ByConvention:    "by the rules of {of}: {all}",
	indicator.NoConvention:    "no rule of {of} is known of {1}, which are as R's",
	indicator.QuantilesBy:     "quantiles by the rule {of}, {1}; limits {2}",
	indicator.StackedOwn:      "{of}: the files have it themselves, and it tells the waves",
	indicator.FileWeight:      "not weighted, though the file says that {of} weights it",
	indicator.NamedWeight:     "not weighted, though these have names of weights: {all}",
	indicator.ReplacedTexts:   "some texts are not in the file's encoding, and have \uFFFD: {all}",
	indicator.LabelledMissing: "{of}: answers in {1 row} that are labelled as missing",
	indicator.StackedPSUs:     "{of}: {1} of {2 PSU} are in several of its categories, and are taken for the same",
	indicator.NCHSBase:        "not to be presented by the NCHS's standards: fewer than 30 respondents, or effectively so",
	indicator.NCHSWidth:       "not to be presented by the NCHS's standards: the interval is {1} points wide, want less than 30",
	indicator.NCHSRelative:    "not to be presented by the NCHS's standards: the interval is {1}% as wide as the share, want at most 130%",
	indicator.NCHSComplement:  "to be presented with a footnote by the NCHS's standards: the interval is {1}% as wide as the share of the others",
	indicator.NCHSEnds:        "to be reviewed by the NCHS's standards: a share of nobody or of all",
	indicator.NCHSFreedom:     "to be reviewed by the NCHS's standards: {1} degrees of freedom, want 8",
	indicator.NCHSCountBase:   "not to be presented by the NCHS's standards: fewer than 10 respondents",
	indicator.NCHSCountWidth:  "not to be presented by the NCHS's standards: the interval is {1}% as wide as the count, want at most 160%",
	indicator.MarkedMissing:   "{of}: answers in {1 row} that may be missing",
	indicator.Undefined:       "{of}: missing in {1 row}, where {2} has no value",
	indicator.Unlisted:        "{of}: missing in {1 row} of values that its recode does not list",
	indicator.UnmetValues:     "{of}: no row has {1} of",
	indicator.StackedLabels:   "{of}: labels that differ in {1}",
	indicator.StackedMissing:  "{of}: {1} declares other values missing than {2}",
	indicator.StackedFiles:    "{of}: the files are taken for samples that were drawn independently",
	indicator.Pooled:          "{of}: weights are multiplied, so that totals are of one population",
	indicator.PooledSums:      "{of}: totals of everyone are the sum over {1} waves",
	indicator.SharesScaled:    "{of}: the shares of its margin add up to {1}, and are scaled to the whole",

	noteWeight: "{1} weight",
	noteError:  "error {1}",
}

// What the columns of a figure tell beside its notes.
const (
	noteWeight indicator.NoteCode = "weight"       // (name)
	noteError  indicator.NoteCode = "error-source" // (design.Error)
)

// bannered are the codes of what stands over everything that is shown of a release.
var bannered = []indicator.NoteCode{indicator.Uncontrolled, indicator.Synthetic}

// remarks are the notes of a figure, and before them its weight and where its
// error comes from; not what a banner says.
func (v Page) remarks(f *release.Figure) indicator.Notes {
	var all indicator.Notes
	notes := f.NoteList()
	if f.Weight != "" {
		all = append(all, indicator.Note{Code: noteWeight, Args: []string{f.Weight}})
	}
	if f.ErrorSource != "" && !notes.Has(indicator.DesignFactor, indicator.NoErrorQuota) {
		all = append(all, indicator.Note{Code: noteError, Args: []string{v.Labels.Text("error_source", "", f.ErrorSource)}})
	}
	return append(all, keep(notes, func(n indicator.Note) bool { return !n.Is(bannered...) })...)
}

// words returns the words for a note of a figure, as the release has them.
func (v Page) words(n indicator.Note) string {
	return NoteWords(v.Labels, "notes", spelt(v.Labels, v.Entry.ID, n))
}

// NoteWords returns the words for a note of a column, as a release has them: those of
// this program where it has none.
func NoteWords(l *release.Labels, column string, n indicator.Note) string {
	code := string(n.Code)
	if words := l.Text(column, "", code); words != code {
		return fill(words, n)
	}
	return Words(n)
}

// coded are the columns whose codes a note has: what it is of, and its arguments in turn,
// the last of them for all that follow.
var coded = map[indicator.NoteCode]struct {
	of   string
	args []string
}{
	indicator.Broken:              {of: "source"},
	indicator.FieldworkShared:     {args: []string{"source"}},
	indicator.NoFigureOf:          {of: "source", args: []string{"status"}},
	indicator.NoErrorOf:           {args: []string{"category"}},
	indicator.Standardised:        {of: "breakdown"},
	indicator.StandardisedWithout: {of: "breakdown", args: []string{"category"}},
	indicator.DiffInDiff:          {args: []string{"category"}},
}

// spelt is a note of an indicator's row with words in the place of codes.
func spelt(l *release.Labels, id string, n indicator.Note) indicator.Note {
	in := coded[n.Code]
	word := func(column, code string) string {
		switch column {
		case "source":
			if s := l.Source(codebook.SourceID(code)); s != nil {
				return s.Title
			}
		case "status":
			return code + ", " + l.Text(column, "", code)
		case "breakdown":
			return release.MidPhrase(l.Text(column, "", code))
		case "category":
			return l.Category(id, code)
		}
		return code
	}
	n.Of, n.Args = word(in.of, n.Of), slices.Clone(n.Args)
	for i := range n.Args {
		if last := len(in.args) - 1; last >= 0 {
			n.Args[i] = word(in.args[min(i, last)], n.Args[i])
		}
	}
	return n
}

// withBreak is NoteWords with words in the place of codes, and behind the note of a break
// why there is one in the figures of the indicator.
func withBreak(l *release.Labels, column, of string, n indicator.Note) string {
	words := NoteWords(l, column, spelt(l, of, n))
	if why := l.Text("break", of, n.Of); n.Is(indicator.Broken) && why != n.Of {
		words += ": " + why
	}
	return words
}

// NotesWords returns the words for the notes of a cell of an indicator's row, with
// semicolons between them: of a break with the reason for it. It panics on text that
// Content.Check refuses.
func NotesWords(l *release.Labels, column, of, text string) string {
	notes, err := indicator.ParseNotes(text)
	if err != nil {
		panic("report: " + err.Error())
	}
	var all []string
	for _, n := range notes {
		all = append(all, withBreak(l, column, of, n))
	}
	return strings.Join(all, "; ")
}

// Words returns the words for a note: its text where the code is one that a
// later program made.
func Words(n indicator.Note) string {
	words, ok := noteWords[n.Code]
	switch {
	case !ok:
		return n.String()
	case n.Is(indicator.NoErrorOf) && len(n.Args) > 1:
		words = "no error: the figures of {all} have none"
	}
	return fill(words, n)
}

// fill puts what a note is of and its arguments into words.
func fill(words string, n indicator.Note) string {
	const most = 5 // arguments that are listed
	list := strings.Join(n.Args, ", ")
	if len(n.Args) > most {
		list = strings.Join(n.Args[:most], ", ") + " and " + strconv.Itoa(len(n.Args)-most) + " more"
	}
	pairs := []string{"{of}", n.Of, "{all}", list}
	for i, arg := range n.Args {
		place := "{" + strconv.Itoa(i+1)
		pairs = append(pairs, place+"}", arg)
		if p, err := strconv.ParseFloat(arg, 64); err == nil && p < leastP {
			pairs = append(pairs, "p = "+place+"}", "p less than "+strconv.FormatFloat(leastP, 'f', -1, 64))
		}
		if many, err := strconv.Atoi(arg); err == nil {
			pairs = append(pairs, place+" PSU}", Plural(many, "PSU"), place+" row}", Plural(many, "row"))
		} else { // "some", as a policy has them
			pairs = append(pairs, place+" row}", arg+" rows")
		}
	}
	return strings.NewReplacer(pairs...).Replace(words)
}

// Because says why there is no error, for what has none: "no degrees of
// freedom".
func Because(code indicator.NoteCode) string {
	_, why, _ := strings.Cut(noteWords[code], ": ")
	return why
}

// Meaning is what a code of a column of a release means: for one of a note with
// places for its arguments, "" for one that a later program made.
func Meaning(column, code string) string {
	switch column {
	case "notes", "reason":
		return noteWords[indicator.NoteCode(code)]
	case "error_source":
		return errorBy(design.Error(code))
	case "unit":
		return code
	}
	return meanings[column][code]
}

// meanings are the words for the other codes that are the program's own, by
// column.
var meanings = map[string]map[string]string{
	"status": {
		string(indicator.Confidential): "confidential: it is of few, or would tell what is",
		string(indicator.Unreliable):   "too few respondents to be reliable",
		string(indicator.Unavailable):  "not available",
		string(indicator.Inapplicable): "not applicable",
		string(indicator.Low):          "not zero, but less than half the last digit kept",
	},
	"verdict": {
		release.Higher:        "the later figure is higher, at the 5 per cent level; of complete counts, at all",
		release.Lower:         "the later figure is lower, at the 5 per cent level; of complete counts, at all",
		release.NoClearChange: "neither: this does not say that nothing changed",
		release.NotComparable: "no change can be given",
		release.Rising:        "the straight line through the figures rises, at the 5 per cent level",
		release.Falling:       "the straight line through the figures falls, at the 5 per cent level",
		release.NoClearTrend:  "neither: this does not say that nothing changed",
		release.Met:           "the target was met by its date",
		release.NotMet:        "the target's date has come and it was not met",
		release.OnCourse:      "before the target's date, the figure moves as it should",
		release.OffCourse:     "before the target's date, the figure does not move as it should",
		release.TooEarly:      "nothing to judge by yet",
		release.NotMeasurable: "the figures cannot tell",
	},
	"side": {
		release.Above:  "above what chance explains",
		release.Below:  "below what chance explains",
		release.Within: "within what chance explains",
	},
	"scope": {
		release.ScopeFigure: "one of the figures that the target is of",
		release.ScopeAll:    "all of the figures that the target is of",
	},
	"rule": {
		plan.RuleRise:    "clearly above the baseline",
		plan.RuleFall:    "clearly below the baseline",
		plan.RuleLevel:   "a level is reached",
		plan.MetEvery:    "every figure meets it",
		plan.MetMajority: "more than half of the figures meet it",
	},
	"kind": {
		release.KindMilestone: "what the study does on a date",
		release.KindFinding:   "what the study found",
		release.KindCaveat:    "what a reader of the findings should know",
	},
	"design": {
		"impact":   "what difference it made",
		"process":  "how it was carried out",
		"economic": "what it cost and was worth",
	},
	"method": {
		"not-stated":   "how it compares is not stated",
		"once":         "studied once",
		"before-after": "before and after, without a comparison group",
		"comparison":   "before and after, with a comparison group",
		"controlled":   "with a comparison group, other differences allowed for",
		"random":       "groups assigned by chance",
	},
	"state": {
		evaluation.Planned:   "planned",
		evaluation.InField:   "in the field",
		evaluation.Reported:  "reported",
		evaluation.Published: "published",
	},
	"direction": {
		"positive":   "in favour",
		"negative":   "against",
		"mixed":      "mixed",
		"no-effect":  "no effect",
		"not-stated": "not stated",
	},
	"known": {
		plan.KnownRead:     "read in the document",
		plan.KnownExcerpt:  "read in a part of the document",
		plan.KnownMemory:   "from memory: check it",
		plan.KnownNotFound: "nothing was found",
	},
	"ci_method": {
		"logit": "symmetric for the log odds",
		"wald":  "symmetric",
		"log":   "symmetric for the logarithm",

		indicator.Exact:  "exact limits of a count (Poisson)",
		indicator.Byar:   "Byar's limits of a count",
		indicator.Wilson: "Wilson's score limits",
		indicator.Dobson: "Dobson's limits of a standardised rate, with Byar's",
		indicator.Given:  "as the return has it",
	},
	"statistic": {
		string(indicator.Proportion):  "share of the base",
		string(indicator.Mean):        "mean over the base",
		string(indicator.Ratio):       "ratio of two totals",
		string(indicator.Gap):         "share of one group less that of another",
		string(indicator.Parity):      "share of one group over that of another",
		string(indicator.MeanGap):     "mean of one group less that of another",
		string(indicator.MeanParity):  "mean of one group over that of another",
		string(indicator.Association): "odds ratio",
		string(indicator.Total):       "total over the base",
		string(indicator.Count):       "number, of what the unit says",
		string(indicator.Quantile):    "value that a share of the base lies below",

		string(indicator.Rate):              "number for each so many",
		string(indicator.Index):             "100 times the value over its reference",
		string(indicator.StandardisedRate):  "directly standardised rate",
		string(indicator.StandardisedRatio): "indirectly standardised ratio: observed over expected",
		string(indicator.Coverage):          "share of areas that made a return",
		string(indicator.PercentChange):     "change from before to after",
		string(indicator.DoubleDifference):  "change of a share less that beside it",
	},
}

// errorWords say where an error comes from.
var errorWords = map[design.Error]string{
	design.ByPSU:        "strata and PSUs",
	design.ByWeights:    "weights alone",
	design.ByFactor:     "published design factor",
	design.ByReplicates: "replicate weights",
	design.ByCounts:     "the counts as those of a random process",
	design.ByReturn:     "the return itself",
	design.ByNothing:    "nothing: a quota sample",
}

// errorBy says after the word error where it comes from.
func errorBy(source design.Error) string {
	switch source {
	case design.ByNothing:
		return "absent: respondents were found by quota"
	case design.ByWeights:
		return "from the weights alone: the extract names no PSUs"
	}
	return "by " + ErrorFrom(source)
}

// ErrorFrom returns the words for where an error comes from: "strata and PSUs".
func ErrorFrom(source design.Error) string {
	if words, ok := errorWords[source]; ok {
		return words
	}
	return string(source)
}
