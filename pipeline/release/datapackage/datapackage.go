// Package datapackage has the parts of a datapackage.json, a Frictionless Tabular Data Package
// by version 1 of the standard: what a release has beside an indicator's files, and what is
// pulled. Each adds keys of its own between the head and the resources.
package datapackage

import (
	"regexp"
	"strings"
)

// A Head begins a package.
type Head struct {
	Profile     string    `json:"profile"`
	Name        string    `json:"name"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Version     string    `json:"version"`
	Keywords    []string  `json:"keywords"`
	Licences    []Licence `json:"licenses,omitempty"`
	Sources     []Source  `json:"sources,omitempty"`
}

// A Licence is one of the data's.
type Licence struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// A Source is what data were made from.
type Source struct {
	Title string `json:"title"`
}

// A File begins a resource: a table as CSV, by its path within the package.
type File struct {
	Profile     string `json:"profile"`
	Name        string `json:"name"`
	Path        string `json:"path"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Format      string `json:"format"`
	MediaType   string `json:"mediatype"`
	Encoding    string `json:"encoding"`
	Bytes       int64  `json:"bytes"`
	Hash        string `json:"hash"`
}

// A Dialect is how CSV is written.
type Dialect struct {
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
	DoubleQuote    bool   `json:"doubleQuote"`
	Header         bool   `json:"header"`
}

// CSV is the dialect of sheet.CSV.
var CSV = Dialect{Delimiter: ",", LineTerminator: "\n", DoubleQuote: true, Header: true}

// NewHead begins a package with its licences and sources, by their titles.
func NewHead(name, title, description, version string, licences, sources []string) Head {
	h := Head{Profile: "tabular-data-package", Name: name, Title: title, Description: description, Version: version}
	for _, l := range licences {
		h.Licences = append(h.Licences, Licence{Slug(l), l})
	}
	for _, s := range sources {
		h.Sources = append(h.Sources, Source{s})
	}
	return h
}

// NewFile is a table's CSV of so many bytes, with their SHA-256.
func NewFile(name, path, title, description string, bytes int64, digest string) File {
	return File{
		Profile: "tabular-data-resource", Name: name, Path: path, Title: title, Description: description,
		Format: "csv", MediaType: "text/csv", Encoding: "utf-8", Bytes: bytes, Hash: "sha256:" + digest,
	}
}

var notSlug = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// Slug is a name in the letters that a package allows.
func Slug(text string) string {
	if s := strings.Trim(notSlug.ReplaceAllString(text, "-"), "-"); s != "" {
		return s
	}
	return "other"
}
