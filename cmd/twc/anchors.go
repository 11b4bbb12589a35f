package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/report"
)

// anchors are what a reader has from elsewhere than from a store, to hold it
// against.
type anchors struct {
	keyFiles, checkpoints []string
	publish.Trusted
}

func (x *anchors) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&x.Digest, "expect", "", "`digest` of a release that was kept: the chain must have it")
	cmd.Flags().StringArrayVar(&x.keyFiles, "public-key", nil, "`file` of a public key of minisign, by which every release must be signed, or of the log, by which it and a proof of every release must be; one of several where it is given again")
	cmd.Flags().StringArrayVar(&x.checkpoints, "checkpoint", nil, "`file` of a checkpoint of the log that was kept, or of a proof: the log must go on from it; repeatable")
}

// read takes what the flags name.
func (x *anchors) read() error {
	if x.Digest != "" {
		digest, err := publish.DecodeDigest(x.Digest)
		if err != nil {
			return usage("twc verify prints the digest of the newest release", "--expect %s: %v", x.Digest, err)
		}
		x.Digest = digest
	}
	for _, name := range x.keyFiles {
		text, err := ingest.Text(name, name, mostKey)
		if err != nil {
			return err
		}
		if key, err := publish.DecodePublicKey(text); err == nil {
			x.Releases = append(x.Releases, key)
			continue
		}
		key, err := publish.DecodeLogPublicKey(text)
		if err != nil {
			return usage("twc key makes one, NAME.pub, as minisign -G does", "--public-key %s: no public key of minisign, and none of a log", name)
		}
		x.Log = append(x.Log, key)
	}
	for _, name := range x.checkpoints {
		kept, err := publish.ReadKept(name)
		if err != nil {
			return usage("the checkpoint of a store is its log/checkpoint", "--checkpoint %s: %v", name, err)
		}
		x.Checkpoints = append(x.Checkpoints, kept)
	}
	return nil
}

// tellAnchored says what was found.
func (a *app) tellAnchored(x *anchors, found *publish.Anchored) {
	by := map[string][]string{}
	var keys []string
	for _, s := range found.Signatures {
		if s.Key == "" {
			continue
		}
		if by[s.Key] == nil {
			keys = append(keys, s.Key)
		}
		by[s.Key] = append(by[s.Key], s.Release)
	}
	for _, key := range slices.Sorted(slices.Values(keys)) {
		held := "the signatures hold"
		if len(x.Releases) == 0 {
			held = "not checked, which --public-key does"
		}
		a.line("%s signed by the key %s: %s", report.Plural(len(by[key]), "release"), key, held)
	}
	if l := found.Log; l != nil {
		a.line("log %s: %s, as the releases have them", l.Origin, report.Plural(int(l.Size), "entry"))
		switch {
		case len(l.Keys) > 0:
			a.line("  signed by %s, as are %s: the signatures hold", strings.Join(l.Keys, ", "), report.Plural(len(l.Proofs), "proof"))
		case len(l.Proofs) > 0:
			a.line("  %s: signatures not checked, which --public-key does", report.Plural(len(l.Proofs), "proof"))
		}
	}
	for _, g := range found.Checkpoints {
		a.line("%s, of %s: the log goes on from it, %s came since", g.Checkpoint, report.Plural(int(g.Size), "entry"), report.Plural(int(g.Since), "entry"))
	}
	a.line("newest: %s, whose release.json has the SHA-256", found.Newest)
	a.line("  %s", found.Digest)
	switch held := found.Expected; {
	case held == nil:
	case held.Since == 0:
		a.line("that is the digest that was expected")
	default:
		a.line("the digest that was expected is that of %s; %s came since", held.Release, report.Plural(held.Since, "release"))
	}
}
