package pipeline

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/description"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/propose"
	"togetherwecan/pipeline/refusal"
)

// A Proposed is what an extract says of its wave's crosswalk.
type Proposed struct {
	Crosswalk *codebook.Crosswalk
	File      *description.File
	Where     string
	Synthetic bool // the extract says that it was made up
	Proposals []propose.Proposal
	Confirmed []codebook.Confirmation // what is proposed, or was accepted
	Page      *codebook.Page          // of the crosswalk with that
}

// Name is the path of the crosswalk's page in its catalogue.
func (p *Proposed) Name() string {
	return path.Join("crosswalks", p.Crosswalk.Survey, p.Crosswalk.Wave+".yaml")
}

// ProposeDesign proposes how an extract was drawn and weighted, as a page of YAML for
// twc estimate --design. The error is refusal.Problems.
func ProposeDesign(f File) ([]byte, error) {
	d, err := ingest.Describe(f.Source, nil, f.Limits, f.Progress)
	if err != nil {
		return nil, err
	}
	names := propose.DrawnNames(d)
	if names == nil {
		names = []string{}
	}
	e, err := ingest.Read(f.Source, names, f.Limits, f.Progress)
	if err != nil {
		return nil, err
	}
	made := propose.Drawn(d, e.Table)
	if said := d.About.Drawn; said != "" {
		made = append([]byte("# The file keeps a design itself, which --design stored takes:\n#   "+said+"\n"), made...)
	}
	return made, nil
}

// Propose holds every extract against its crosswalk, and makes what nobody has
// confirmed on it a proposal. Accepted are those that are taken, none for all that are
// proposed; the crosswalks' pages are changed in the catalogue's folder where there is
// one to write to, all of them or none.
func Propose(o Options, published []plan.Published, accepted []propose.Acceptance) ([]Proposed, error) {
	found, ps := ingest.Find(o.Extracts, o.Catalogue.Crosswalks)
	found = slices.DeleteFunc(found, func(f ingest.Found) bool { return f.Crosswalk.PartOf() != "" }) // which the whole's crosswalk names
	progress := o.progress()
	name := "read " + refusal.Count(len(found), "extract")
	read := ingest.NewReading(found, func(done, total int64) { progress(Step{name, done, total}) })
	made, problems := make([]Proposed, len(found)), make([]refusal.Problems, len(found))
	used := make([][]bool, len(found))
	parallel(len(found), func(i int) {
		f := found[i]
		source := ingest.Source{Path: f.Path, Where: f.Where, Reader: f.Crosswalk.File.Reader, Encoding: f.Crosswalk.File.Encoding, Delimiter: f.Crosswalk.File.Delimiter, Part: f.Crosswalk.File.Part}
		d, err := ingest.Describe(source, nil, o.Limits, func(done, _ int64) { read.At(i, done) })
		if err != nil {
			problems[i] = refusal.Of(err, refusal.Data)
			return
		}
		known := known(o.Catalogue, f.Crosswalk, published)
		p := Proposed{Crosswalk: f.Crosswalk, File: d, Where: f.Where, Synthetic: synthetic(d), Proposals: propose.Wave(d, f.Crosswalk, known)}
		p.Confirmed, used[i], problems[i] = propose.Accept(d, f.Crosswalk, known, p.Proposals, accepted)
		if p.Page, err = f.Crosswalk.Confirm(p.Confirmed); err != nil {
			problems[i].Add(f.Crosswalk.Page().File, "%v", err)
		}
		made[i] = p
	})
	ps = append(ps, slices.Concat(problems...)...)
	for i, a := range accepted {
		if !slices.ContainsFunc(used, func(of []bool) bool { return i < len(of) && of[i] }) && len(ps) == 0 {
			ps = append(ps, refusal.Problem{
				Kind: refusal.Usage, Where: "--accept", What: fmt.Sprintf("nothing is proposed of %s in these extracts", a.Subject),
				Hint: "twc check --propose shows what is: variables that are not confirmed or not in the extract",
			})
		}
	}
	if len(found) == 0 && len(ps) == 0 {
		ps.AddHint("put each extract into a folder of its survey and wave, such as hocs/2001", o.Extracts, "no extracts")
	}
	if len(ps) == 0 {
		ps = sound(o.Catalogue, made)
	}
	return made, ps.Err()
}

