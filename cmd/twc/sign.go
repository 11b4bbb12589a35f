package main

import (
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/publish"
)

func (a *app) sign() *cobra.Command {
	var dir, format string
	var with signing
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "sign --store DIR [--key FILE] [--log-key FILE] [RELEASE]",
		Short: "Sign releases that were published, and their log",
		Long: `Signs a release or, where none is named, every one that has no signature: first
the store is verified. What is signed is release.json, which has the digest of every
other file, so that the signature is of all of them. It is put into the store's log/,
beside the release and not in it, and nothing of the release is changed.

The key is a secret key of minisign; "twc run --sign" signs as it publishes. twc
verify --public-key checks a signature, and so does minisign itself:

  minisign -Vm store/releases/ID/release.json -x store/log/ID.minisig -p FILE.pub

--log-key signs the log's checkpoint, and writes a proof beside every release that has
none: log/ID.tlog-proof says, alone and offline, that the release is in the log that
the key signed (c2sp.org/tlog-proof@v1).`,
		Example: `  twc sign --store store --key department.key
  twc sign --store store --log-key log.key
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
			if with.release == "" && with.log == "" {
				return usage("usage: "+cmd.UseLine(), "%s: no --key, the file of a secret key of minisign, and no --log-key", cmd.CommandPath())
			}
			if with.release == "" && len(args) > 0 {
				return usage("usage: "+cmd.UseLine(), "%s: no --key to sign %s with; the log is of all releases", cmd.CommandPath(), args[0])
			}
			if err := waitable(wait); err != nil {
				return err
			}
			if _, err := publish.Existing(dir); err != nil { // before a password is asked for
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
				return a.json(map[string]any{"store": dir, "signed": append([]string{}, signed.Releases...), "log": append([]string{}, signed.Log...)})
			}
			for _, id := range signed.Releases {
				a.line("%s: signed by the key %s", id, keys.Release.ID())
			}
			for _, path := range signed.Log {
				a.line("%s", filepath.Join(dir, "log", path))
			}
			if len(signed.Releases)+len(signed.Log) == 0 {
				a.line("%s: nothing to sign, it is signed already", dir)
			}
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	with.flags(cmd, "key")
	waitFlag(cmd, &wait)
	formatFlag(cmd, &format, formJSON)
	return cmd
}
