package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/dataset"
	"togetherwecan/pipeline/report/metadata"
	"togetherwecan/seeds"
)

func (a *app) pull() *cobra.Command {
	var dir, id, since string
	var formats []string
	cmd := &cobra.Command{
		Use:   "pull WHO OUT --store DIR",
		Short: "Take away a department's measures as files",
		Long: `Writes a folder of tidy tables of whom or what is asked for, readable without this
program: figures, changes, targets and evidence with words beside the codes, the codes
and notes, a README, and what other programs read of them: a data package, CSV on the
Web, the file pairs of Explore Education Statistics, and schema.org. --format xlsx, or
ods, adds a workbook for people: a cover, contents, notes and a sheet a measure.

WHO is a department (HO, OCJR, DfES ...), one of the nine regions, a measure (B5, 2.c), a
strand, an indicator, or all. A department gets the measures that it leads; one that
leads none, what the plan says of it; a region its figures beside England's. A
word that is two of them is asked for by its kind: measure:B5, strand:2.

--since RELEASE takes only what moved since that release, and says why. OUT is written
whole: a folder that is empty, or that pull wrote before, is replaced, and any other is
refused.`,
		Example: `  twc pull HO out --store store
  twc pull London out --store store
  twc pull measure:B5 out --store store --format csv
  twc pull HO out --store store --format xlsx,ods
  twc pull DfES out --store store --since previous`,
		Args: arguments(2, 2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return whoOf(cmd, dir, id), cobra.ShellCompDirectiveNoFileComp
			case 1:
				return nil, cobra.ShellCompDirectiveFilterDirs
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := knownFormats(formats); err != nil {
				return err
			}
			store, r, err := openStore(cmd, dir, id)
			if err != nil {
				return err
			}
			if err := outside(dir, args[1]); err != nil {
				return err
			}
			p := pipeline.Pull{Store: store, Release: r, Who: args[0]}
			if p.Catalogue, p.Register, _, err = a.withPlan(""); err != nil {
				return err
			}
			if p.Geography, err = codebook.LoadGeography(indicators.Files); err != nil {
				return err
			}
			if since != "" {
				ids, err := store.Releases()
				if err != nil {
					return err
				}
				if since == pipeline.PreviousRelease { // to the one that is pulled
					at := slices.Index(ids, r.ID)
					if at == 0 {
						return usage("leave out --since for all of it", "--since %s: release %s is the first", since, r.ID)
					}
					since = ids[at-1]
				}
				if p.Since, err = pipeline.Named(store, since); err != nil {
					return err
				}
				if slices.Index(ids, p.Since.ID) >= slices.Index(ids, r.ID) {
					return usage("name an earlier release", "--since %s: release %s, which is pulled, did not come after it", since, r.ID)
				}
			}
			d, err := p.Dataset()
			if err != nil {
				return err
			}
			if err := ours(args[1]); err != nil {
				return err
			}
			files, err := metadata.Files(d, formats)
			if err != nil {
				return err
			}
			if err := writeFolder(args[1], files); err != nil {
				return err
			}
			a.pulled(d, args[1], len(files))
			return nil
		},
	}
	flags := cmd.Flags()
	storeFlag(cmd, &dir, "")
	releaseFlag(cmd, &id, &dir)
	flags.StringVar(&since, "since", "", "only what moved since this `release`: an id, or previous")
	flags.StringSliceVar(&formats, "format", metadata.Usual, "`forms` of the tables: "+strings.Join(metadata.Formats, ", ")+"; csv is always there, and xlsx and ods are a workbook")
	complete(cmd, "format", metadata.Formats)
	completeBy(cmd, "since", func(cmd *cobra.Command, _ []string, _ string) []string { return releasesOf(cmd, dir) })
	a.catalogueFlag(cmd)
	return cmd
}

// knownFormats refuses forms that tables cannot be written in.
func knownFormats(formats []string) error {
	if len(formats) == 0 {
		return usage("--format can be "+strings.Join(metadata.Formats, ", "), "--format names none")
	}
	for _, f := range formats {
		if !slices.Contains(metadata.Formats, f) {
			return usage("--format can be "+strings.Join(metadata.Formats, ", "), "--format %q is none%s", f, refusal.Nearest(f, metadata.Formats))
		}
	}
	return nil
}

