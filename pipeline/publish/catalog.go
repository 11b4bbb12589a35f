package publish

import "togetherwecan/pipeline/release"

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
	notices, err := s.Notices()
	if err != nil {
		return nil, err
	}
	return s.catalogWith(ids, notices, id, next)
}

// catalogWith is catalog.json where the store has these releases and notices.
func (s *Store) catalogWith(ids []string, notices []release.NoticeEntry, id string, next *Release) ([]byte, error) {
	c := release.Catalog{Notices: notices}
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
	return c.Encode(), nil
}
