package report

import (
	"fmt"
	"io"
	"strings"

	"togetherwecan/pipeline/release"
)

// About is a notice in one sentence, as it stands, before its reason.
func About(s release.Standing) string {
	what := "withdrawn"
	if s.Kind == release.Correction {
		what = s.Extent + " correction"
	}
	text := fmt.Sprintf("%s of %s, from release %s on", what, s.Affects.Words(), s.Since.ID)
	if s.Kind == release.Withdrawal {
		text = fmt.Sprintf("%s: %s, from release %s on", what, s.Affects.Words(), s.Since.ID)
	}
	switch {
	case s.CorrectedBy != nil:
		text += ", corrected by " + s.CorrectedBy.ID
	case s.Kind == release.Correction:
		text += ", no release corrects it yet"
	}
	return text
}

// NoticeMark begins what is told of a notice beside figures, in capitals where they are
// not to be taken as they are.
func NoticeMark(b release.Bearing) string {
	what := "CORRECTION"
	switch {
	case b.Effect == release.Corrected:
		what = "Corrected here"
	case b.Kind == release.Withdrawal:
		what = "WITHDRAWN"
	}
	if !b.Announced() {
		return fmt.Sprintf("%s (by release %s, without a notice): ", what, b.CorrectedBy.ID)
	}
	return fmt.Sprintf("%s (notice %d of %s): ", what, b.Number, b.Issued)
}

// NoticeMarks are those of several, without the colon behind each; "" of none.
func NoticeMarks(list []release.Bearing) string {
	var marks []string
	for _, b := range list {
		marks = append(marks, strings.TrimSuffix(NoticeMark(b), ": "))
	}
	return strings.Join(marks, "; ")
}

// NoticeTexts are notices in words, each with its mark.
func NoticeTexts(list []release.Bearing) []string {
	texts := []string{}
	for _, b := range list {
		texts = append(texts, NoticeMark(b)+NoticeWords(b))
	}
	return texts
}

// NoticeWords are what follows: which figures, from where to where, and why.
func NoticeWords(b release.Bearing) string {
	text := b.Affects.Words()
	if b.Effect == release.Affected {
		switch {
		case !b.Announced():
			text = Plural(b.Rows(), "row") + " of " + text + "; " + b.CorrectedBy.ID + " has others"
		case b.CorrectedBy != nil:
			text += "; " + b.CorrectedBy.ID + " has them right"
		case b.Kind == release.Correction:
			text += "; no release has them right yet"
		}
		if b.Kind == release.Correction {
			text += "; " + b.Extent
		}
	} else {
		text += fmt.Sprintf("; %s in the releases from %s on", map[release.NoticeKind]string{release.Correction: "wrong", release.Withdrawal: "withdrawn"}[b.Kind], b.Since.ID)
	}
	return text + ": " + b.Reason
}

// Notices writes the notices that bear on what follows, each as a paragraph, and an empty
// line under them.
func Notices(out io.Writer, bearings []release.Bearing, width int) error {
	p := &page{out: out, width: width}
	for _, b := range bearings {
		p.paragraph(NoticeMark(b), NoticeWords(b))
	}
	if len(bearings) > 0 {
		p.line("")
	}
	return p.err
}
