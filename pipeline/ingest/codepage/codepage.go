// Package codepage is what readers of several formats know of text that is not
// in UTF-8: it is in windows-1252.
package codepage

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// undefined are the bytes that windows-1252 gives no character.
const undefined = "\x81\x8D\x8F\x90\x9D"

// Undefined says that some byte has no meaning in windows-1252.
func Undefined(b []byte) bool {
	for i := range len(undefined) {
		if bytes.IndexByte(b, undefined[i]) >= 0 {
			return true
		}
	}
	return false
}

// ASCII says that every byte is of ASCII.
func ASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.LittleEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Windows1252 returns text of windows-1252 as UTF-8.
func Windows1252(text string) string {
	if ASCII([]byte(text)) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		b.WriteRune(charmap.Windows1252.DecodeByte(text[i]))
	}
	return b.String()
}
