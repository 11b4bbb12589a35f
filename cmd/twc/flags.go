package main

import (
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline/refusal"
)

// A choice is a flag's value that is one of a few words.
type choice struct {
	to *string
	of []string
}

func (c *choice) String() string { return *c.to }
func (c *choice) Type() string   { return "name" }

func (c *choice) Set(value string) error {
	if !slices.Contains(c.of, value) {
		return wrongChoice("want " + either(c.of) + refusal.Nearest(value, c.of))
	}
	*c.to = value
	return nil
}

// A wrongChoice says what was wanted.
type wrongChoice string

func (w wrongChoice) Error() string { return string(w) }

// either lists words with "or" before the last.
func either(words []string) string {
	n := len(words) - 1
	if n == 0 {
		return words[0]
	}
	return strings.Join(words[:n], ", ") + " or " + words[n]
}

// What a command prints: pages for people, and for programs tables or everything.
const (
	formText    = "text"
	formCSV     = "csv"
	formJSON    = "json"
	formParquet = "parquet"
)

// formatFlag is --format of a command, which has text and other forms.
func formatFlag(cmd *cobra.Command, to *string, others ...string) {
	*to = formText
	forms := append([]string{formText}, others...)
	cmd.Flags().Var(&choice{to, forms}, "format", "`form`: "+either(forms))
	complete(cmd, "format", forms)
}

// storeVariable is the environment's variable that names the store where --store does
// not.
const storeVariable = "TWC_STORE"

// storeFlag is --store of a command.
func storeFlag(cmd *cobra.Command, to *string, more string) {
	cmd.Flags().StringVar(to, "store", os.Getenv(storeVariable), "`folder` of releases"+more+" (default $"+storeVariable+")")
	cmd.Flags().Lookup("store").DefValue = "" // which help does not show
	_ = cmd.MarkFlagDirname("store")          // fails for a flag that is not there, here and below
}

// waitFlag is --wait of a command that takes the store.
func waitFlag(cmd *cobra.Command, to *time.Duration) {
	cmd.Flags().DurationVar(to, "wait", 0, "`time` to wait while another run has the store, such as 90s or 10m")
}

// waitable refuses a time to wait that is none.
func waitable(wait time.Duration) error {
	if wait < 0 {
		return usage("a time is written as in --wait 10m", "--wait %s is before now, want a time to wait", wait)
	}
	return nil
}

// releaseFlag is --release of a command that reads one.
func releaseFlag(cmd *cobra.Command, to, store *string) {
	cmd.Flags().StringVar(to, "release", "", "`id` of a release (default the current one)")
	completeBy(cmd, "release", func(cmd *cobra.Command, _ []string, _ string) []string {
		s, _, err := openStore(cmd, *store, "")
		if err != nil {
			return nil
		}
		ids, _ := s.Releases()
		return ids
	})
}

// valueOf says what is wanted of a flag of a type.
var valueOf = map[string]string{
	"int": "a whole number", "uint64": "a whole number from 0 on", "float64": "a number",
	"duration": "a time such as 90s or 10m", "bool": "true or false",
}

// flagError says which flag was meant, or what was wanted of it.
func flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help shows the flags"
	var invalid *pflag.InvalidValueError
	var wanted wrongChoice
	if errors.As(err, &invalid) && errors.As(err, &wanted) {
		return usage("usage: "+cmd.UseLine(), "--%s %q, %s", invalid.GetFlag().Name, invalid.GetValue(), wanted)
	}
	if errors.As(err, &invalid) && valueOf[invalid.GetFlag().Value.Type()] != "" {
		return usage("usage: "+cmd.UseLine(), "--%s %q, want %s", invalid.GetFlag().Name, invalid.GetValue(), valueOf[invalid.GetFlag().Value.Type()])
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return usage(hint, "%v", err)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	name := "--" + unknown.GetSpecifiedName()
	meant := refusal.Nearest(name, names)
	if format := cmd.Flags().Lookup("format"); format != nil && slices.Contains([]string{formCSV, formJSON, formParquet}, unknown.GetSpecifiedName()) {
		meant = "; did you mean \"--format " + unknown.GetSpecifiedName() + "\"?"
	}
	return usage(hint, "%s has no flag %s%s", cmd.CommandPath(), name, meant)
}

// A once value is a flag's that is given once: of two the first would be lost.
type once struct{ to *string }

func (o *once) String() string { return *o.to }
func (o *once) Type() string   { return "string" }

func (o *once) Set(value string) error {
	if *o.to != "" {
		return wrongChoice("given twice, want it once")
	}
	*o.to = value
	return nil
}
