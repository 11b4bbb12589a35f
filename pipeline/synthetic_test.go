package pipeline_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/seeds"
)

// made has what is made once for all tests, which none may change.
var made string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "pipeline-made")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(folder)
		made = folder
		return m.Run()
	}())
}

var builtIn = sync.OnceValues(func() (*indicator.Catalogue, error) { return indicator.LoadCatalogue(indicators.Files) })

// embedded is the catalogue that is built in. Its fields are the test's own; the
// pages behind them are those of every test.
func embedded(t testing.TB) *indicator.Catalogue {
	t.Helper()
	c, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	own := *c
	return &own
}

var synthetic = sync.OnceValues(func() (string, error) {
	c, err := builtIn()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(made, "extracts")
	return folder, errors.Join(seeds.Write(folder, c.Codebook, c.Crosswalks), seeds.WriteReturns(folder, c.Series))
})

// syntheticExtracts is the folder of the extracts and returns of the seeds.
func syntheticExtracts(t testing.TB) string {
	t.Helper()
	folder, err := synthetic()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

var syntheticOnce struct {
	sync.Mutex
	out *pipeline.Outcome
}

// syntheticStore is the store of a release of them, by the catalogue that is built in.
func syntheticStore(t testing.TB) (store string, out *pipeline.Outcome) {
	t.Helper()
	store = filepath.Join(made, "store")
	syntheticOnce.Lock()
	defer syntheticOnce.Unlock()
	if syntheticOnce.out == nil {
		syntheticOnce.out = run(t, pipeline.Options{Catalogue: embedded(t), Extracts: syntheticExtracts(t), Store: store})
	}
	return store, syntheticOnce.out
}
