package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"aead.dev/minisign"
	"golang.org/x/mod/sumdb/note"

	"togetherwecan/pipeline/refusal"
)

// Signatures of releases are minisign's, and lie outside of what they sign.
const signatureEnds = ".minisig"

// A SecretKey signs releases.
type SecretKey struct{ key minisign.PrivateKey }

// Sealed says whether a minisign secret key has a password.
func Sealed(text []byte) bool { return minisign.IsEncrypted(text) }

// DecodeSecretKey reads a secret key as minisign writes it, with the password of
// one that has one, which takes a second and a gigabyte of memory.
func DecodeSecretKey(text []byte, password string) (*SecretKey, error) {
	var k SecretKey
	if Sealed(text) {
		var err error
		if k.key, err = minisign.DecryptKey(password, text); err != nil {
			return nil, errors.New("the password is wrong, or the key is damaged")
		}
	} else if err := k.key.UnmarshalText(bytes.TrimSpace(text)); err != nil {
		return nil, errors.New("no secret key of minisign")
	}
	if _, err := k.sign([]byte("a key that is whole verifies what it signs"), "whole"); err != nil {
		return nil, err
	}
	return &k, nil
}

// ID is the key's, as minisign prints it.
func (k *SecretKey) ID() string { return keyID(k.key.ID()) }

func keyID(id uint64) string { return fmt.Sprintf("%X", id) }

// sign signs a message, whose hash is signed as minisign does by default: the same
// bytes always.
func (k *SecretKey) sign(message []byte, comment string) ([]byte, error) {
	r := minisign.NewReader(bytes.NewReader(message))
	if _, err := io.Copy(io.Discard, r); err != nil {
		return nil, err
	}
	signature := r.SignWithComments(k.key, comment, "signature of release.json by minisign key "+k.ID())
	if public, ok := k.key.Public().(minisign.PublicKey); !ok || !minisign.Verify(public, message, signature) {
		return nil, errors.New("the key is damaged: what it signs is not verified by its public half")
	}
	return signature, nil
}

// A PublicKey verifies what its secret half signed.
type PublicKey struct{ key minisign.PublicKey }

// DecodePublicKey reads a public key: minisign's file, or its second line.
func DecodePublicKey(text []byte) (PublicKey, error) {
	var k PublicKey
	if err := k.key.UnmarshalText(bytes.TrimSpace(text)); err != nil {
		return k, errors.New("no public key of minisign")
	}
	return k, nil
}

// ID is the key's, as minisign prints it.
func (k PublicKey) ID() string { return keyID(k.key.ID()) }

// A KeyPair is two keys as minisign's files have them.
type KeyPair struct {
	ID             string
	Secret, Public []byte
}

// NewKey makes a pair of keys by chance. Where the password is "" the secret one
// has none, and whoever has it can sign.
func NewKey(password string, random io.Reader) (KeyPair, error) {
	public, key, err := minisign.GenerateKey(random)
	if err != nil {
		return KeyPair{}, err
	}
	p := KeyPair{ID: keyID(key.ID())}
	if password == "" {
		p.Secret, err = key.MarshalText()
	} else {
		p.Secret, err = minisign.EncryptKey(password, key)
	}
	if err == nil {
		p.Public, err = public.MarshalText()
	}
	p.Secret, p.Public = append(p.Secret, '\n'), append(p.Public, '\n')
	return p, err
}

// A Signature is that of a release.
type Signature struct {
	Release string `json:"release"`
	Key     string `json:"key"`     // the id of the key that it names; "" where the release has none
	Comment string `json:"comment"` // which is signed, too
	Holds   bool   `json:"holds"`   // a key that was given verifies it
}

// comment is what is signed beside a release: of which one the file is, in which
// there is no day, so that the same is signed always.
func comment(id, digest string) string { return fmt.Sprintf("release %s sha256 %s", id, digest) }

func signaturePath(id string) string { return logName + "/" + id + signatureEnds }

// Sign signs a release, unless it is signed with the key already: it says whether
// it did. Who calls has the store, of which the release was verified. One that
// another key signed is refused, of kind Usage.
func (s *Store) Sign(id string, key *SecretKey) (signed bool, err error) {
	where := releasesName + "/" + id
	message, err := s.file(where, manifestName)
	if err != nil {
		return false, err
	}
	was, err := s.signature(id)
	public, _ := key.key.Public().(minisign.PublicKey)
	switch {
	case err != nil:
		return false, err
	case was != nil && was.of.KeyID != public.ID():
		return false, refusal.Problems{{
			Kind: refusal.Usage, Where: signaturePath(id), What: fmt.Sprintf("signed by the key %s, want %s", keyID(was.of.KeyID), key.ID()),
			Hint: "a release has one signature: who wants another one removes the file",
		}}
	case was != nil:
		return false, was.verify(id, message, PublicKey{public})
	}
	r, err := s.Release(id)
	if err != nil {
		return false, err
	}
	text, err := key.sign(message, comment(id, r.Digest))
	if err != nil {
		return false, err
	}
	err = s.writeLog(id+signatureEnds, text)
	return err == nil, err
}

