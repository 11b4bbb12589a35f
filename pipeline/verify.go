package pipeline

import (
	"time"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/publish"
)

// A Verification says which store is held against its seals, and how far.
type Verification struct {
	Store     string
	Deep      bool                 // tables are read, and audited
	Catalogue *indicator.Catalogue // of what depends on what, for the audit
	Wait      time.Duration        // for a run that has the store
	Waits     func()               // is called where there is one
	Trusted   publish.Trusted      // from elsewhere
}

// Verify holds a store against its seals, and keeps runs out meanwhile. With Deep it
// plays the attacker against every release, too: what can be had is of kind Succession.
// Then it holds it against what comes from elsewhere.
func Verify(v Verification) (*publish.Verified, *publish.Anchored, error) {
	store, err := publish.Existing(v.Store)
	if err != nil {
		return nil, nil, err
	}
	end, err := store.Hold(v.Wait, v.Waits)
	if err != nil {
		return nil, nil, err
	}
	defer end()
	held, err := store.Verify(v.Deep)
	if err == nil && v.Deep {
		err = auditAll(v.Catalogue, store)
	}
	if err != nil {
		return nil, nil, err
	}
	anchored, err := store.Anchor(held, v.Trusted)
	return held, anchored, err
}
