package main

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
	"togetherwecan/seeds"
)

func (a *app) seed() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "seed DIR",
		Short: "Write synthetic extracts to try the pipeline on",
		Long: `Writes made-up extracts of the Citizenship Survey, the British Crime Survey, the
surveys of attitudes to science and the North Liverpool tracker, drawn from a
population whose values are known, with the names and codes of the built-in
catalogue, and made-up returns of every series but those whose real tables are at
hand. Everything computed from them says that it is synthetic. Files that are there already are not overwritten.`,
		Example: `  twc seed extracts
  twc run extracts --store store`,
		Args:              arguments(1, 1),
		ValidArgsFunction: folder,
		RunE: func(cmd *cobra.Command, args []string) error {
			declared, err := seeds.LoadPopulation()
			if err != nil {
				return err
			}
			c, err := a.catalogue()
			if err != nil {
				return err
			}
			forms, err := seeds.Forms(c.Series)
			if err != nil {
				return err
			}
			var ps refusal.Problems
			var names []string
			paths := make([]string, 0, len(declared.Waves)+len(forms))
			for _, w := range declared.Waves {
				paths = append(paths, w.File())
			}
			series := map[string]bool{} // of which some are made up
			for _, f := range forms {
				series[path.Dir(f.Path)] = true
				paths = append(paths, f.Path)
			}
			for _, p := range paths {
				name := filepath.Join(args[0], filepath.FromSlash(p))
				names = append(names, name)
				if _, err := os.Lstat(name); err == nil {
					ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: name, What: "is there already, and is not overwritten", Hint: "name another folder, or remove what is there"})
				} else if !errors.Is(err, fs.ErrNotExist) {
					ps = append(ps, refusal.Problem{Kind: refusal.Disk, Where: name, What: refusal.Reason(err).Error()})
				}
			}
			if err := ps.Err(); err != nil {
				return err
			}
			if err := seeds.Write(args[0], c.Codebook, c.Crosswalks); err != nil {
				return err
			}
			if err := seeds.WriteReturns(args[0], c.Series); err != nil {
				return err
			}
			a.line("%s written, all synthetic:", report.Plural(len(declared.Waves), "extract"))
			for _, name := range names[:len(declared.Waves)] {
				a.line("%s", "  "+name)
			}
			a.line("%s of %d series, all synthetic: %s", report.Plural(len(forms), "return"), len(series), filepath.Join(args[0], codebook.Returns))
			return nil
		},
	}
	return cmd
}
