package publish

import (
	"bytes"
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
)

// pair makes keys from a byte, and not by chance.
func pair(t *testing.T, seed byte) (*SecretKey, PublicKey, KeyPair) {
	t.Helper()
	p, err := NewKey("", bytes.NewReader(bytes.Repeat([]byte{seed}, 64)))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := DecodeSecretKey(p.Secret, "")
	if err != nil {
		t.Fatal(err)
	}
	public, err := DecodePublicKey(p.Public)
	if err != nil {
		t.Fatal(err)
	}
	if secret.ID() != p.ID || public.ID() != p.ID {
		t.Errorf("ids %s, %s and %s of one pair", p.ID, secret.ID(), public.ID())
	}
	return secret, public, p
}

func TestDecodeSecretKey(t *testing.T) {
	_, _, p := pair(t, 1)
	text := string(p.Secret)
	line := strings.Split(text, "\n")[1]
	raw, err := base64.StdEncoding.DecodeString(line)
	if err != nil {
		t.Fatal(err)
	}
	raw[70] ^= 1 // of the seed
	for _, c := range []struct {
		name, text, want string
	}{
		{"as it is written", text, ""},
		{"without its comment", line, ""},
		{"with returns", strings.ReplaceAll(text, "\n", "\r\n"), ""},
		{"the public one", string(p.Public), "no secret key of minisign"},
		{"nothing", "", "no secret key of minisign"},
		{"cut", text[:len(text)-9], "no secret key of minisign"},
		{"with one bit of another seed", base64.StdEncoding.EncodeToString(raw), "the key is damaged: what it signs is not verified by its public half"},
	} {
		_, err := DecodeSecretKey([]byte(c.text), "")
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := DecodePublicKey([]byte(strings.Split(string(p.Public), "\n")[1])); err != nil {
		t.Errorf("a public key on a line: %v", err)
	}
	for name, text := range map[string]string{"the secret one": text, "nothing": "", "cut": string(p.Public)[:60]} {
		if _, err := DecodePublicKey([]byte(text)); err == nil {
			t.Errorf("%s is a public key", name)
		}
	}
}

// Signing is of the present bytes, once, and harms nothing.
func TestSign(t *testing.T) {
	s := two(t)
	const first, second = "2002-05-01.1", "2004-05-01.1"
	key, public, _ := pair(t, 1)
	other, _, _ := pair(t, 2)
	before := tree(t, s.path(releasesName))
	for _, want := range []bool{true, false} {
		if signed, err := s.Sign(first, key); err != nil || signed != want {
			t.Errorf("signed: %v, %v", signed, err)
		}
	}
	if _, err := s.Sign(first, other); err != nil {
		wants(t, err, refusal.Usage, "signed by the key "+key.ID()+", want "+other.ID())
	} else {
		t.Error("signed by two keys")
	}
	if _, err := s.Sign(second, key); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, tree(t, s.path(releasesName))); diff != "" {
		t.Error(diff)
	}
	found, ps := s.Signatures(releases(t, s), []PublicKey{public})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	want := []Signature{{first, key.ID(), "release " + first + " sha256 " + digestOf(t, s, first), true}, {second, key.ID(), "release " + second + " sha256 " + digestOf(t, s, second), true}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	// What was changed since is not signed again by the same key.
	rewrite(t, s.path(logName, first+signatureEnds), swap("trusted comment: release", "trusted comment: Release"))
	_, err := s.Sign(first, key)
	wants(t, err, refusal.Integrity, "not what the key "+key.ID()+" signed")
}

func digestOf(t *testing.T, s *Store, id string) string {
	t.Helper()
	r, err := s.Release(id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Digest
}

// A key whose id another one was given does not hide that one: anybody can choose
// an id.
func TestSignaturesOfOneID(t *testing.T) {
	s := two(t)
	key, public, p := pair(t, 1)
	_, _, q := pair(t, 2)
	raw := func(p KeyPair) []byte {
		data, err := base64.StdEncoding.DecodeString(strings.Split(string(p.Public), "\n")[1])
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	forged, err := DecodePublicKey([]byte(base64.StdEncoding.EncodeToString(append(raw(p)[:10:10], raw(q)[10:]...))))
	if err != nil || forged.ID() != public.ID() {
		t.Fatal(err)
	}
	for _, id := range releases(t, s) {
		if _, err := s.Sign(id, key); err != nil {
			t.Fatal(err)
		}
	}
	if _, ps := s.Signatures(releases(t, s), []PublicKey{forged, public}); len(ps) > 0 {
		t.Error(ps)
	}
	_, ps := s.Signatures(releases(t, s)[:1], []PublicKey{forged})
	wants(t, ps.Err(), refusal.Integrity, "not what the key "+key.ID()+" signed")
}

func TestSignatureFiles(t *testing.T) {
	s := two(t)
	key, public, _ := pair(t, 1)
	const id = "2004-05-01.1"
	if _, err := s.Sign(id, key); err != nil {
		t.Fatal(err)
	}
	path := s.path(logName, id+signatureEnds)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		edit func(string) string
		want string
	}{
		{"longer than minisign reads", func(text string) string { return text + strings.Repeat("\n", 20<<10) }, "want 16384 at most"},
		{"cut", func(text string) string { return text[:len(text)/2] }, "no signature of minisign"},
		{"of another algorithm", swap("\nRU", "\nRV"), "no signature of minisign"},
		{"as if it were not prehashed", swap("\nRU", "\nRW"), "not what the key"},
	} {
		rewrite(t, path, c.edit)
		_, ps := s.Signatures([]string{id}, []PublicKey{public})
		wants(t, ps.Err(), refusal.Integrity, c.want)
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	_, ps := s.Signatures([]string{id}, nil)
	wants(t, ps.Err(), refusal.Integrity, "found a folder, want a file")
}
