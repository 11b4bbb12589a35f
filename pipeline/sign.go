package pipeline

import (
	"slices"
	"time"

	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
)

// Signing says what to sign in a store that is published already.
type Signing struct {
	Store    string
	Release  string // id, "" for every release that has no signature
	Keys     publish.Keys
	Wait     time.Duration // for a run that has the store; then it is refused
	Progress func(Step)
}

// Sign takes a store, verifies it and signs its releases and its log. What does not
// verify is not signed.
func Sign(o Signing) (v publish.Vouched, err error) {
	store, err := publish.Existing(o.Store)
	if err != nil {
		return v, err
	}
	end, err := store.Begin(o.Wait, func() { Options{Progress: o.Progress}.progress()(Step{"wait for another run to end", 0, 1}) })
	if err != nil {
		return v, err
	}
	defer end()
	if _, err := store.Verify(false); err != nil {
		return v, err
	}
	if o.Release != "" {
		if _, err := store.Release(o.Release); err != nil {
			return v, err
		}
		return store.Vouch([]string{o.Release}, o.Keys)
	}
	ids, err := store.Unsigned()
	if err != nil {
		return v, err
	}
	return store.Vouch(ids, o.Keys)
}

// vouch signs the release that a run made or, where nothing changed, found without
// a signature, and the log.
func vouch(store *publish.Store, out *Outcome, keys publish.Keys) error {
	if keys.Release == nil && keys.Log == nil {
		return nil
	}
	unsigned, err := store.Unsigned()
	if err != nil {
		return err
	}
	ids := []string{out.Release}
	if !slices.Contains(unsigned, out.Release) {
		ids = nil
	}
	out.Vouched, err = store.Vouch(ids, keys)
	ps := refusal.Of(err, refusal.Disk)
	for i := range ps {
		ps[i].What += "; " + out.Release + " is published, and not signed as it should be"
		ps[i].Hint = "twc sign signs it later"
	}
	return ps.Err()
}
