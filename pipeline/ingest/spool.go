package ingest

import (
	"io"
	"os"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// StandardInput is how an extract is named that has no file.
const StandardInput = "standard input"

// Spool is a source of what a stream gives: it is kept in a temporary file until
// remove is called, because formats are read from their end, or twice. Such a
// source names its reader, for want of an extension. The error is
// refusal.Problems.
func (s Source) Spool(in io.Reader, limits Limits) (of Source, remove func(), err error) {
	s.Name, s.Where = StandardInput, StandardInput
	if s.Reader == "" || s.Reader == Any {
		var known []string
		for _, r := range readers {
			known = append(known, r.name)
		}
		return s, nil, refusal.Problems{{Kind: refusal.Usage, Where: s.Name, What: "has no extension that tells its reader", Hint: "name it with --reader: " + strings.Join(known, ", ")}}
	}
	if _, err := s.reader(s.Name, nil); err != nil {
		return s, nil, err
	}
	file, err := os.CreateTemp("", "twc-*")
	if err != nil {
		return s, nil, unwritten("the temporary folder", err)
	}
	remove = func() { _ = os.Remove(file.Name()) }
	most := limits.orDefault().Bytes
	n, err := io.Copy(file, io.LimitReader(in, most+1))
	if closed := file.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		err = unreadable(s.Name, err)
	case n > most:
		err = problem(s.Name, "more than %d bytes", most)
	}
	if err != nil {
		remove()
		return s, nil, err
	}
	s.Path = file.Name()
	return s, remove, nil
}
