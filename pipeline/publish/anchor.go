package publish

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"togetherwecan/pipeline/refusal"
)

// A Standing is where in the chain a digest stands that was kept outside of the store.
type Standing struct {
	Release string `json:"release"` // whose release.json it is the SHA-256 of
	Since   int    `json:"since"`   // releases that came after it
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// DecodeDigest reads a SHA-256 as programs print it: 64 hexadecimal digits of
// either case.
func DecodeDigest(text string) (string, error) {
	digest := strings.ToLower(text)
	if !sha256Hex.MatchString(digest) {
		return "", fmt.Errorf("%d characters, want a whole SHA-256: 64 hexadecimal digits", len(text))
	}
	return digest, nil
}

// Expect finds the release that a digest is of. As each release holds the digest
// of the one before, a digest that is anywhere in the chain vouches for the
// releases up to it. A store without it is of kind Integrity.
func (s *Store) Expect(digest string) (Standing, error) {
	c, ps := s.chain()
	if err := ps.Err(); err != nil {
		return Standing{}, err
	}
	found, newest := Standing{}, "it has none"
	for i, l := range c.links {
		if l.digest == digest {
			found = Standing{Release: l.id, Since: len(c.links) - 1 - i}
		}
		newest = fmt.Sprintf("the newest, %s, has %s", l.id, l.digest)
	}
	if found.Release == "" {
		return found, refusal.Problems{{
			Kind: refusal.Integrity, Where: s.dir, What: fmt.Sprintf("no release has the digest %s that was kept; %s", digest, newest),
			Hint: "the release that it was of, or one before it, was replaced or removed; or the digest is of another store",
		}}
	}
	return found, nil
}

// Trusted is what a reader has from elsewhere than from a store, to hold it against.
type Trusted struct {
	Digest      string          // of a release's release.json, "" for none
	Releases    []PublicKey     // of minisign, by one of which every release is signed
	Log         []note.Verifier // by one of which the log is, and a proof of every release
	Checkpoints []Kept          // of the log
}

// Anchored is what was found of it in a store.
type Anchored struct {
	Newest      string      `json:"newest"`
	Digest      string      `json:"digest"`   // of its release.json
	Expected    *Standing   `json:"expected"` // nil where no digest was
	Signatures  []Signature `json:"signatures"`
	Log         *Log        `json:"log"` // nil where there is none
	Checkpoints []Growth    `json:"checkpoints"`
}

// Anchor holds a store that was verified, and is held, against what comes from
// elsewhere, and finds everything that does not hold, of kind Integrity.
func (s *Store) Anchor(verified *Verified, by Trusted) (*Anchored, error) {
	var ids []string
	for _, r := range verified.Releases {
		ids = append(ids, r.Release)
	}
	newest := verified.Releases[len(ids)-1]
	a := &Anchored{Newest: newest.Release, Digest: newest.Digest}
	var all refusal.Problems
	if by.Digest != "" {
		standing, err := s.Expect(by.Digest)
		a.Expected, all = &standing, refusal.Of(err, refusal.Integrity)
	}
	var ps refusal.Problems
	a.Signatures, ps = s.Signatures(ids, by.Releases)
	all = append(all, ps...)
	a.Log, ps = s.Log(by.Log)
	all = append(all, ps...)
	a.Checkpoints, ps = s.Extends(by.Checkpoints, by.Log)
	return a, append(all, ps...).Err()
}
