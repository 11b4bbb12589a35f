package hostile

import (
	"os"
	"slices"
	"sort"
	"testing"
)

// A File is one of a corpus, to be damaged. Header is how many of its bytes
// come before its rows.
type File struct {
	Name   string
	Data   []byte
	Header int
}

// What Damage does to each file: it is cut at every byte of its header and at
// this many places after it, and this many of its bits are turned, one at a time,
// half of them in the header.
const (
	cuts  = 200
	flips = 2_000
)

// Damage checks damaged files: all of them where TWC_HOSTILE is "all", or else
// about as many as few says, evenly of each file and always the same. Check is as a Target's; cut says
// that the file is cut short. An input that breaks a claim is kept as those of
// Mutations are, under the target's name.
func Damage(t *testing.T, name string, few uint64, files []File, check func(f *File, damaged []byte, cut bool) error) {
	t.Helper()
	d := &damage{files: files, stride: 1}
	for i := range files {
		f := &files[i]
		f.Header = min(f.Header, len(f.Data))
		d.after = append(d.after, d.total+uint64(f.Header+cuts+flips))
		d.total = d.after[i]
	}
	executions := d.total
	if os.Getenv("TWC_HOSTILE") != "all" {
		executions = min(executions, few)
	}
	if executions == 0 {
		t.Fatal("no files")
	}
	d.stride = d.total / executions
	r := &run{seed: 1, executions: d.total / d.stride, most: MostBytes}
	r.Target = Target{Name: name, Check: func(data []byte, number uint64) error {
		f, at := d.place(number)
		return check(f, data, at < f.Header+cuts)
	}}
	for _, f := range files {
		r.Seeds = append(r.Seeds, f.Data)
	}
	r.maker = func() maker { return &damager{damage: d} }
	r.all(t)
}

// A damage is all damaged files of a corpus, numbered.
type damage struct {
	files  []File
	after  []uint64 // of each file, the number after its last
	total  uint64
	stride uint64
}

// place returns the file of an execution and which of its damages it is.
func (d *damage) place(number uint64) (f *File, at int) {
	n := number * d.stride
	i := sort.Search(len(d.after), func(i int) bool { return d.after[i] > n })
	f = &d.files[i]
	return f, int(n - (d.after[i] - uint64(f.Header+cuts+flips)))
}

// A damager damages files, one after the other in one buffer.
type damager struct {
	*damage
	data []byte
}

func (d *damager) make(number uint64) []byte {
	f, at := d.place(number)
	d.data = append(d.data[:0], f.Data...)
	random := Random(f.Name, uint64(at))
	switch after := len(f.Data) - f.Header; {
	case at < f.Header:
		return d.data[:at]
	case at < f.Header+cuts:
		return d.data[:f.Header+random.IntN(max(after, 1))]
	case len(f.Data) > 0:
		n := len(f.Data)
		if at%2 == 0 && f.Header > 0 {
			n = f.Header
		}
		d.data[random.IntN(n)] ^= 1 << random.IntN(8)
	}
	return slices.Clip(d.data)
}
