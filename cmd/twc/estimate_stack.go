package main

import (
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
)

// stackFlags are those of an estimate of several files, each a wave, as they were given.
type stackFlags struct {
	files          []string
	stacked, pool  string
	waves, renames []string
	otherDesigns   []string // behind the first
}

func (g *stackFlags) flags(f *pflag.FlagSet) {
	f.StringVar(&g.stacked, "stacked", "", "PSUs of one label in several waves, of a file or of several, which V tells, were drawn independently, once for all, or rotate: `V=HOW`, independent, pooled or rotating")
	f.StringSliceVar(&g.waves, "waves", nil, "the `names` of the waves that several files are, in their order; the files' own otherwise")
	f.StringArrayVar(&g.renames, "rename", nil, "a variable has another name in the file of a wave: `WAVE:V=NAME`")
	f.StringVar(&g.pool, "pool", "", "totals of several waves together: `average` divides each one's weights by their number, sum does not, and WAVE=2/3,WAVE=1/3 multiplies them")
}

// A designs value is a flag's that is given once, or once for each of several files.
type designs struct {
	first *string
	more  *[]string
}

func (d *designs) String() string { return *d.first }
func (d *designs) Type() string   { return "string" }

func (d *designs) Set(value string) error {
	if *d.first == "" {
		*d.first = value
		return nil
	}
	*d.more = append(*d.more, value)
	return nil
}

// defaultWaves is the variable that tells files from each other where none is named.
const defaultWaves = "wave"

// stack has the question be of several files, and says what each is called and calls its
// variables.
func (r *flagReader) stack(q *question.Question) []ingest.StackFile {
	q.Pooling = r.pooling()
	if len(r.files) < 2 || r.tally {
		if r.otherDesigns != nil {
			r.wrong("design", "given twice, want it once, or once for each of several files")
		}
		return nil
	}
	if r.wave != "" {
		r.wrong("wave", "of several files, want one: --design says how each was drawn")
	}
	if slices.Contains(r.files, "-") {
		r.wrong("stacked", "standard input among several files, want files")
	}
	waves := r.waves
	if waves == nil {
		for _, file := range r.files {
			name := filepath.Base(file)
			waves = append(waves, strings.TrimSuffix(name, filepath.Ext(name)))
		}
	}
	if len(waves) != len(r.files) {
		r.wrong("waves", "%d names of %d files, want one of each", len(waves), len(r.files))
		return nil
	}
	stack := make([]ingest.StackFile, len(waves))
	for i, wave := range waves {
		stack[i] = ingest.StackFile{Wave: wave, Own: map[string]string{}}
		switch {
		case wave == "":
			r.wrong("waves", "an empty name, want one for each file")
		case slices.Contains(waves[:i], wave):
			r.wrong("waves", "%q twice, want a name for each file", wave)
		}
	}
	for _, text := range r.renames {
		wave, names, ok := strings.Cut(text, ":")
		common, own, also := nameBefore(names, '=')
		own = unquoted(own)
		at := slices.Index(waves, wave)
		switch {
		case !ok || !also || common == "" || own == "":
			r.wrong("rename", "%q, want the wave, the variable and its name there, as 2003:region=gor", text)
		case at < 0:
			r.wrong("rename", "%q in %q, want one of %s", wave, text, strings.Join(waves, ", "))
		default:
			stack[at].Own[strings.ToLower(common)] = own
			stack[at].Renamed = append(stack[at].Renamed, strings.ToLower(common))
		}
	}
	r.designsOf(q, stack)
	if q.Stacked.Variable == "" {
		q.Stacked = question.Stacking{Variable: defaultWaves, Method: codebook.OverlapPooled}
		if clustered(r, q) {
			q.Stacked.Method = codebook.OverlapIndependent
			q.Told.Add(indicator.Note{Code: indicator.StackedFiles, Of: defaultWaves, Args: []string{codebook.OverlapIndependent}})
		}
	}
	return stack
}

