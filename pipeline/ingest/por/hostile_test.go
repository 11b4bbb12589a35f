package por

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// headerBytes is about where the records of a file begin: after 464
// characters and their line ends.
const headerBytes = 480

// TestDamage: a file that is cut before the Z that ends its cases is refused
// with the place; one that is cut after it is what it was.
func TestDamage(t *testing.T) {
	files := corpus(t)
	for i := range files {
		files[i].Header = headerBytes + 1000 // every byte up to there: records are short
	}
	tested(Limits{}).Damage(t, files, func(file *hostile.File, data []byte, f, whole *File) error {
		if len(data) <= len(bytes.TrimRight(file.Data, "Z\r\n")) {
			return errors.New("cut before its end, it is read")
		}
		if f.Table.Rows != whole.Table.Rows {
			return fmt.Errorf("%d rows, want %d", f.Table.Rows, whole.Table.Rows)
		}
		return nil
	})
}
