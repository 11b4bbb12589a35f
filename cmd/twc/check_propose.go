package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/propose"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
	"togetherwecan/seeds"
)

// A proposing says what of a catalogue is proposed and accepted.
type proposing struct {
	propose  bool
	accept   []string
	accepted []propose.Acceptance
}

func (p *proposing) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&p.propose, "propose", false, "say which variables of the extracts may be those that are not confirmed")
	flags.StringSliceVar(&p.accept, "accept", nil, "`names` of variables whose proposal is taken, VARIABLE, VARIABLE=RAW or SURVEY/WAVE/VARIABLE=RAW;\nalso key, design, weights.core; all is every one that is proposed")
}

// check refuses flags that have no effect or nowhere to write to.
func (p *proposing) check(cmd *cobra.Command, folder string) error {
	switch {
	case !p.propose && len(p.accept) > 0:
		return usage("usage: twc check EXTRACTS --propose --accept NAMES --catalogue DIR", "--accept takes what --propose proposes, want both")
	case p.propose && cmd.Flags().Changed("on"):
		return usage("twc check without --propose tells what is overdue", "--on has no effect beside --propose")
	case len(p.accept) > 0 && folder == "":
		return usage("copy indicators/ of the project, name the copy, and give it to run too; or patch it with the difference", "--accept changes a catalogue, want its folder in --catalogue: the one built in cannot be changed")
	}
	var ps refusal.Problems
	for _, text := range p.accept {
		a, err := propose.ParseAcceptance(text)
		if err != nil {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--accept", What: err.Error()})
		}
		p.accepted = append(p.accepted, a)
	}
	return ps.Err()
}

// proposed proposes, and writes what is accepted.
func (a *app) proposed(o pipeline.Options, p proposing, format string, bar *progress) error {
	published, err := plan.LoadPublished(seeds.Files)
	if err != nil {
		return err
	}
	all, err := pipeline.Propose(o, published, p.accepted)
	bar.end()
	if err != nil {
		return err
	}
	if len(p.accepted) > 0 {
		if err := pipeline.Write(a.folder, all); err != nil {
			return err
		}
	}
	if format == formJSON {
		return a.proposedJSON(all)
	}
	for i, wave := range all {
		if i > 0 {
			a.line("")
		}
		a.tellProposed(wave)
	}
	a.tellDifferences(all, len(p.accepted) > 0)
	return nil
}

// proposedJSON writes the same for programs.
func (a *app) proposedJSON(all []pipeline.Proposed) error {
	type candidate struct {
		Raw     []string          `json:"raw"`
		Label   maybe             `json:"label"`
		Score   float64           `json:"score"` // from 0 to 1
		For     []string          `json:"for"`
		Against []string          `json:"against"`
		Codes   map[string]string `json:"codes"` // null where they are the crosswalk's
	}
	type proposal struct {
		Variable   string      `json:"variable"`
		Wanted     []string    `json:"wanted"`
		Settled    bool        `json:"settled"`
		Why        maybe       `json:"why"`
		Candidates []candidate `json:"candidates"`
	}
	type wave struct {
		Source    codebook.SourceID `json:"source"`
		File      string            `json:"file"`
		SHA256    string            `json:"sha256"`
		Synthetic bool              `json:"synthetic"`
		Proposals []proposal        `json:"proposals"`
	}
	waves := []wave{}
	for _, p := range all {
		w := wave{p.Crosswalk.ID(), p.File.Name, p.File.SHA256, p.Synthetic, []proposal{}}
		for _, x := range p.Proposals {
			made := proposal{x.Subject, filled(x.Wanted), x.Settled, maybe(x.Why), []candidate{}}
			for _, c := range x.Candidates {
				made.Candidates = append(made.Candidates, candidate{filled(c.Raw), maybe(c.Label), c.Score, filled(c.For), filled(c.Against), c.Codes})
			}
			w.Proposals = append(w.Proposals, made)
		}
		waves = append(waves, w)
	}
	return a.json(map[string]any{"waves": waves})
}

