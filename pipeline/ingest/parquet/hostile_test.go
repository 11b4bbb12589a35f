package parquet

import (
	"errors"
	"fmt"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// TestDamage cuts and turns bits of files of each type of column. A file that
// is cut anywhere is refused: its footer is at its end. With a bit turned
// it is refused or a table: a bit of a number makes another number.
func TestDamage(t *testing.T) {
	var files []hostile.File
	for i, data := range seedFiles(t) {
		files = append(files, hostile.File{Name: fmt.Sprint("file ", i), Data: data, Header: len(data)})
	}
	hostile.Damage(t, "file", 3_000, files, func(file *hostile.File, data []byte, cut bool) error {
		f, err := read(data, most)
		if broken := sound(f, err); broken != nil {
			return broken
		}
		if cut && len(data) < len(file.Data) && err == nil {
			return errors.New("cut, it is read")
		}
		return nil
	})
}
