SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

export GOFLAGS := -buildvcs=false

TWC   := .build/twc

# What twc --version says: a build has no stamps of its own, so that it is the same
# in every folder. Without git, or of a source that is not as committed, it says so.
COMMIT ?= $(shell git rev-parse HEAD 2>/dev/null)$(if $(shell git status --porcelain 2>/dev/null),+changes)
TAG    ?= $(shell git describe --tags --exact-match 2>/dev/null)
STAMPS := -X main.commit=$(COMMIT) -X main.tag=$(TAG)

TOOLS := .build/gofumpt .build/staticcheck .build/unparam

.PHONY: run returns pages test check dist dist-again vet-systems format vet lint tidy race fuzz hostile attack rot processes engines crash kills edits proof campaign papers bench bench-papers bench-readers bench-estimate bench-run bench-returns bench-verify coverage build hooks clean

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

# The site of that store, every page of it read, and each kind of page in a browser:
# TWC_READERS names the folder in which testdata/readers was installed by npm.
SITE := $(CURDIR)/.build/site
pages: build
	$(TWC) site $(SITE) --store .build/store --base-url https://www.example.org/twc/
	TWC_SITE=$(SITE) TWC_READERS="$${TWC_READERS:-$(CURDIR)/.build/readers}" go test -count=1 -run 'TestWholeSite|TestPages' -v ./pipeline

test:
	go test ./...

# Everything that a change must pass.
check: format vet lint tidy race

build:
	go build -ldflags='$(STAMPS)' -o $(TWC) ./cmd/twc

# What is handed out: the program for each system, the licences of what is in it,
# and SHA256SUMS. One source gives the same bytes wherever and whenever it is
# built: the compiler is the one of go.mod, and nothing of the machine is left in.
SYSTEMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
DIST    := .build/dist
GO      := go$(shell sed -n 's/^go //p' go.mod)
SHIP    := GOTOOLCHAIN=$(GO) CGO_ENABLED=0 GOAMD64=v1 GOARM64=v8.0 GOFIPS140=off GOEXPERIMENT= go build -trimpath -ldflags='-s -w $(STAMPS)'
SHA256  := $(shell command -v sha256sum || echo shasum -a 256)

dist:
	rm -rf $(DIST)
	mkdir -p $(DIST)
	for system in $(SYSTEMS); do \
		export GOOS=$${system%/*} GOARCH=$${system#*/}; end=; \
		if [ $$GOOS = windows ]; then end=.exe; fi; \
		$(SHIP) -o $(DIST)/twc-$$GOOS-$$GOARCH$$end ./cmd/twc; \
	done
	cp LICENSE $(DIST)/LICENSE
	modules="$$(for system in $(SYSTEMS); do \
		GOOS=$${system%/*} GOARCH=$${system#*/} go list -deps -f '{{with .Module}}{{if not .Main}}{{.}} {{.Dir}}{{end}}{{end}}' ./cmd/twc; \
	done | LC_ALL=C sort -u)"; \
	{ echo "# Go, $(GO)"; cat "$$(GOTOOLCHAIN=$(GO) go env GOROOT)/LICENSE"; while read -r name version folder; do \
		printf '\n# %s %s\n' "$$name" "$$version"; cat "$$folder"/LICENSE*; \
		for notice in "$$folder"/NOTICE*; do if [ -e "$$notice" ]; then cat "$$notice"; fi; done; \
	done <<<"$$modules"; } > $(DIST)/LICENSES-OF-OTHERS
	cd $(DIST) && $(SHA256) * > SHA256SUMS && cat SHA256SUMS

# The same bytes again, from a copy of the source in another folder, on another
# day, with nothing kept of the build before. One system, no machine's here, stands for all.
dist-again:
	rm -rf .build/again
	mkdir -p .build/again
	tar -cf - --exclude=./.build --exclude=./.git . | tar -xmf - -C .build/again
	GOCACHE="$(CURDIR)/.build/again/cache" $(MAKE) -C .build/again dist COMMIT='$(COMMIT)' TAG='$(TAG)' SYSTEMS='windows/amd64'
	cd .build/again/.build/dist && grep -E ' (twc-windows-amd64.exe|LICENSE)$$' ../../../dist/SHA256SUMS | $(SHA256) -c
	rm -rf .build/again

