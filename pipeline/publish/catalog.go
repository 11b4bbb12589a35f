package publish

import (
	"errors"
	"io/fs"
	"os"

	"togetherwecan/pipeline/release"
)

// catalog rebuilds catalog.json from the store's releases, and a new one that
// is not in its place yet unless it is nil.
func (s *Store) catalog(id string, next *Release) ([]byte, error) {
	c, ps := s.chain()
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s.catalogOf(idsOf(c.all()), id, next)
}

// catalogOf is catalog.json where the store has these releases.
func (s *Store) catalogOf(ids []string, id string, next *Release) ([]byte, error) {
	var c release.Catalog
	for _, old := range ids {
		r, err := s.open(old)
		if err != nil {
			return nil, err
		}
		c.Add(old, r.Digest, r.Manifest, r.Labels)
	}
	if next != nil {
		c.Add(id, next.Digest, next.Manifest, next.Labels)
	}
	var err error
	if c.Notices, err = s.notices(); err != nil {
		return nil, err
	}
	return c.Encode(), nil
}

// notices lists the store's notices by path.
func (s *Store) notices() ([]string, error) {
	entries, err := os.ReadDir(s.path(noticesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, s.disk(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, noticesName+"/"+e.Name())
	}
	return names, nil
}
