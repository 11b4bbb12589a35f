package por

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// headerBytes is about where the records of a file begin: after 464
// characters and their line ends.
const headerBytes = 480

// TestDamage cuts and turns bits of every file of the corpus. A file that is
// cut before the Z that ends its cases is refused with the place; one that is
// cut after it is what it was. With a bit turned it is refused or a table: a
// bit of a number makes another number.
func TestDamage(t *testing.T) {
	var files []hostile.File
	whole := map[string]*File{}
	ends := map[string]int{}
	for _, name := range corpus(t) {
		data := load(t, name)
		f, err := readBytes(data)
		if err != nil {
			t.Fatal(err)
		}
		// Every byte up to the first 1,500: records are short.
		files = append(files, hostile.File{Name: name, Data: data, Header: headerBytes + 1000})
		whole[name] = f
		ends[name] = len(bytes.TrimRight(data, "Z\r\n"))
	}
	hostile.Damage(t, "file", 20_000, files, func(file *hostile.File, data []byte, cut bool) error {
		f, err := readBytes(data)
		if broken := sound(f, err); broken != nil || !cut {
			return broken
		}
		w := whole[file.Name]
		switch {
		case len(data) == len(file.Data):
			return err
		case err != nil && !strings.Contains(err.Error(), "byte "):
			return fmt.Errorf("no place in %w", err)
		case err != nil:
			return nil
		case len(data) <= ends[file.Name]:
			return errors.New("cut before its end, it is read")
		case f.Table.Rows != w.Table.Rows:
			return fmt.Errorf("%d rows, want %d", f.Table.Rows, w.Table.Rows)
		}
		return hostile.Differ(f.Table, w.Table)
	})
}
