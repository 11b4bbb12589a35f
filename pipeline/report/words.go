package report

import (
	"strconv"
	"strings"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
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
	indicator.WithheldFew:        "withheld: fewer than {1} respondents",
	indicator.WithheldUnreliable: "withheld: fewer than {1} respondents, too few to be reliable",
	indicator.WithheldBeside:     "withheld: it would tell another figure of the breakdown that is withheld",

	indicator.Broken:          "break at {of}",
	indicator.FieldworkShared: "the fieldwork of {1} and {2} overlaps: they are not independent samples",
	indicator.NoFigureOf:      "no figure for {of} (status {1})",
	indicator.NoErrorOfBoth:   "one of the figures has no error",
	indicator.NoErrorLinked:   "the PSUs of both waves do not tell the error of the change",

	indicator.NoErrorPSUs:    "no error: fewer than two PSUs",
	indicator.NoErrorGroup:   "no error: nobody in a group of the comparison is counted",
	indicator.NoErrorSame:    "no error: all answers are the same",
	indicator.NoErrorFixed:   "no error: the estimate does not vary",
	indicator.NoErrorDF:      "no error: no degrees of freedom",
	indicator.NoErrorAverage: "no error: no average to give a stratum with one cluster",
	indicator.NoErrorKnown:   "no error: the variance cannot be computed",
	indicator.NoErrorLimits:  "no error: both limits are the same value",
	indicator.NoErrorOf:      "no error: the figure of {all} has none",

	indicator.NoIntervalError:       "no interval: no standard error",
	indicator.NoIntervalDF:          "no interval: no degrees of freedom",
	indicator.NoIntervalValue:       "no interval: the method is not for such a value",
	indicator.NoIntervalSame:        "no interval: all answers are the same",
	indicator.NoIntervalRespondents: "no interval: fewer than 2 respondents",
	indicator.NoIntervalShare:       "no interval: a limit of the share is outside 0 to 1",
	indicator.NoTestSingular:        "no test: the covariance of {1} coefficients is singular with {2} degrees of freedom, want more clusters or fewer coefficients",
	indicator.NoTestDF:              "no interval and no test: no degrees of freedom",

	indicator.Caution:             "fewer than {1} respondents: treat with caution",
	indicator.DesignFactor:        "error approximate: published design factor {1}",
	indicator.Standardised:        "standardised by {of}",
	indicator.StandardisedWithout: "standardised without {of} {all}, which nobody has",
	indicator.ReplicatesLeftOut:   "replicates without a respondent of it, left out of the error: {1} of {2}",
	indicator.Overlap:             linked + ": correlation of the figures {3}",
	indicator.Synthetic:           "synthetic data, not a statistic",

	noteWeight: "{1} weight",
	noteError:  "error {1}",
}

// What the columns of a figure tell beside its notes.
const (
	noteWeight indicator.NoteCode = "weight"       // (name)
	noteError  indicator.NoteCode = "error-source" // (design.Error)
)

// remarks are the notes of a figure, and before them its weight and where its
// error comes from; not that it is synthetic, which the banner says.
func remarks(f *release.Figure) indicator.Notes {
	var all indicator.Notes
	notes := f.NoteList()
	if f.Weight != "" {
		all = append(all, indicator.Note{Code: noteWeight, Args: []string{f.Weight}})
	}
	if f.ErrorSource != "" && !notes.Has(indicator.DesignFactor) {
		all = append(all, indicator.Note{Code: noteError, Args: []string{errorBy(design.Error(f.ErrorSource))}})
	}
	return append(all, keep(notes, func(n indicator.Note) bool { return !n.Is(indicator.Synthetic) })...)
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
		if many, err := strconv.Atoi(arg); err == nil {
			pairs = append(pairs, place+" PSU}", Plural(many, "PSU"))
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

// Meaning is what a code of a note means, whatever its arguments: "" for one
// that a later program made.
func Meaning(code indicator.NoteCode) string { return noteWords[code] }

// errorWords say where an error comes from.
var errorWords = map[design.Error]string{
	design.ByPSU:        "strata and PSUs",
	design.ByWeights:    "weights alone",
	design.ByFactor:     "published design factor",
	design.ByReplicates: "replicate weights",
}

// errorBy says after the word error where it comes from.
func errorBy(source design.Error) string {
	if source == design.ByWeights {
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