// designsOf has the designs of the files behind the first be that of the first, whose
// variables have other names in them.
func (r *flagReader) designsOf(q *question.Question, stack []ingest.StackFile) {
	if r.otherDesigns == nil {
		return
	}
	if len(r.otherDesigns) != len(stack)-1 {
		r.wrong("design", "%d designs of %d files, want one of each, or one of all", len(r.otherDesigns)+1, len(stack))
		return
	}
	variables := []string{"stratum", "psu", "fpc", "weight", "replicates"}
	first, _ := r.partsOf(r.drawn)
	for i, text := range r.otherDesigns {
		parts, name := r.partsOf(text)
		if name != r.drawn && parts != nil {
			q.Told.Add(indicator.Note{Code: indicator.DesignNamed, Of: name + " in " + stack[i+1].Wave})
		}
		said := map[string][]string{}
		for _, p := range parts {
			said[p.Key] = p.Values
		}
		for _, p := range first {
			own, has := said[p.Key]
			delete(said, p.Key)
			switch {
			case !has:
				r.wrong("design", "%s does not say %s, and %s does: want designs of the same keys", name, p.Key, r.drawn)
			case slices.Contains(variables, p.Key) && len(own) == len(p.Values):
				for n, common := range p.Values {
					if !strings.EqualFold(common, own[n]) {
						stack[i+1].Own[strings.ToLower(common)] = own[n]
					}
				}
			case !slices.Equal(own, p.Values):
				r.wrong("design", "%s: %s in %s, and %s in %s: want one", p.Key, strings.Join(own, ", "), name, strings.Join(p.Values, ", "), r.drawn)
			}
		}
		for _, p := range parts {
			if _, left := said[p.Key]; left {
				r.wrong("design", "%s says %s, and %s does not: want designs of the same keys", name, p.Key, r.drawn)
			}
		}
	}
}

// pooling is what --pool says of the waves' weights.
func (r *flagReader) pooling() question.Pooling {
	switch r.pool {
	case "":
		return question.Pooling{}
	case question.PoolAverage, question.PoolSum:
		return question.Pooling{Way: r.pool}
	}
	p := question.Pooling{Way: question.PoolFactors, Factors: map[string]float64{}}
	for _, part := range parts(r.pool) {
		at := max(strings.LastIndex(part, "="), 0)
		wave := bare(part[:at])
		over, under, divided := strings.Cut(strings.TrimPrefix(part[at:], "="), "/")
		x, err := strconv.ParseFloat(over, 64)
		if divided && err == nil {
			var by float64
			by, err = strconv.ParseFloat(under, 64)
			x /= by
		}
		if _, twice := p.Factors[wave]; err != nil || twice || wave == "" || !(x > 0) || math.IsInf(x, 0) {
			r.wrong("pool", "%q in %q, want average, sum, or each wave once with what its weights are multiplied by, as 2001=2/3,2003=1/3", part, r.pool)
		}
		p.Factors[wave] = x
	}
	return p
}

// checkPooling refuses totals of a wave by weights that were divided among several.
func (r *flagReader) checkPooling(q *question.Question) {
	if way := q.Pooling.Way; way == "" || way == question.PoolSum {
		return
	}
	if q.PartsWaves() && q.Sums() {
		r.wrong("pool", "totals by %s, of weights that are shared out among the waves: want them without --pool", q.Stacked.Variable)
	}
}

// sources gives the file, or each of the stack, the path that it is read from.
func (g *estimateFlags) sources(cmd *cobra.Command, file *pipeline.File, args []string) (remove func(), err error) {
	if file.Source, remove, err = given(cmd, g.source, args[0]); err != nil {
		return nil, err
	}
	for i := range file.Stack {
		if file.Stack[i].Source, _, err = given(cmd, g.source, args[i]); err != nil {
			return nil, err
		}
	}
	return remove, nil
}