// tellProposed shows what is proposed of a wave, what is to be decided, and what is
// like nothing.
func (a *app) tellProposed(p pipeline.Proposed) {
	d := p.File
	a.paragraph("", fmt.Sprintf("%s: %s, %s, %s, SHA-256 %s", p.Crosswalk.ID(), d.Name, report.Plural(d.Rows, "row"), report.Plural(len(d.Variables), "variable"), d.SHA256))
	if p.Synthetic {
		a.paragraph("", report.Banner+". What is confirmed on it is confirmed of no other file.")
	}
	var settled, open []propose.Proposal
	var named []string
	why := map[string][]string{}
	for _, x := range p.Proposals {
		switch {
		case x.Settled:
			settled = append(settled, x)
		case x.Named:
			named = append(named, x.Subject+" "+strings.Join(x.Candidates[0].Raw, " + "))
		case len(x.Candidates) > 0:
			open = append(open, x)
		default:
			why[x.Why] = append(why[x.Why], x.Subject)
		}
	}
	if len(p.Proposals) == 0 {
		a.line("Every name is confirmed on this file, or was confirmed before files were named.")
		return
	}
	a.paragraph("", fmt.Sprintf("%s not confirmed on this file, or not in it: %d proposed, %d to decide, %d by the name alone, %d like nothing in the file",
		report.Plural(len(p.Proposals), "name"), len(settled), len(open), len(named), len(p.Proposals)-len(settled)-len(open)-len(named)))
	section := func(title string, of []propose.Proposal) {
		if len(of) > 0 {
			a.line("\n%s", title)
		}
		for _, x := range of {
			a.tellProposal(x)
		}
	}
	section("Proposed", settled)
	section("To decide", open)
	if len(named) > 0 {
		a.line("\nBy the name alone")
		a.paragraph("  ", "as the crosswalk has them, without labels to hold against it; compare with the documentation, and take each by --accept: "+brief(strings.Join(named, ", "), 100*longest))
	}
	for i, reason := range slices.Sorted(maps.Keys(why)) {
		if i == 0 {
			a.line("\nNothing is proposed")
		}
		a.paragraph("  ", reason+": "+strings.Join(why[reason], ", "))
	}
}

// tellProposal shows a proposal and, where it is to be decided, each candidate.
func (a *app) tellProposal(x propose.Proposal) {
	const most = 6
	was := ""
	if len(x.Wanted) > 0 {
		was = ", in the crosswalk " + strings.Join(x.Wanted, ", ")
		if x.Absent {
			was += " (not in the file)"
		}
	}
	candidates := x.Candidates[:1]
	if !x.Settled {
		a.paragraph("  ", x.Subject+was+": "+brief(x.Why, longest))
		candidates = x.Candidates[:min(len(x.Candidates), most)]
	}
	for _, c := range candidates {
		words := brief(strings.Join(c.Raw, " + "), long)
		if c.Label != "" {
			words += fmt.Sprintf(" %q", brief(c.Label, long))
		}
		mark := "    "
		if x.Settled {
			mark, words = "  ", x.Subject+was+": "+words
		}
		a.paragraph(mark, fmt.Sprintf("%s (%.2f)", words, c.Score))
		var told []string
		told = append(told, c.For...)
		switch {
		case c.Swapped:
			told = append(told, "its scale is turned around, and the codes are proposed so")
		case c.Codes != nil:
			told = append(told, "its codes are others, and proposed")
		}
		for _, against := range c.Against {
			told = append(told, "but "+against)
		}
		a.paragraph(mark+"    ", brief(strings.Join(told, "; "), longest))
	}
	if more := len(x.Candidates) - most; more > 0 && !x.Settled {
		a.paragraph("    ", fmt.Sprintf("and %d more", more))
	}
}

// tellDifferences shows the pages as they would be, or are now, as a difference.
func (a *app) tellDifferences(all []pipeline.Proposed, written bool) {
	first := true
	for _, p := range all {
		name := p.Name()
		text := diff.Diff("a/"+name, p.Crosswalk.Page().Text(), "b/"+name, p.Page.Text())
		if text == nil {
			continue
		}
		if first {
			first = false
			words := `As a difference, for "patch -p1" in the catalogue's folder`
			if written {
				words = "Changed in " + a.folder
			}
			a.line("\n%s\n", words)
		}
		if written {
			a.line("%s: %s confirmed", filepath.Join(a.folder, filepath.FromSlash(name)), report.Plural(len(p.Confirmed), "name"))
		}
		_ = a.csv(text) // byte for byte: patch reads it; out remembers what cannot be written
	}
}
