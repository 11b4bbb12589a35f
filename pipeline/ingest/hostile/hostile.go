// Package hostile gives the tests of the readers their damaged files: random
// mutations of good ones, each made again from a seed and a number, and guards
// of the time and memory that reading one takes.
package hostile

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"togetherwecan/pipeline/table"
)

// What reading one damaged input may take: longer is a hang, and more, with
// twice the input's size, a burst of memory.
const (
	MostTime  = 5 * time.Second
	MostBytes = 64 << 20
)

// A Target is a reader, or the grammar of a part of a file. Check reads data,
// which it may not keep, and returns the claim that does not hold, or nil: an
// input that is refused is as good as one that is read. Number is that of the
// execution, for a claim that costs too much to hold every time. Check is called by
// several goroutines at once.
type Target struct {
	Name   string
	Seeds  [][]byte
	Tokens []string // that the grammar knows, for mutations to put in
	Few    uint64   // executions of a run that asks for none, 3,000 for 0
	Check  func(data []byte, number uint64) error
}

// few is how many executions of each target a run makes that asks for none,
// unless the target says otherwise.
const few = 3_000

// Mutations runs each target on mutations of its seeds: a few, always the
// same, or as many as TWC_MUTATIONS says, from the seed TWC_SEED or one of the
// clock. An input that breaks a claim is written to testdata/mutations, which
// Found runs from then on.
func Mutations(t *testing.T, targets ...Target) {
	executions, seed := uint64(0), uint64(1)
	if setting := os.Getenv("TWC_MUTATIONS"); setting != "" {
		executions, seed = number(t, setting), uint64(time.Now().UnixNano())
		// Inputs are small and short-lived: collect them less often.
		defer debug.SetGCPercent(debug.SetGCPercent(800))
	}
	if setting := os.Getenv("TWC_SEED"); setting != "" {
		seed = number(t, setting)
	}
	for _, target := range targets {
		t.Run(target.Name, func(t *testing.T) {
			found(t, target)
			r := &run{Target: target, seed: seed, executions: executions, most: MostBytes}
			if r.executions == 0 {
				r.executions = cmp.Or(target.Few, few)
			}
			r.maker = func() maker { return newMutator(target.Seeds, target.Tokens, seed) }
			r.all(t)
		})
	}
}

func number(t *testing.T, text string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// found checks the inputs that broke a claim of the target once.
func found(t *testing.T, target Target) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "mutations", file(target.Name)+"-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var broken error
		took := Allocated(func() { broken = check(target, data, 0) })
		if broken == nil && took > MostBytes+2*uint64(len(data)) {
			broken = fmt.Errorf("%d bytes of memory for %d of input", took, len(data))
		}
		if broken != nil {
			t.Errorf("%s: %v", name, broken)
		}
	}
}

func file(name string) string { return strings.ReplaceAll(name, " ", "_") }

