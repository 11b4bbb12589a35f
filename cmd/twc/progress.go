package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/report"
)

// progress shows how far a run has come: bars on a terminal, one line for
// each piece of work otherwise, nothing when quiet.
type progress struct {
	to         *output
	quiet      bool
	terminal   bool
	indicators int // estimated, for the plain line
	name       string
	bar        *progressbar.ProgressBar
}

func newProgress(to *output, quiet bool, indicators int) *progress {
	return &progress{to: to, quiet: quiet, indicators: indicators, terminal: to.terminal() != nil && os.Getenv("TERM") != "dumb"}
}

// step hears of each step, one at a time.
func (p *progress) step(s pipeline.Step) {
	if p.quiet {
		return
	}
	if s.Name != p.name {
		p.end()
		p.name = s.Name
		if !p.terminal {
			fmt.Fprintln(p.to, report.Line(p.line(s)))
			return
		}
		p.bar = p.newBar(s)
	}
	if p.bar != nil {
		_ = p.bar.Set64(s.Done) // a bar that cannot be drawn is no reason to stop
	}
}

// line is a piece of work in words.
func (p *progress) line(s pipeline.Step) string {
	if s.Name == "estimate" && p.indicators > 0 {
		return "estimate " + report.Plural(p.indicators, "indicator")
	}
	return s.Name
}

func (p *progress) newBar(s pipeline.Step) *progressbar.ProgressBar {
	return progressbar.NewOptions64(s.Total,
		progressbar.OptionSetWriter(p.to.to), // which it moves the cursor of
		progressbar.OptionSetDescription(fmt.Sprintf("%-28s", report.Line(p.line(s)))),
		progressbar.OptionShowBytes(strings.HasPrefix(s.Name, "read ")),
		progressbar.OptionSetWidth(24),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(60*time.Millisecond),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░"}),
	)
}

// end leaves the bar that is being drawn, so that what follows begins a line.
func (p *progress) end() {
	if p.bar != nil {
		fmt.Fprintln(p.to)
		p.bar = nil
	}
}

// reading shows how far the reading of one file has come: a bar on a terminal,
// nothing elsewhere, where show is nil.
func (a *app) reading(s ingest.Source) (show func(done, total int64), end func()) {
	p := newProgress(a.stderr, false, 0)
	if !p.terminal {
		return nil, func() {}
	}
	name := "read " + s.Called()
	return func(done, total int64) { p.step(pipeline.Step{Name: name, Done: done, Total: total}) }, p.end
}