// synthetic says whether a description is of an extract that marks itself as made up.
func synthetic(d *description.File) bool {
	return slices.ContainsFunc(d.Variables, func(v description.Variable) bool {
		marks := slices.ContainsFunc(harmonise.SyntheticMarks, func(name string) bool { return strings.EqualFold(name, v.Name) })
		return marks && slices.ContainsFunc(v.Codes, func(c description.Code) bool { return c.Code == "1" && c.Count > 0 })
	})
}

// sound reports what would be wrong with a catalogue of the pages that are proposed.
func sound(c *indicator.Catalogue, all []Proposed) refusal.Problems {
	pages := make([]*codebook.Page, len(c.Crosswalks))
	for i, x := range c.Crosswalks {
		pages[i] = x.Page()
		for _, p := range all {
			if p.Crosswalk == x {
				pages[i] = p.Page
			}
		}
	}
	_, ps := codebook.ParseCrosswalks(pages, c.Codebook)
	return ps
}

// known is what the catalogue and the ledger of published figures know of a wave's
// variables.
func known(c *indicator.Catalogue, x *codebook.Crosswalk, published []plan.Published) propose.Known {
	k := propose.Known{Book: c.Codebook, Names: map[string][]propose.Named{}, Shares: map[string][]propose.Share{}}
	add := func(subject string, wave codebook.SourceID, names ...string) {
		for _, name := range names {
			if name != "" && !slices.ContainsFunc(k.Names[subject], func(n propose.Named) bool { return n.Name == name }) {
				k.Names[subject] = append(k.Names[subject], propose.Named{Name: name, Wave: wave})
			}
		}
	}
	for _, other := range c.Crosswalks {
		if other.ID() == x.ID() || other.Survey != x.Survey {
			continue
		}
		for name, s := range other.Variables {
			add(name, other.ID(), s.Raw()...)
		}
		for name, w := range other.Weights {
			add(codebook.Weighted+name, other.ID(), w.Variable)
		}
	}
	for _, f := range published {
		d := c.Definition(f.Indicator)
		if f.Source != x.ID() || f.Breakdown != codebook.All || f.Unit != string(indicator.Percent) || f.Item != "" || d == nil || d.Statistic != indicator.Proportion || d.Of == nil || d.Over != nil || len(d.Base.Where) > 0 {
			continue
		}
		k.Shares[d.Of.Variable] = append(k.Shares[d.Of.Variable], propose.Share{Categories: d.Of.Categories, Percent: f.Value, Source: f.Source})
	}
	return k
}

// Write writes the pages of what was accepted to a catalogue's folder: all are written
// beside those that they replace before the first is replaced.
func Write(folder string, all []Proposed) error {
	var pages []*disk.Pending
	defer func() {
		for _, p := range pages {
			p.Discard()
		}
	}()
	failed := func(name string, err error) error {
		return refusal.Problems{{Kind: refusal.Disk, Where: name, What: refusal.Reason(err).Error()}}
	}
	for _, p := range all {
		if len(p.Confirmed) == 0 {
			continue
		}
		name := filepath.Join(folder, filepath.FromSlash(p.Name()))
		info, err := os.Stat(name)
		if err != nil {
			return failed(name, err)
		}
		page, err := disk.Create(name, "", info.Mode().Perm())
		if err != nil {
			return failed(name, err)
		}
		pages = append(pages, page)
		if _, err := page.Write(p.Page.Text()); err != nil {
			return failed(name, err)
		}
	}
	for _, p := range pages {
		if err := p.Replace(); err != nil {
			return failed(p.Name(), err)
		}
	}
	return nil
}
