package compare

import (
	"math"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Funnels gives each area's figure of a definition that asks for a funnel the
// limits of chance about the whole's, by the numerators and denominators as they
// are published: none where one of the two is withheld. The rows are in canonical
// order.
func Funnels(d *indicator.Definition, c release.Content) []release.Funnel {
	if d.Tabled == nil || !d.Tabled.Funnel {
		return nil
	}
	figures := make(map[indicator.Key]*release.Figure, len(c.Figures))
	for i := range c.Figures {
		figures[c.Figures[i].Key] = &c.Figures[i]
	}
	share := d.Statistic == indicator.Proportion
	scale := d.Statistic.Row().Scale * max(d.Tabled.Per, 1)
	var rows []release.Funnel
	for i := range c.Figures {
		f := &c.Figures[i]
		breakdown, category, ok := indicator.FunnelWhole(f.Breakdown, f.Category, d.Tabled.Series.Area())
		key := f.Key
		key.Breakdown, key.Category = breakdown, category
		whole := figures[key]
		if !ok || f.Status != "" || whole == nil || whole.Status != "" {
			continue
		}
		about, value := whole.Numerator/whole.Denominator, f.Numerator/f.Denominator
		row := release.Funnel{Key: f.Key, Unit: f.Unit, Value: f.Value, Whole: whole.Value, Side: release.Within, Level: math.NaN()}
		round := func(x float64) float64 { return indicator.Settle(float64(x * scale)) }
		for _, level := range indicator.FunnelLevels {
			limits := indicator.FunnelLimits(about, f.Denominator, level, share)
			if level == 0.95 {
				row.Lower95, row.Upper95 = round(limits.Lower), round(limits.Upper)
			} else {
				row.Lower998, row.Upper998 = round(limits.Lower), round(limits.Upper)
			}
			if side := indicator.Outside(value, limits); side != 0 && row.Side == release.Within {
				row.Side, row.Level = map[int]string{1: release.Above, -1: release.Below}[side], level
			}
		}
		row.Notes = f.NoteList().Only(indicator.Synthetic).String()
		if !math.IsNaN(row.Lower95) {
			rows = append(rows, row)
		}
	}
	return rows
}
