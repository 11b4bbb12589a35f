package report

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unsafe says whether a letter would do something to a terminal or a page other than
// to stand in its place: move the cursor, begin a line or a sequence, or turn the
// direction of what is around it. These are the controls of C0 and C1, the separators
// of lines and paragraphs, and Unicode's controls of direction (UAX #9).
func unsafe(r rune) bool {
	return unicode.IsControl(r) || r > unicode.MaxLatin1 && (unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029')
}

// Clean is text as a page shows it: what is unsafe is a space where it is one, and else
// U+FFFD, as is a byte that is no letter. Ends of lines and tabs stay.
func Clean(text string) string {
	return replace(text, func(r rune) bool { return unsafe(r) && r != '\n' && r != '\t' })
}

// Line is text as one line of a page shows it: as Clean has it, and a space for every
// end of a line or tab.
func Line(text string) string { return replace(text, unsafe) }

func replace(text string, bad func(rune) bool) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, bad) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case !bad(r): // a byte that is no letter comes as U+FFFD
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return utf8.RuneError
	}, text)
}

// Escape is JSON, or YAML whose texts are quoted as JSON's, of the same value in which
// what is unsafe is escaped.
func Escape(data []byte) []byte {
	bad := func(r rune) bool { return unsafe(r) && r != '\n' && r != '\t' && r != '\r' }
	if bytes.IndexFunc(data, bad) < 0 {
		return data
	}
	var b strings.Builder
	for _, r := range string(data) {
		if bad(r) {
			fmt.Fprintf(&b, `\u%04x`, r) // which are below U+10000
			continue
		}
		b.WriteRune(r)
	}
	return []byte(b.String())
}

// cleaned are arguments of a format, the texts among them as one line shows them.
func cleaned(args []any) []any {
	made := make([]any, len(args))
	for i, arg := range args {
		made[i] = arg
		switch v := reflect.ValueOf(arg); {
		case !v.IsValid():
		case v.Kind() == reflect.String:
			made[i] = Line(v.String())
		default:
			if words, ok := arg.(fmt.Stringer); ok {
				made[i] = Line(words.String())
			}
		}
	}
	return made
}
