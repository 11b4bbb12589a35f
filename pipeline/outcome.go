package pipeline

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release"
)

// An Outcome is what a run did.
type Outcome struct {
	Release   string                         // id of the release: the new one, or the current one where nothing changed
	Folder    string                         // of that release, below the store
	Published bool                           // a new release was made
	Manifest  *release.Manifest              // of that release
	Labels    *release.Labels                // of what was read in this run, and of what was carried over
	Sources   []release.Source               // read in this run; those carried over are in the manifest
	Absent    map[codebook.SourceID][]string // optional variables that the extract does not have
	Lacks     []indicator.Lack               // what could not be computed, and what it would need
	Large     []release.Change               // of returns: changes beyond what their series expect
	Statuses  map[string]int                 // figures of the release by status, "" for those with a value
}
