SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

export GOFLAGS := -buildvcs=false

TWC   := .build/twc
TOOLS := .build/gofumpt .build/staticcheck .build/unparam

.PHONY: run returns test check format vet lint tidy race fuzz hostile bench bench-readers bench-estimate bench-run bench-returns coverage build hooks clean

# The main job: synthetic extracts, a release from them, its headline, and the
# plan on a page.
run: build
	rm -rf .build/extracts .build/store
	$(TWC) seed .build/extracts
	$(TWC) run .build/extracts --store .build/store
	$(TWC) show influence-local --store .build/store
	$(TWC) plan --store .build/store

# Real returns, in a release of their own.
returns: build
	rm -rf .build/returns
	$(TWC) run testdata/returns --store .build/returns
	for indicator in election-turnout first-time-entrants-pnc first-time-entrants-pnc-change smoking parish-clerks-qualified; do \
		echo; $(TWC) show $$indicator --store .build/returns; \
	done

test:
	go test ./...

# Everything that a change must pass.
check: format vet lint tidy race

build:
	go build -o $(TWC) ./cmd/twc

format: .build/gofumpt
	@found="$$($< -l cmd indicators pipeline seeds)"; \
	if [ -n "$$found" ]; then echo "not formatted (gofumpt -w):"; echo "$$found"; exit 1; fi

vet:
	go vet ./...

lint: .build/staticcheck .build/unparam
	.build/staticcheck -checks all ./...
	.build/unparam ./...

tidy:
	go mod tidy -diff
	go mod verify

race:
	go test -race -shuffle=on -timeout 20m ./...

# Linters have a module file of their own, so that they do not move the
# versions that the program is built with.
.build/gofumpt: cmd/tools.mod
	go build -modfile=$< -o $@ mvdan.cc/gofumpt
.build/staticcheck: cmd/tools.mod
	go build -modfile=$< -o $@ honnef.co/go/tools/cmd/staticcheck
.build/unparam: cmd/tools.mod
	go build -modfile=$< -o $@ mvdan.cc/unparam

# Each fuzz target for a while: make fuzz FUZZTIME=10m
FUZZTIME ?= 30s
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' pipeline seeds | while read -r file; do \
		for target in $$(grep -o '^func Fuzz[A-Za-z]*' $$file | cut -c6-); do \
			go test -run xxx -fuzz "^$$target$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file); \
		done; \
	done

bench:
	go test -run xxx -bench . -benchmem ./pipeline/...

# Every file of the readers' corpus, cut at every byte of its dictionary and
# flipped 2,000 times.
hostile:
	TWC_HOSTILE=all go test -run 'TestDamage$$' -timeout 0 ./pipeline/ingest/...

# Side by side with other programs; the README of each says what it needs.
bench-readers:
	go run ./cmd/bench/readers
bench-estimate:
	go run ./cmd/bench/estimate
bench-run:
	go run ./cmd/bench/run
bench-returns:
	go run ./cmd/bench/returns

# How often the intervals hold the truth: the table of method 22.
coverage:
	TWC_COVERAGE=10000 go test -timeout 60m -run TestCoverage -v ./pipeline/estimate

hooks:
	git config core.hooksPath .githooks

clean:
	rm -rf .build
