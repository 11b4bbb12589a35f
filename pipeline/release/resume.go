package release

import (
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
)

// AsPublished are figures of which nothing is known but what was published, and
// each says so: of what is made of them the last digits are not certain.
func AsPublished(figures []Figure) []Figure {
	marked := make([]Figure, len(figures))
	for i, f := range figures {
		notes := f.NoteList()
		notes.Add(indicator.Note{Code: indicator.FromPublished})
		f.Notes = notes.String()
		marked[i] = f
	}
	return marked
}

// Resume takes up what the last release decided on the rows of sources that are
// carried over from it: a figure that has no value there has none, and no change
// from or to it has one; of the others the numbers keep every digit.
func (c *Content) Resume(last Content, carried func(codebook.SourceID) bool) {
	published := map[indicator.Key]*Figure{}
	for i := range last.Figures {
		published[last.Figures[i].Key] = &last.Figures[i]
	}
	withheld := map[indicator.Key]string{}
	for i := range c.Figures {
		f := &c.Figures[i]
		was := published[f.Key]
		if was == nil || !carried(f.Source) {
			continue
		}
		if was.Status != "" {
			base := f.Base
			if *f = *was; was.Base != Withheld { // which may be shown rounded
				f.Base = base
			}
			withheld[f.Key] = was.Status
		} else {
			f.Status, f.Notes = "", was.Notes // which says nothing of how it is known here
		}
	}
	for i := range c.Changes {
		ch := &c.Changes[i]
		if !carried(ch.FromSource) || !carried(ch.Source) || ch.ReasonNote().Is(indicator.Broken, indicator.FieldworkShared) {
			continue
		}
		from := ch.Key
		from.Source = ch.FromSource
		for _, key := range []indicator.Key{from, ch.Key} {
			if status, gone := withheld[key]; gone {
				ch.Empty(indicator.Note{Code: indicator.NoFigureOf, Of: string(key.Source), Args: []string{status}})
				break
			}
		}
	}
}

// Stand puts the rows of carried sources back as the last release has them: its
// figures, and the changes between them but where another reason keeps one from
// being given.
func (c *Content) Stand(last Content, carried func(codebook.SourceID) bool) {
	figures, changes := map[indicator.Key]*Figure{}, map[indicator.Key]*Change{}
	for i := range last.Figures {
		figures[last.Figures[i].Key] = &last.Figures[i]
	}
	for i := range last.Changes {
		changes[last.Changes[i].pair()] = &last.Changes[i]
	}
	for i := range c.Figures {
		if f := &c.Figures[i]; carried(f.Source) && figures[f.Key] != nil {
			*f = *figures[f.Key]
		}
	}
	for i := range c.Changes {
		ch := &c.Changes[i]
		if was := changes[ch.pair()]; was != nil && carried(ch.FromSource) && carried(ch.Source) && was.Reason == ch.Reason {
			*ch = *was
		}
	}
}

// StandAlike puts back what the last release made of figures that are as they were
// there: of carried ones more may have been known then.
func (c *Content) StandAlike(last Content) {
	figures := map[indicator.Key]*Figure{}
	for i := range last.Figures {
		figures[last.Figures[i].Key] = &last.Figures[i]
	}
	alike := map[indicator.Key]bool{}
	for i := range c.Figures {
		f := &c.Figures[i]
		if was := figures[f.Key]; was != nil && len(differing(f, was, FigureColumns)) == 0 {
			alike[f.Key] = true
		}
	}
	ChangesTable.stand(c, last, func(ch Change) bool {
		from := ch.Key
		from.Source = ch.FromSource
		return alike[from] && alike[ch.Key]
	})
	if len(alike) == len(c.Figures) && len(alike) == len(last.Figures) {
		TargetsTable.stand(c, last, func(Target) bool { return true })
		TrendsTable.stand(c, last, func(Trend) bool { return true })
		FunnelsTable.stand(c, last, func(Funnel) bool { return true })
	}
}

// stand puts back the rows of the last release that some rows have but for their
// numbers, and for how these are known.
func (t Table[R]) stand(c *Content, last Content, some func(R) bool) {
	rows, was := *t.Of(c), *t.Of(&last)
	for i := range rows {
		at, met := slices.BinarySearchFunc(was, rows[i], t.Compare)
		if !met || !some(rows[i]) {
			continue
		}
		same := true
		for _, column := range t.Columns {
			same = same && (column.Text == nil || column.Name == "notes" || column.Same(&rows[i], &was[at]))
		}
		if same {
			rows[i] = was[at]
		}
	}
}

// pair is the key of a change with both of its sources.
func (c *Change) pair() indicator.Key {
	key := c.Key
	key.Source = codebook.SourceID(strings.Join([]string{string(c.FromSource), string(c.Source)}, " "))
	return key
}
