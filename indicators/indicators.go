// Package indicators embeds the catalogue that the command is built with.
// README.md describes the formats; an analyst changes the files, not this.
package indicators

import "embed"

// Files is the catalogue: codebook.yaml, disclosure.yaml, crosswalks/,
// definitions/, returns/, evaluations/ and geography.csv.
//
//go:embed *.yaml geography.csv crosswalks definitions returns evaluations
var Files embed.FS

// Method is the numbered log of the judgements behind the figures, as Markdown.
//
//go:embed METHOD.md
var Method []byte