// whoOf lists whom a pull may be for.
func whoOf(cmd *cobra.Command, dir, id string) []string {
	register, err := plan.Load(seeds.Files)
	if err != nil {
		return nil
	}
	places, err := codebook.LoadGeography(indicators.Files)
	if err != nil {
		return nil
	}
	labels := &release.Labels{}
	if _, r, err := openStore(cmd, dir, id); err == nil {
		labels = r.Labels
	}
	var list []string
	for _, w := range dataset.Everyone(register, places, labels) {
		list = append(list, cobra.CompletionWithDesc(w.ID, w.Name))
	}
	return list
}

// ours refuses a folder that pull did not write as it stands: what is in the place of OUT and
// was not written by it, or was changed or added since, would be lost.
func ours(out string) error {
	refuse := func(format string, args ...any) error {
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: fmt.Sprintf(format, args...), Hint: "name a folder that is not there yet, is empty, or is as twc pull wrote it"}}
	}
	info, err := os.Lstat(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent, err := os.Stat(filepath.Dir(filepath.Clean(out)))
		if err == nil && parent.IsDir() {
			return nil
		}
		return refusal.Problems{{Kind: refusal.Usage, Where: out, What: "the folder that it is to be in is not there", Hint: "mkdir -p " + filepath.Dir(filepath.Clean(out))}}
	case err != nil:
		return cannotWrite(out, err)
	case !info.IsDir():
		return refuse("%s, want a folder, or nothing", refusal.FileKind(info.Mode()))
	}
	if entries, err := os.ReadDir(out); err != nil {
		return cannotWrite(out, err)
	} else if len(entries) == 0 {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(out, metadata.SumsName))
	sums, ok := metadata.Sums(data)
	if err != nil || !ok || sums[metadata.PackageName] == "" {
		return refuse("twc pull did not write this folder")
	}
	var wrong error
	err = filepath.WalkDir(out, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || wrong != nil {
			return err
		}
		rel, err := filepath.Rel(out, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if rel == metadata.SumsName {
			return nil
		}
		if sums[rel] == "" {
			wrong = refuse("%s is there, which twc pull did not write", rel)
			return nil
		}
		if !entry.Type().IsRegular() {
			wrong = refuse("%s is no file any more", rel)
			return nil
		}
		data, err := os.ReadFile(name)
		if err == nil && release.Digest(data) != sums[rel] {
			wrong = refuse("%s was changed since twc pull wrote it", rel)
		}
		return err
	})
	if err != nil {
		return cannotWrite(out, err)
	}
	return wrong
}

func writeFolder(out string, files []metadata.File) error {
	list := make([]disk.FolderFile, len(files))
	for i, f := range files {
		list[i] = disk.FolderFile{Path: f.Path, Data: f.Data}
	}
	if err := disk.WriteFolder(out, list); errors.Is(err, disk.ErrLocked) {
		return refusal.Problems{{Kind: refusal.Running, Where: out, What: "another twc pull is writing it", Hint: "wait until that has ended"}}
	} else if err != nil {
		return cannotWrite(out, err)
	}
	return nil
}

func cannotWrite(out string, err error) error {
	return refusal.Problems{{Kind: refusal.Disk, Where: out, What: fmt.Sprintf("cannot be written: %v", refusal.Reason(err))}}
}

// pulled tells what was written, with the notices that bear on it.
func (a *app) pulled(d *dataset.Dataset, out string, files int) {
	if d.Synthetic {
		a.line("Made-up data: not statistics.\n")
	}
	_ = report.Notices(a.out, d.Notices, a.width)
	a.paragraph("", d.About)
	for _, r := range d.Reasons {
		a.paragraph("", r.String())
	}
	var parts []string
	for _, t := range d.Tables {
		parts = append(parts, fmt.Sprintf("%s %s", t.Name(), report.Count(int64(t.Len()))))
	}
	a.line("Rows: %s.", strings.Join(parts, ", "))
	if n := d.Lacking(); n > 0 {
		a.line("Lacking: %s, each with the reason, in measures.csv and README.md.", report.Plural(n, "indicator"))
	}
	if n := d.Unmoved(); n > 0 {
		a.line("Unmoved since %s: %s.", d.Since, report.Plural(n, "indicator"))
	}
	a.line("%s written to %s", report.Plural(files, "file"), out)
}
