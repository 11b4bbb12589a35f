// Package report tells a release to a reader at a terminal: an indicator's
// figures and changes as tables with footnotes, and what a run made of its
// waves. It writes what it is given, and reads nothing.
package report