# The tests too are of every system: here they are read by the compiler alone.
vet-systems:
	for system in darwin/arm64 windows/amd64; do GOOS=$${system%/*} GOARCH=$${system#*/} CGO_ENABLED=0 go vet -trimpath ./...; done

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

# Left to make test: long sums of one thread, and waiting for other programs, in which there is nothing to race.
race:
	go test -race -shuffle=on -timeout 30m -skip '^Test(CoverageOfQuantiles|DirectFormula|DecomposeAsSurvey|GoldenFigures|Explanations|Pulled(Values|Types|Workbook))$$' ./...

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

# The attacker against 1,000 made-up systems of tables, 10,000 exchanges of two respondents
# that nobody may see, as tables and as whole releases, and 150 pairs of releases by each
# policy of which one has a respondent fewer.
attack:
	TWC_ATTACK=all go test -run 'TestAttack|TestEveryWorld|TestNobodyIsSeen' -timeout 0 -v ./pipeline/disclose
	TWC_ATTACK=all go test -run 'TestOneRespondentFewer|TestExchange' -timeout 0 -v ./pipeline

# 10,000 random lists of edits of a release, of which a diff must say exactly what
# they did.
edits:
	TWC_EDITS=all go test -run 'TestEdits$$' -v ./pipeline/release

# Bits that are other than they were, in every file of a store of twenty releases: 20 in
# each. TWC_SEED tries again those of a run that failed.
rot:
	TWC_ROT=20 go test -run TestBitRot -timeout 0 -v ./pipeline/publish

# The scripts with each command in a process of its own, which most of them are spared.
processes:
	TWC_PROCESSES=all go test -run TestScript -timeout 20m ./cmd/twc

# The tallies of DuckDB, PostgreSQL and ClickHouse beside our own: every question, and more
# shards. make test asks each engine one question.
engines:
	TWC_ENGINES=all TWC_READERS="$${TWC_READERS:-$(CURDIR)/.build/readers}" go test -count=1 -run TestEngines -timeout 20m ./pipeline

# Whatever a disk may lose of a publication when its power goes, at each of its changes,
# and with each sync taken away.
crash:
	TWC_CRASH=all go test -run 'TestCrash$$|TestFaultAtEveryStep|TestEverySyncIsNeeded' -timeout 0 -v ./pipeline/publish

# 500 runs that are killed while they publish, at random. TWC_SEED tries again those of
# a run that failed, as far as time repeats itself.
kills:
	TWC_KILLS=500 go test -run TestKills -timeout 0 -v ./cmd/twc

# That a search finds the choices that a published table was made by, and none for a table of
# something else: every choice of every question.
proof:
	TWC_PROOF=all go test -run TestExplanations -v ./pipeline

# Random files, designs and questions, asked of R's survey as well: at least 200,000
# numbers, each kind of difference named. SEED tries one again.
campaign:
	go run ./cmd/bench/campaign $(if $(SEED),-seed $(SEED))

# R's numbers of the tables of testdata/papers, made again.
papers:
	go run ./cmd/bench/papers -numbers

# Side by side with other programs; the README of each says what it needs.
bench-readers:
	go run ./cmd/bench/readers
bench-estimate:
	go run ./cmd/bench/estimate
bench-run:
	go run ./cmd/bench/run
bench-returns:
	go run ./cmd/bench/returns
bench-verify:
	go run ./cmd/bench/verify
bench-papers:
	go run ./cmd/bench/papers

# How often the intervals hold the truth: the table of method 22.
coverage:
	TWC_COVERAGE=10000 go test -timeout 60m -run TestCoverage -v ./pipeline/estimate

hooks:
	git config core.hooksPath .githooks

clean:
	rm -rf .build