// check calls the target, and returns a panic as a claim that does not hold.
func check(target Target, data []byte, number uint64) (broken error) {
	defer func() {
		if r := recover(); r != nil {
			broken = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return target.Check(data, number)
}

// batch is how many executions are between two looks at the memory taken.
const batch = 32

// A maker makes the input of an execution, valid until the next.
type maker interface{ make(number uint64) []byte }

// A run is a target's executions, numbered from 0.
type run struct {
	Target
	maker      func() maker // one for each goroutine
	seed       uint64
	executions uint64
	most       uint64 // bytes that one may take, besides its own twice
	next       atomic.Uint64
	alone      sync.RWMutex // held to measure one execution without others
	failures   atomic.Int64
}

// mostFailures is how many broken claims end a run.
const mostFailures = 5

func (r *run) all(t *testing.T) {
	if len(r.Seeds) == 0 {
		t.Fatal("no seeds")
	}
	workers := make([]*worker, runtime.GOMAXPROCS(0))
	began := time.Now()
	var done sync.WaitGroup
	for i := range workers {
		w := &worker{run: r, made: r.maker(), sample: []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}}
		workers[i] = w
		done.Go(func() { w.work(t) })
	}
	stop := make(chan struct{})
	go r.watch(workers, stop)
	done.Wait()
	close(stop)
	took, slowest := time.Since(began), time.Duration(0)
	for _, w := range workers {
		slowest = max(slowest, w.slowest)
	}
	t.Logf("seed %d: %d executions of %d seeds, %.0f a second, the slowest %v", r.seed, r.executions, len(r.Seeds),
		float64(r.executions)/took.Seconds(), slowest.Round(time.Microsecond))
}

// A worker makes executions, a batch at a time.
type worker struct {
	*run
	made    maker
	sample  []metrics.Sample
	slowest time.Duration
	began   atomic.Int64  // of the execution that is running, or 0
	current atomic.Uint64 // its number
}

func (w *worker) work(t *testing.T) {
	for w.failures.Load() < mostFailures {
		from := w.next.Add(batch) - batch
		if from >= w.executions {
			return
		}
		to := min(from+batch, w.executions)
		w.alone.RLock()
		before := w.allocated()
		for n := from; n < to; n++ {
			data := w.made.make(n)
			start := time.Now()
			w.current.Store(n)
			w.began.Store(start.UnixNano())
			broken := check(w.Target, data, n)
			w.began.Store(0)
			w.slowest = max(w.slowest, time.Since(start))
			if broken != nil {
				w.fail(t, n, data, broken)
			}
		}
		much := w.allocated()-before > w.most
		w.alone.RUnlock()
		if much {
			w.measure(t, from, to)
		}
	}
}

func (w *worker) allocated() uint64 {
	metrics.Read(w.sample)
	return w.sample[0].Value.Uint64()
}

// measure makes executions again, one by one and with no others, to see which
// takes too much memory.
func (w *worker) measure(t *testing.T, from, to uint64) {
	w.alone.Lock()
	defer w.alone.Unlock()
	for n := from; n < to; n++ {
		data := w.made.make(n)
		if took := Allocated(func() { _ = check(w.Target, data, n) }); took > w.most+2*uint64(len(data)) {
			w.fail(t, n, data, fmt.Errorf("%d bytes of memory for %d of input", took, len(data)))
		}
	}
}

// Peak is the most memory in use, beyond what was before, at one batch of
// every few that a scan gives.
func Peak(t *testing.T, every int, scan func(each func(*table.Table) error) error) uint64 {
	t.Helper()
	runtime.GC() // a pool gives back what it holds at the second collection
	before, most, batches := Heap(), uint64(0), 0
	err := scan(func(*table.Table) error {
		if batches++; batches%every == 0 {
			now := Heap()
			most = max(most, now-min(before, now))
		}
		return nil
	})
	if err != nil || batches < every {
		t.Fatalf("%d batches: %v", batches, err)
	}
	return most
}

// Heap is the memory in use.
func Heap() uint64 {
	var now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&now)
	return now.HeapAlloc
}

// Allocated returns the bytes of memory that f takes in all, given back or
// not, with those of whatever else runs.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func (r *run) fail(t *testing.T, n uint64, data []byte, broken error) {
	if r.failures.Add(1) <= mostFailures {
		t.Errorf("TWC_SEED=%d, execution %d: %v\nthe input is in %s", r.seed, n, broken, r.keep(data))
	}
}

// keep writes an input to the folder of those found.
func (r *run) keep(data []byte) string {
	sum := sha256.Sum256(data)
	name := filepath.Join("testdata", "mutations", fmt.Sprintf("%s-%x", file(r.Name), sum[:6]))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err.Error()
	}
	if err := os.WriteFile(name, data, 0o666); err != nil {
		return err.Error()
	}
	return name
}

// watch ends the program, with the stack of every goroutine, where an
// execution hangs: nothing else ends it.
func (r *run) watch(workers []*worker, stop chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		for _, w := range workers {
			n := w.current.Load()
			began := w.began.Load()
			if began != 0 && time.Since(time.Unix(0, began)) > MostTime && w.current.Load() == n {
				debug.SetTraceback("all")
				name := r.keep(r.maker().make(n))
				panic(fmt.Sprintf("TWC_SEED=%d, execution %d of %s: longer than %v; the input is in %s", r.seed, n, r.Name, MostTime, name))
			}
		}
	}
}

// Fuzz is a fuzz target of Go's own engine, from the target's seeds.
func Fuzz(f *testing.F, target Target) {
	if len(target.Seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, seed := range target.Seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if broken := target.Check(data, 0); broken != nil {
			t.Fatal(broken)
		}
	})
}
