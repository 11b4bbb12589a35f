package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/compare"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/question"
	"togetherwecan/seeds"
)

// A lister says what may stand where the cursor is, given the arguments before it; none
// where that cannot be found out, for completion tells nobody anything else.
type lister func(cmd *cobra.Command, args []string, typed string) []string

// complete has the shell complete a flag of a closed list, of which several may be
// given with commas between them.
func complete(cmd *cobra.Command, flag string, list []string) {
	completeBy(cmd, flag, func(*cobra.Command, []string, string) []string { return list })
}

// completeBy has the shell complete a flag.
func completeBy(cmd *cobra.Command, flag string, list lister) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		head := typed[:strings.LastIndex(typed, ",")+1]
		return after(head, list(cmd, args, typed)), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic("twc: " + err.Error()) // a flag that is not there, or is completed twice
	}
}

// after puts what is typed already before words.
func after(head string, list []string) []string {
	made := make([]string, len(list))
	for i, word := range list {
		made[i] = head + word
	}
	return made
}

// firstOf has the shell complete a command's first argument, and no file.
func firstOf(list lister) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return list(cmd, args, typed), cobra.ShellCompDirectiveNoFileComp
	}
}

// folder has the shell complete a folder, and nothing behind it.
func folder(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// fileThenVariables has the shell complete files, and behind so many of them the
// variables of the first.
func fileThenVariables(source *ingest.Source, files int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) < files {
			return nil, cobra.ShellCompDirectiveDefault
		}
		left := slices.DeleteFunc(variables(*source, args), func(name string) bool { return slices.Contains(args[files:], name) })
		return left, cobra.ShellCompDirectiveDefault // files where no variable is so called: a second wave
	}
}

// variables lists those of the file that is the first argument.
func variables(source ingest.Source, args []string) []string {
	if len(args) == 0 || args[0] == "-" {
		return nil
	}
	source.Path = args[0]
	source.Where = source.Called()
	names, err := source.Names(ingest.DefaultLimits)
	if err != nil {
		return nil
	}
	return names
}

// variableFlags are the flags of an estimate that begin with a variable, and what
// stands between it and what follows: another variable, codes, or numbers.
var variableFlags = map[string]string{
	"mean": "", "total": "", "weight": "", "slope": "", "calibrate-within": "",
	"by": ",", "stratum": ",", "psu": ",", "fpc": ",", "replicates": ",", "id": ",",
	"ratio": "/", "test": "+", "table": "+",
	"proportion": "=", "weighted-count": "=", "quantile": "=", "where": "=", "missing": "=", "band": "=", "against": "=", "stacked": "=", "predict": "=", "called": "=",
	"margin": ":", "standardise": ":",
}

// completeVariables has the shell complete those flags from the file that is named
// before them, and the codes of a variable where they are wanted.
func completeVariables(cmd *cobra.Command, source *ingest.Source) {
	for flag, between := range variableFlags {
		err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			at := -1
			if between != "" {
				at = strings.LastIndex(typed, between)
			}
			name, more := "", ""
			if at >= 0 {
				name, more = typed[:at], typed[at+1:]
			}
			directive := cobra.ShellCompDirectiveNoFileComp
			switch {
			case at >= 0 && flag == "stacked":
				return after(name+between, stackings), directive
			case at >= 0 && slices.Contains([]string{"proportion", "weighted-count", "where", "missing", "against", "predict"}, flag):
				return after(name+between+more[:strings.LastIndex(more, ",")+1], codes(*source, args, name)), directive
			case at >= 0 && (between == "=" || between == ":"):
				return nil, directive
			case at >= 0:
				return after(typed[:at+1], variables(*source, args)), directive
			}
			if between != "" && between != "," {
				directive |= cobra.ShellCompDirectiveNoSpace
			}
			return variables(*source, args), directive
		})
		if err != nil {
			panic("twc: " + err.Error())
		}
	}
}

