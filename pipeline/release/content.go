package release

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A Content is all that a release says of one indicator: its figures, the
// changes between them, their trends, the funnels of areas, where they stand against targets and the words for all,
// or the evidence of an evaluation.
type Content struct {
	Figures  []Figure
	Changes  []Change
	Trends   []Trend
	Funnels  []Funnel
	Evidence []Evidence
	Targets  []Target
	Words    Words
}

// Sort puts the content in canonical order.
func (c Content) Sort() {
	for _, t := range tables {
		t.sort(&c)
	}
}

// Check returns an error unless the content is of the one indicator, in
// canonical order, with no key twice, has a value exactly where the status
// lets it, and words for all that the figures have.
func (c Content) Check(id string) error {
	if err := c.checkNotes(); err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.check(id, &c); err != nil {
			return err
		}
	}
	for _, f := range c.Figures {
		if (f.Value != f.Value) != withheld(f) {
			return fmt.Errorf("figure %s has value %s and status %q: want a value or the reason why there is none", describe(f.Key, ""), number(f.Value), f.Status)
		}
	}
	return c.Words.covers(c)
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
// lines in the release's evidence, targets, trends and funnels.
func (c Content) Identity(figures, changes []byte) string {
	h := sha256.New()
	h.Write(figures)
	h.Write(changes)
	h.Write(c.Words.Encode())
	h.Write(EvidenceTable.lines(&c))
	h.Write(TargetsTable.lines(&c))
	h.Write(TrendsTable.lines(&c))
	h.Write(FunnelsTable.lines(&c))
	return hex.EncodeToString(h.Sum(nil))
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
