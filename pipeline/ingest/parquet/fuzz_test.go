package parquet

import (
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
)

// What is held of files, of their footers and of the codebook in their
// metadata, mutations_test.go says.

func FuzzFile(f *testing.F)     { hostile.Fuzz(f, fileTarget(f)) }
func FuzzFooter(f *testing.F)   { hostile.Fuzz(f, footerTarget(f)) }
func FuzzCodebook(f *testing.F) { hostile.Fuzz(f, codebookTarget(f)) }
