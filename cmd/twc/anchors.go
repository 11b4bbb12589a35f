package main

import (
	"slices"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

// Anchors are what a reader has from elsewhere than from a store, to hold it
// against.
type anchors struct {
	digest     string
	keyFiles   []string
	publicKeys []publish.PublicKey
}

func (x *anchors) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&x.digest, "expect", "", "`digest` of a release that was kept: the chain must have it")
	cmd.Flags().StringArrayVar(&x.keyFiles, "public-key", nil, "`file` of a minisign public key: every release must have a signature of it, or of another one that is named; repeatable")
}

// read takes what the flags name.
func (x *anchors) read() error {
	if x.digest != "" {
		digest, err := publish.DecodeDigest(x.digest)
		if err != nil {
			return usage("twc verify prints the digest of the newest release", "--expect %s: %v", x.digest, err)
		}
		x.digest = digest
	}
	for _, name := range x.keyFiles {
		text, err := ingest.Text(name, name, mostKey)
		if err != nil {
			return err
		}
		key, err := publish.DecodePublicKey(text)
		if err != nil {
			return usage("minisign -G and twc key make one, NAME.pub", "--public-key %s: %v", name, err)
		}
		x.publicKeys = append(x.publicKeys, key)
	}
	return nil
}

// Anchored is what was found of them in a store.
type anchored struct {
	Newest     string              `json:"newest"`
	Digest     string              `json:"digest"`   // of its release.json
	Expected   *publish.Standing   `json:"expected"` // nil where no digest was
	Signatures []publish.Signature `json:"signatures"`
}

// hold holds a store against them, and finds everything that does not hold.
func (x *anchors) hold(store *publish.Store, verified *publish.Verified) (*anchored, error) {
	var ids []string
	for _, r := range verified.Releases {
		ids = append(ids, r.Release)
	}
	newest := verified.Releases[len(ids)-1]
	found := &anchored{Newest: newest.Release, Digest: newest.Digest}
	var fault error
	if x.digest != "" {
		held, err := store.Expect(x.digest)
		found.Expected, fault = &held, err
	}
	signatures, ps := store.Signatures(ids, x.publicKeys)
	found.Signatures = signatures
	return found, append(refusal.Of(fault, refusal.Integrity), ps...).Err()
}

// tellAnchored says what was found.
func (a *app) tellAnchored(x *anchors, found *anchored) {
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
		if len(x.publicKeys) == 0 {
			held = "not checked, which --public-key does"
		}
		a.line("%s signed by the key %s: %s", report.Plural(len(by[key]), "release"), key, held)
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
