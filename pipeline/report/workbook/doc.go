// Package workbook makes of a dataset a workbook for people: a cover, contents, notes, and
// for each measure a sheet of figures, of changes and of evidence, as the British
// government's guidance on accessible spreadsheets has it. What is on the sheets is said
// once, in a Book; XLSX and ODS write it, each the same bytes for the same dataset.
package workbook
