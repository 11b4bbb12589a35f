package publish

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// One bit that is another than it was, in any file of a store, is found, and the file
// is named and no other, but that SHA256SUMS may be taken for the manifest. TWC_ROT is how many bits of each file of a store of twenty
// releases are tried: make rot.
func TestBitRot(t *testing.T) {
	bits, count := 1, 3
	if n, err := strconv.Atoi(os.Getenv("TWC_ROT")); err == nil {
		bits, count = n, 20
	}
	seed := uint64(time.Now().UnixNano())
	if n, err := strconv.ParseUint(os.Getenv("TWC_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("TWC_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	s := open(t, filepath.Join(t.TempDir(), "store"))
	publish(t, s, "2002-05-01", whole("2001"))
	announce(t, s, release.Notice{Kind: release.Withdrawal, Issued: "2002-06-01", Reason: "weights", Affects: &release.Scope{}, Since: &release.Named{ID: "2002-05-01.1"}})
	for i := 1; i < count; i++ {
		publish(t, s, strconv.Itoa(2002+i)+"-05-01", whole("2001", "2003"))
	}
	files := stateOf(t, s.dir)
	tried := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		if strings.HasSuffix(name, "/") || text == "" { // a folder, or the lock
			continue
		}
		places := bits
		if base := filepath.Base(name); !strings.Contains(name, "/") || base == sumsName || base == manifestName || base == keyName {
			places *= 4 // of which every part means something
		}
		for range places {
			bit := r.IntN(8 * len(text))
			bad := []byte(text)
			bad[bit/8] ^= 1 << (bit % 8)
			path := s.path(filepath.FromSlash(name))
			// What is sealed may not be written to: another file takes its place.
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, path, string(bad))
			tried++
			err := verified(s, false)
			if err == nil {
				t.Errorf("%s, bit %d: not found", name, bit)
			}
			// Where SHA256SUMS and a manifest do not agree, either may be the one.
			or := strings.TrimSuffix(name, sumsName) + manifestName
			for _, p := range refusal.Of(err, 0) {
				if p.Kind != refusal.Integrity || p.Where != name && (filepath.Base(name) != sumsName || p.Where != or) {
					t.Errorf("%s, bit %d: found %v, of kind %d", name, bit, p, p.Kind)
				}
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, path, text)
		}
	}
	if err := verified(s, true); err != nil {
		t.Errorf("as it was: %v", err)
	}
	t.Logf("%d bits of %d files and folders", tried, len(files))
}
