package disclose

import (
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// Mark notes on every row that nothing was withheld from its release.
func Mark(c *release.Content) {
	marked := map[string]string{} // notes without it: a release has few
	mark := func(notes *string) {
		with, met := marked[*notes]
		if !met {
			all, err := indicator.ParseNotes(*notes)
			if err != nil {
				panic("disclose: " + err.Error()) // no step writes such
			}
			all.Add(indicator.Note{Code: indicator.Uncontrolled})
			with = all.String()
			marked[*notes] = with
		}
		*notes = with
	}
	for i := range c.Figures {
		mark(&c.Figures[i].Notes)
	}
	for i := range c.Changes {
		mark(&c.Changes[i].Notes)
	}
	for i := range c.Trends {
		mark(&c.Trends[i].Notes)
	}
	for i := range c.Funnels {
		mark(&c.Funnels[i].Notes)
	}
	for i := range c.Targets {
		mark(&c.Targets[i].Notes)
	}
}
