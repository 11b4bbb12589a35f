package main

import (
	"slices"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
)

// archived is the wave of the catalogue that --wave names, with the definitions of
// --indicator; nil for none, and where a name is none.
func (r *flagReader) archived() *question.Archived {
	if r.wave == "" {
		return nil
	}
	a := &question.Archived{Book: r.known.Codebook}
	var waves []string
	for _, x := range r.known.Crosswalks {
		waves = append(waves, string(x.ID()))
	}
	r.one("wave", r.wave, waves)
	if a.Crosswalk = r.known.Crosswalk(codebook.SourceID(r.wave)); a.Crosswalk == nil {
		return nil
	}
	for _, id := range r.indicators {
		d := r.known.Definition(id)
		if d == nil || d.Tabled != nil {
			r.wrong("indicator", "%q, want an indicator of a survey%s", id, refusal.Nearest(id, r.known.IDs()))
			continue
		}
		a.Definitions = append(a.Definitions, d)
	}
	r.problems = append(r.problems, a.Lacking()...)
	return a
}

// completeWaves has the shell complete the waves of the catalogue and the indicators of
// the wave.
func (a *app) completeWaves(cmd *cobra.Command) {
	completeBy(cmd, "wave", func(*cobra.Command, []string, string) []string {
		var ids []string
		if c := a.forCompletion(); c != nil {
			for _, x := range c.Crosswalks {
				ids = append(ids, string(x.ID()))
			}
		}
		return ids
	})
	completeBy(cmd, "indicator", func(cmd *cobra.Command, _ []string, _ string) []string {
		c := a.forCompletion()
		if c == nil {
			return nil
		}
		wave, _ := cmd.Flags().GetString("wave")
		x := c.Crosswalk(codebook.SourceID(wave))
		var ids []string
		for _, d := range c.Definitions {
			if d.Tabled == nil && (x == nil || d.Covers(x)) {
				ids = append(ids, d.ID)
			}
		}
		return ids
	})
}

// asArchived has the question asked of its wave.
func (r *flagReader) asArchived(q *question.Question, a *question.Archived) {
	if a == nil {
		return
	}
	ownDesign := !slices.ContainsFunc(q.Told, func(n indicator.Note) bool { return !n.Is(indicator.DesignNamed) })
	r.problems = append(r.problems, q.Archive(a, ownDesign)...)
	q.IntervalAsked = r.flags.Changed("ci")
	for _, l := range q.Lets {
		if common, is := q.Common(l.Name); is && l.Flag == "--let" {
			r.wrong("let", "%s is a common variable of %s, want another name", common, r.wave)
		}
	}
}
