package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Content is all that a release says of one indicator: its figures, the
// changes between them, their trends, where they stand against targets and the words for all,
// or the evidence of an evaluation.
type Content struct {
	Figures  []Figure
	Changes  []Change
	Trends   []Trend
	Evidence []Evidence
	Targets  []Target
	Words    Words
}

// Sort puts the content in canonical order.
func (c Content) Sort() {
	slices.SortFunc(c.Figures, func(a, b Figure) int { return a.Key.Compare(b.Key) })
	slices.SortFunc(c.Changes, Change.Compare)
	slices.SortFunc(c.Evidence, Evidence.Compare)
	slices.SortFunc(c.Targets, Target.Compare)
	slices.SortFunc(c.Trends, Trend.Compare)
}

// Check returns an error unless the content is of the one indicator, in
// canonical order, with no key twice, has a value exactly where the status
// lets it, and words for all that the figures have.
func (c Content) Check(id string) error {
	if err := c.checkNotes(); err != nil {
		return err
	}
	for i, f := range c.Figures {
		switch {
		case f.Indicator != id:
			return fmt.Errorf("figure %s is of indicator %q, want %q", describe(f.Key, ""), f.Indicator, id)
		case i > 0 && c.Figures[i-1].Key == f.Key:
			return fmt.Errorf("figure %s is there twice", describe(f.Key, ""))
		case i > 0 && c.Figures[i-1].Key.Compare(f.Key) > 0:
			return fmt.Errorf("figure %s is out of order", describe(f.Key, ""))
		case (f.Value != f.Value) != withheld(f):
			return fmt.Errorf("figure %s has value %s and status %q: want a value or the reason why there is none", describe(f.Key, ""), number(f.Value), f.Status)
		}
	}
	for i, ch := range c.Changes {
		switch {
		case ch.Indicator != id:
			return fmt.Errorf("change %s is of indicator %q, want %q", describe(ch.Key, ch.FromSource), ch.Indicator, id)
		case i > 0 && c.Changes[i-1].Compare(ch) == 0:
			return fmt.Errorf("change %s is there twice", describe(ch.Key, ch.FromSource))
		case i > 0 && c.Changes[i-1].Compare(ch) > 0:
			return fmt.Errorf("change %s is out of order", describe(ch.Key, ch.FromSource))
		}
	}
	if err := inOrderOf(id, c.Evidence, Evidence.Compare, Evidence.name, func(e Evidence) string { return e.Indicator }); err != nil {
		return err
	}
	if err := inOrderOf(id, c.Targets, Target.Compare, Target.name, func(t Target) string { return t.Indicator }); err != nil {
		return err
	}
	if err := inOrderOf(id, c.Trends, Trend.Compare, Trend.name, func(t Trend) string { return t.Indicator }); err != nil {
		return err
	}
	return c.Words.covers(c)
}

// inOrderOf returns an error unless rows are of an indicator, in canonical order
// and each there once.
func inOrderOf[R any](id string, rows []R, order func(a, b R) int, name, of func(R) string) error {
	for i, row := range rows {
		switch {
		case of(row) != id:
			return fmt.Errorf("%s is of indicator %q, want %q", name(row), of(row), id)
		case i > 0 && order(rows[i-1], row) == 0:
			return fmt.Errorf("%s is there twice", name(row))
		case i > 0 && order(rows[i-1], row) > 0:
			return fmt.Errorf("%s is out of order", name(row))
		}
	}
	return nil
}

// checkNotes returns an error for notes and reasons that are not as
// indicator.Notes writes them.
func (c Content) checkNotes() error {
	sound := map[string]bool{"": true}
	check := func(k indicator.Key, from codebook.SourceID, text string) error {
		if sound[text] {
			return nil
		}
		if _, err := indicator.ParseNotes(text); err != nil {
			return fmt.Errorf("%s: %w", describe(k, from), err)
		}
		sound[text] = true
		return nil
	}
	for _, f := range c.Figures {
		if err := check(f.Key, "", f.Notes); err != nil {
			return err
		}
	}
	for _, ch := range c.Changes {
		for _, text := range []string{ch.Reason, ch.Notes} {
			if err := check(ch.Key, ch.FromSource, text); err != nil {
				return err
			}
		}
	}
	for _, t := range c.Trends {
		if err := check(t.Key, t.FromSource, t.Notes); err != nil {
			return err
		}
	}
	for _, t := range c.Targets {
		for _, text := range []string{t.Reason, t.Notes} {
			if err := check(t.Key, "", text); err != nil {
				return err
			}
		}
	}
	return nil
}

// Withheld counts the figures that have no value.
func (c Content) Withheld() int {
	n := 0
	for _, f := range c.Figures {
		if withheld(f) {
			n++
		}
	}
	return n
}

func withheld(f Figure) bool { return f.Status != "" }

// CSV returns the canonical CSV of the figures and of the changes.
func (c Content) CSV() (figures, changes []byte) {
	return sheet.CSV(c.Figures, FigureColumns), sheet.CSV(c.Changes, ChangeColumns)
}

// Identity is the SHA-256, in hexadecimal, of an indicator's canonical CSV, the
// figures' bytes followed by the changes', of its words after them, and of its
// lines in the release's evidence, targets and trends.
func (c Content) Identity(figures, changes []byte) string {
	h := sha256.New()
	h.Write(figures)
	h.Write(changes)
	h.Write(c.Words.Encode())
	h.Write(lines(c.Evidence, EvidenceColumns))
	h.Write(lines(c.Targets, TargetColumns))
	h.Write(lines(c.Trends, TrendColumns))
	return hex.EncodeToString(h.Sum(nil))
}

// lines are the rows of a table's canonical CSV, without its header.
func lines[R any](rows []R, columns []sheet.Column[R]) []byte {
	if len(rows) == 0 {
		return nil
	}
	_, rest, _ := bytes.Cut(sheet.CSV(rows, columns), []byte("\n"))
	return rest
}

// Digest is the SHA-256 of a file's bytes, in hexadecimal.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Large lists the changes into sources that go beyond what their series expects.
func Large(changes []Change, into []Source) []Change {
	in := map[codebook.SourceID]bool{}
	for _, s := range into {
		in[s.ID] = true
	}
	var large []Change
	beyond := Tells(indicator.BeyondTolerance)
	for _, c := range changes {
		if beyond(c.Notes) && in[c.Source] {
			large = append(large, c)
		}
	}
	return large
}