// completeExpressions has the shell complete the last name of an expression: a variable of
// the file or, behind the name that a let makes, a function; of a contrast everyone too,
// and the statistics.
func completeExpressions(cmd *cobra.Command, source *ingest.Source) {
	for flag, more := range map[string][]string{"let": expression.Functions(), "compare": expression.ContrastFunctions()} {
		err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			at := strings.LastIndexAny(typed, " =<>!()+-*/^,;") + 1
			head := typed[:at]
			if flag == "let" && !strings.Contains(head, "=") {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			words := variables(*source, args)
			for _, name := range more {
				words = append(words, name+"(")
			}
			if flag == "compare" {
				words = append(words, everyone)
			}
			return after(head, words), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		})
		if err != nil {
			panic("twc: " + err.Error())
		}
	}
}

// codes lists those that a variable of a file has, with their labels.
func codes(source ingest.Source, args []string, variable string) []string {
	if len(args) == 0 || args[0] == "-" {
		return nil
	}
	source.Path = args[0]
	source.Where = source.Called()
	d, err := ingest.Describe(source, []string{variable}, ingest.DefaultLimits, nil)
	if err != nil {
		return nil
	}
	var list []string
	for _, v := range d.Variables {
		if !strings.EqualFold(v.Name, variable) {
			continue
		}
		for _, c := range v.Codes {
			list = append(list, cobra.CompletionWithDesc(c.Code, c.Label))
		}
	}
	return list
}

// completeChoices has the shell complete the flags of an estimate that are one of a few
// words.
func completeChoices(cmd *cobra.Command) {
	for flag, list := range map[string][]string{
		"lonely": codebook.Lonelies, "ci": intervals(), "quantile-rule": quantileRules(), "quantile-ci": append(intervals(), indicator.Replicated, indicator.Symmetric),
		"adjust": compare.Adjustments(), "show": showings(), "in": countUnitNames(), "family": model.Families(), "format": formats, "calibrate": codebook.Distances, "without": question.DrawnKeys(), "as": question.ConventionNames(), "df": indicator.Freedoms, "count-ci": countIntervals, "design-effect": question.Effects, "presentation": indicator.Presentations, "predict-error": question.PredictionErrors, "errors": question.ErrorKinds, "beside": besides, "tested-by": testedBys(),
	} {
		complete(cmd, flag, list)
	}
	complete(cmd, "pool", question.Pools())
	completeBy(cmd, "method", func(cmd *cobra.Command, _ []string, _ string) []string {
		if cmd.Flags().Changed("replicates") {
			return codebook.GivenMethods
		}
		return codebook.MadeMethods
	})
}

// forCompletion is the catalogue that is named, or the one built in, nil where it is refused.
func (a *app) forCompletion() *indicator.Catalogue {
	c, err := a.catalogue()
	if err != nil {
		return nil
	}
	return c
}

// departments are those of the plan.
func departments(*cobra.Command, []string, string) []string {
	register, err := plan.Load(seeds.Files)
	if err != nil {
		return nil
	}
	var names []string
	for name := range register.Departments {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// indicatorsOf lists the indicators of a release, and those of the built-in catalogue
// where there is no release to read.
func indicatorsOf(cmd *cobra.Command, dir, id string) []string {
	if _, r, err := openStore(cmd, dir, id); err == nil {
		var ids []string
		for _, x := range r.Manifest.Indicators {
			ids = append(ids, x.ID)
		}
		return ids
	}
	if c, err := builtIn(); err == nil {
		return c.IDs()
	}
	return nil
}

// dividedBy lists the breakdowns of an indicator of a release, and its populations.
func dividedBy(cmd *cobra.Command, dir, id string, args []string) (breakdowns, populations []string) {
	_, r, err := openStore(cmd, dir, id)
	if err != nil || len(args) == 0 || r.Manifest.Indicator(args[0]) == nil {
		return nil, nil
	}
	content, err := r.Content(args[0])
	if err != nil {
		return nil, nil
	}
	return content.Words.Indicator.BreakdownCodes(), content.Words.Indicator.Populations
}

// sourcesOf lists the sources of a release, and those of the built-in catalogue where
// there is no release to read.
func sourcesOf(cmd *cobra.Command, dir, id string) []string {
	var ids []string
	if _, r, err := openStore(cmd, dir, id); err == nil {
		for _, s := range r.Manifest.Sources {
			ids = append(ids, string(s.ID))
		}
	} else if crosswalks, err := builtInCrosswalks(); err == nil {
		for _, x := range crosswalks {
			ids = append(ids, string(x.ID()))
		}
	}
	return ids
}
