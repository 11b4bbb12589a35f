package release

import _ "embed" // FORMAT.md

// FormatText is FORMAT.md, which goes into every release so that a release
// can be read without anything else.
//
//go:embed FORMAT.md
var FormatText string