// A signatureFile is the signature of a release as it is on the disk.
type signatureFile struct {
	text []byte
	of   minisign.Signature
}

// signature reads that of a release; nil where it has none.
func (s *Store) signature(id string) (*signatureFile, error) {
	const most = 16 << 10 // minisign reads comments of 8 KiB and of 1 KiB
	text, err := readFile(s.path(logName, id+signatureEnds))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.disk(err)
	}
	f := &signatureFile{text: text}
	if len(text) > most {
		return nil, s.refuse(refusal.Integrity, signaturePath(id), "%d bytes, want %d at most", len(text), most)
	}
	if err := f.of.UnmarshalText(text); err != nil {
		return nil, s.refuse(refusal.Integrity, signaturePath(id), "no signature of minisign: %s", strings.TrimPrefix(err.Error(), "minisign: "))
	}
	return f, nil
}

// verify holds the signature of a release against its manifest by the key that it
// names.
func (f *signatureFile) verify(id string, manifest []byte, key PublicKey) error {
	refuse := func(format string, args ...any) error {
		return refusal.Problems{{Kind: refusal.Integrity, Where: signaturePath(id), What: fmt.Sprintf(format, args...)}}
	}
	if of, ok := strings.CutPrefix(f.of.TrustedComment, "release "); ok && !strings.HasPrefix(of, id+" ") {
		return refuse("the signature of another release: its comment is %.120q", f.of.TrustedComment)
	}
	if minisign.Verify(key.key, manifest, f.text) {
		return nil
	}
	return refuse("not what the key %s signed: release.json, the signature or its comment was changed", key.ID())
}

// Signatures lists the signature of each release, oldest first, held against the
// keys that are given. Where some are given, a release without a signature, with
// that of another key, or with one that does not hold is a problem of kind
// Integrity.
func (s *Store) Signatures(ids []string, keys []PublicKey) ([]Signature, refusal.Problems) {
	var all []Signature
	var ps refusal.Problems
	for _, id := range ids {
		found := Signature{Release: id}
		f, err := s.signature(id)
		ps = append(ps, refusal.Of(err, refusal.Integrity)...)
		if f != nil {
			found.Key, found.Comment = keyID(f.of.KeyID), f.of.TrustedComment
		}
		if len(keys) > 0 && err == nil {
			problem := s.signedBy(id, f, keys)
			ps = append(ps, problem...)
			found.Holds = len(problem) == 0
		}
		all = append(all, found)
	}
	return all, ps
}

// signedBy holds the signature of a release, nil for none, against the keys.
func (s *Store) signedBy(id string, f *signatureFile, keys []PublicKey) refusal.Problems {
	var names []string
	var fault error
	for _, key := range keys {
		names = append(names, key.ID())
		if f == nil || key.key.ID() != f.of.KeyID { // which any key can be given
			continue
		}
		message, err := s.file(releasesName+"/"+id, manifestName)
		if err == nil {
			err = f.verify(id, message, key)
		}
		if err == nil {
			return nil
		}
		fault = err
	}
	wanted := strings.Join(names, " or ")
	switch {
	case fault != nil:
		return refusal.Of(fault, refusal.Integrity)
	case f == nil:
		return refusal.Problems{{
			Kind: refusal.Integrity, Where: signaturePath(id), What: "missing: the release is not signed, want the signature of " + wanted,
			Hint: "twc sign --store DIR --key FILE signs the releases that are not signed",
		}}
	}
	return refusal.Problems{{Kind: refusal.Integrity, Where: signaturePath(id), What: fmt.Sprintf("signed by the key %s, want %s", keyID(f.of.KeyID), wanted)}}
}

// Keys are what a store is signed with; a nil one signs nothing.
type Keys struct {
	Release *SecretKey  // of minisign
	Log     note.Signer // of the log
}

// Unsigned lists the releases that have no signature, oldest first.
func (s *Store) Unsigned() ([]string, error) {
	ids, err := s.Releases()
	if err != nil {
		return nil, err
	}
	all, ps := s.Signatures(ids, nil)
	var unsigned []string
	for _, found := range all {
		if found.Key == "" {
			unsigned = append(unsigned, found.Release)
		}
	}
	return unsigned, ps.Err()
}

// Vouched is what was signed that was not before.
type Vouched struct {
	Releases []string
	Log      []string // files of the log: its checkpoint, and proofs
}

// Vouch signs releases, and the log, with the keys. It takes the store, unless the run
// has it since it began: it does not where it made the store.
func (s *Store) Vouch(ids []string, keys Keys) (v Vouched, err error) {
	if keys.Release == nil && keys.Log == nil {
		return v, nil
	}
	if !s.taken {
		end, err := s.Begin(0, nil)
		if err != nil {
			return v, err
		}
		defer end()
	}
	for _, id := range ids {
		if keys.Release == nil {
			break
		}
		signed, err := s.Sign(id, keys.Release)
		if err != nil {
			return v, err
		}
		if signed {
			v.Releases = append(v.Releases, id)
		}
	}
	if keys.Log != nil {
		v.Log, err = s.signLog(keys.Log)
	}
	return v, err
}
