package main

import (
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/report"
)

func (a *app) sign() *cobra.Command {
	var dir, format string
	var with signing
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "sign --store DIR --key FILE [RELEASE]",
		Short: "Sign releases that were published",
		Long: `Signs a release or, where none is named, every one that has no signature: first
the store is verified. What is signed is release.json, which has the digest of every
other file, so that the signature is of all of them. It is put into the store's log/,
beside the release and not in it, and nothing of the release is changed.

The key is a secret key of minisign; "twc run --sign" signs as it publishes. twc
verify --public-key checks a signature, and so does minisign itself:

  minisign -Vm store/releases/ID/release.json -x store/log/ID.minisig -p FILE.pub`,
		Example: `  twc sign --store store --key department.key
  twc sign --store store --key department.key --password-file password 2003-12-01.1`,
		Args: arguments(0, 1),
		ValidArgsFunction: firstOf(func(cmd *cobra.Command, _ []string, _ string) []string {
			store, _, err := openStore(cmd, dir, "")
			if err != nil {
				return nil
			}
			ids, _ := store.Releases()
			return ids
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needStore(cmd, dir); err != nil {
				return err
			}
			if with.release == "" {
				return usage("usage: "+cmd.UseLine(), "%s: no --key, the file of a secret key of minisign", cmd.CommandPath())
			}
			if err := waitable(wait); err != nil {
				return err
			}
			keys, err := a.keys(with)
			if err != nil {
				return err
			}
			p := newProgress(a.stderr, false, 0)
			o := pipeline.Signing{Store: dir, Keys: keys, Wait: wait, Progress: p.step}
			if len(args) > 0 {
				o.Release = args[0]
			}
			signed, err := pipeline.Sign(o)
			p.end()
			if err != nil {
				return err
			}
			if format == formJSON {
				return a.json(map[string]any{"store": dir, "key": keys.Release.ID(), "signed": append([]string{}, signed...)})
			}
			for _, id := range signed {
				a.line("%s: signed by the key %s", id, keys.Release.ID())
			}
			if len(signed) == 0 {
				a.line("%s: nothing to sign, it is signed already", dir)
				return nil
			}
			a.line("%s in %s", report.Plural(len(signed), "signature"), filepath.Join(dir, "log"))
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	with.flags(cmd, "key")
	waitFlag(cmd, &wait)
	formatFlag(cmd, &format, formJSON)
	return cmd
}
