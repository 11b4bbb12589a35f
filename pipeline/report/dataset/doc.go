// Package dataset makes the tidy tables that a reader takes away: of one release, what
// a department, region, measure, strand or indicator has. Files, workbook and pages are
// made of it.
//
// What a column is called, holds and is measured in is said once, where the release says
// it (release.FigureColumns and the others) or here; words stand beside codes, and each
// variable that figures are divided by has a column, with the code Total where a row is
// not divided by it.
package dataset
