package publish

import (
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/refusal"
)

func TestDecodeDigest(t *testing.T) {
	const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // of nothing
	for _, c := range []struct {
		name, text, want string
	}{
		{"as sha256sum prints it", digest, digest},
		{"as Get-FileHash prints it", strings.ToUpper(digest), digest},
		{"its beginning", digest[:63], ""},
		{"with its line feed", digest + "\n", ""},
		{"with a letter that is no digit", "g" + digest[1:], ""},
		{"nothing", "", ""},
	} {
		got, err := DecodeDigest(c.text)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: got %q, %v", c.name, got, err)
		}
	}
}

func TestExpect(t *testing.T) {
	s := two(t)
	for i, id := range []string{"2002-05-01.1", "2004-05-01.1"} {
		r, err := s.Release(id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Expect(r.Digest); err != nil || got != (Standing{Release: id, Since: 1 - i}) {
			t.Errorf("%s: got %+v, %v", id, got, err)
		}
	}
	const none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	_, err := s.Expect(none)
	wants(t, err, refusal.Integrity, "no release has the digest "+none+" that was kept; the newest, 2004-05-01.1, has "+current(t, s).Digest)
	_, err = open(t, filepath.Join(t.TempDir(), "store")).Expect(none)
	wants(t, err, refusal.Integrity, "it has none")
}
