package publish

import (
	"fmt"
	"regexp"
	"strings"

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
