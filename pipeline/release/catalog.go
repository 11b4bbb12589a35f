package release

import "togetherwecan/pipeline/codebook"

// CatalogFormat names the layout of catalog.json that FORMAT.md describes.
const CatalogFormat = "togetherwecan-catalog/1"

// A Catalog is catalog.json: what a store holds, oldest release first. It
// says nothing that the releases and notices do not say, and is rebuilt from them.
type Catalog struct {
	Format    string        `json:"format"` // CatalogFormat
	Current   string        `json:"current"`
	Synthetic bool          `json:"synthetic"`
	Releases  []Entry       `json:"releases"`
	Notices   []NoticeEntry `json:"notices"` // in the order of their numbers
}

// An Entry is one release of a catalogue.
type Entry struct {
	ID         string              `json:"id"`
	Digest     string              `json:"digest"`   // SHA-256 of its release.json
	Previous   string              `json:"previous"` // id, "" for the first
	Reason     string              `json:"reason"`
	Sources    []codebook.SourceID `json:"sources"`
	Indicators []EntryVersion      `json:"indicators"`
}

// An EntryVersion is one indicator of a release in a catalogue.
type EntryVersion struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Version  string `json:"version"`
	Class    Class  `json:"class"`
	Reason   string `json:"reason"`
	Identity string `json:"identity"`
}

// Add appends a release, which follows the last, and makes it the current
// one.
func (c *Catalog) Add(id, digest string, m *Manifest, l *Labels) {
	e := Entry{ID: id, Digest: digest, Previous: c.Current, Reason: m.Reason}
	for _, s := range m.Sources {
		e.Sources = append(e.Sources, s.ID)
	}
	for _, x := range m.Indicators {
		e.Indicators = append(e.Indicators, EntryVersion{x.ID, l.Indicator(x.ID).Title, x.Version, x.Class, x.Reason, x.Identity})
	}
	c.Current, c.Synthetic = id, m.Synthetic
	c.Releases = append(c.Releases, e)
}

// Encode returns catalog.json. Equal catalogues have equal bytes.
func (c *Catalog) Encode() []byte {
	full := *c
	full.Format = CatalogFormat
	full.Releases, full.Notices = filled(c.Releases), filled(c.Notices)
	for i := range full.Releases {
		e := &full.Releases[i]
		e.Sources, e.Indicators = filled(e.Sources), filled(e.Indicators)
	}
	return EncodeJSON(&full)
}
