package ingest

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/table"
)

// A Reading tells how far several extracts are read that are read at once.
type Reading struct {
	Total int64 // bytes of all

	lock sync.Mutex
	done []int64 // of each
	tell func(done, total int64)
}

// NewReading begins to read extracts. tell is called with what is read of all.
func NewReading(found []Found, tell func(done, total int64)) *Reading {
	r := &Reading{done: make([]int64, len(found)), tell: tell}
	for _, f := range found {
		if info, err := os.Stat(f.Path); err == nil {
			r.Total += info.Size()
		}
	}
	return r
}

// At tells that one of them is read as far as that: all are read only once
// somebody else says so.
func (r *Reading) At(extract int, done int64) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.done[extract] = done
	all := int64(0)
	for _, n := range r.done {
		all += n
	}
	r.tell(min(all, r.Total-1), r.Total)
}

// Matched replaces the patterns among the names of variables by those of a file,
// see codebook.Match; a file is read for them alone.
func Matched(s Source, names []string, except string, limits Limits) (found, absent []string, err error) {
	if !codebook.Patterns(names) {
		return names, nil, nil
	}
	e, err := Scan(s, []string{}, limits, nil, func(*table.Table) error { return nil })
	if err != nil {
		return nil, nil, err
	}
	found, absent = codebook.Match(names, e.Names, except)
	return found, absent, nil
}

// WhyNotNumbers says which cells keep a variable of a file from being numbers.
func WhyNotNumbers(s Source, name string, limits Limits) string {
	const shown = 3
	e, err := Read(s, []string{name}, limits, nil)
	if err != nil {
		return "is text, want numbers"
	}
	first, count := e.NotNumbers(name, shown)
	if count == 0 {
		return "is text, want numbers"
	}
	cells := make([]string, len(first))
	for i, cell := range first {
		cells[i] = cell.String()
	}
	are := "cells are not, such as"
	if count == 1 {
		are = "cell is not:"
	}
	return fmt.Sprintf("want numbers: %d %s %s", count, are, strings.Join(cells, ", "))
}
