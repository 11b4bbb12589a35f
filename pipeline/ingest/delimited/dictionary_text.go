package delimited

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Limits of a dictionary's rich text.
const (
	mostDepth = 200     // of groups within groups
	mostText  = 8 << 20 // bytes of text that come of it
)

var (
	errCut   = errors.New("is cut short: a group is not closed")
	errStray = errors.New("closes a group that is not open")
)

// hidden are the destinations whose text is not the document's.
var hidden = words("fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr footnote listtable listoverridetable revtbl rsidtbl generator themedata datastore latentstyles xmlnstbl")

// control are words that stand for form, not text. The archive does not
// escape backslashes, so that a word of neither list is text: "litter\rubbish".
var control = words(`rtf ansi mac pc pca ansicpg deff deflang deflangfe deftab plain pard b i ul ulnone f fs cf cb highlight
	li ri fi ql qr qc qj sa sb sl slmult s cs ds fnil froman fswiss fmodern fscript fdecor ftech fbidi fcharset fprq falt red green blue
	viewkind paperw paperh margl margr margt margb widowctrl sectd sect trowd trgaph trleft cellx clbrdrt clbrdrb clbrdrl clbrdrr brdrs brdrw
	intbl lang langfe noproof kerning expnd expndtw strike caps scaps sub super nosupersub outline shad v tx tqr tqc keep keepn page pagebb nowidctlpar
	adeflang ltrpar rtlpar ltrch rtlch loch hich dbch af stshfdbch stshfloch stshfhich stshfbi itap lin rin cgrid landscape cols titlepg
	field fldinst fldrslt upr ud formshade`)

// spelt are words that are text.
var spelt = map[string]string{
	"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t",
	"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
	"emspace": " ", "enspace": " ",
}

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// plainText returns the text of a rich text document, with a line feed for
// the end of a paragraph. Bytes beyond ASCII are windows-1252, or UTF-8 where
// all of them can be.
func plainText(data []byte) (string, error) {
	if !strings.HasPrefix(string(data[:min(len(data), 5)]), `{\rtf`) {
		return "", errors.New("is not rich text: does not begin with {\\rtf")
	}
	r := &richText{data: data, unicode: utf8.Valid(data), groups: []group{{fallback: 1}}}
	for r.at < len(r.data) {
		if err := r.next(); err != nil {
			return "", err
		}
		if r.out.Len() > mostText {
			return "", fmt.Errorf("holds more than %d bytes of text", mostText)
		}
		if r.closed {
			break // what follows the document is not part of it
		}
	}
	if !r.closed {
		return "", errCut
	}
	return r.out.String(), nil
}

// A richText is a document half read.
type richText struct {
	data    []byte
	at      int
	out     strings.Builder
	unicode bool
	groups  []group
	skip    int // characters that stand for a Unicode one and are passed over
	closed  bool
}

// A group is what holds between two braces: whether its text is hidden, and
// how many characters stand in for a Unicode one.
type group struct {
	hidden   bool
	fallback int
}

func (r *richText) top() *group { return &r.groups[len(r.groups)-1] }

func (r *richText) next() error {
	switch c := r.data[r.at]; c {
	case '{':
		if len(r.groups) > mostDepth {
			return fmt.Errorf("has groups more than %d deep", mostDepth)
		}
		r.groups = append(r.groups, *r.top())
		r.at++
	case '}':
		if len(r.groups) == 1 {
			return errStray
		}
		r.groups = r.groups[:len(r.groups)-1]
		r.skip = 0
		r.at++
		r.closed = len(r.groups) == 1
	case '\\':
		r.at++
		return r.escape()
	case '\r', '\n', 0:
		r.at++
	default:
		if char, n := utf8.DecodeRune(r.data[r.at:]); n > 1 && r.unicode {
			r.write(string(char))
			r.at += n
			return nil
		}
		r.byte(c)
		r.at++
	}
	return nil
}

// byte writes a character of windows-1252.
func (r *richText) byte(c byte) {
	if c < utf8.RuneSelf {
		r.write(string(rune(c)))
		return
	}
	r.write(string(charmap.Windows1252.DecodeByte(c)))
}

// write adds one character, unless it is hidden or stands in for another.
func (r *richText) write(text string) {
	if r.skip > 0 {
		r.skip--
		return
	}
	if !r.top().hidden {
		r.out.WriteString(text)
	}
}

// escape reads what follows a backslash.
func (r *richText) escape() error {
	if r.at == len(r.data) {
		return errCut
	}
	c := r.data[r.at]
	switch {
	case letter(c):
		return r.word()
	case c >= utf8.RuneSelf: // a backslash that is not escaped, before a letter beyond ASCII
		r.write(`\`)
		return nil
	}
	r.at++
	switch c {
	case '\\', '{', '}':
		r.write(string(rune(c)))
	case '~':
		r.write(" ")
	case '_':
		r.write("-")
	case '\r', '\n':
		r.write("\n")
	case '*':
		r.top().hidden = true
	case '\'':
		if r.at+2 > len(r.data) {
			return errCut
		}
		code, err := strconv.ParseUint(string(r.data[r.at:r.at+2]), 16, 8)
		if err != nil {
			return fmt.Errorf("byte %d: %q is not a character's code", r.at+1, r.data[r.at:r.at+2])
		}
		r.at += 2
		r.byte(byte(code))
	}
	return nil
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// word reads a control word with its number, and the space that ends it.
func (r *richText) word() error {
	from := r.at
	for r.at < len(r.data) && letter(r.data[r.at]) {
		r.at++
	}
	name := string(r.data[from:r.at])
	digits := r.at
	if r.at < len(r.data) && r.data[r.at] == '-' {
		r.at++
	}
	for r.at < len(r.data) && r.data[r.at]-'0' <= 9 {
		r.at++
	}
	number, err := strconv.Atoi(string(r.data[digits:r.at]))
	given := err == nil
	if !given && r.at == digits+1 {
		r.at = digits // a hyphen alone is text
	}
	if r.at < len(r.data) && r.data[r.at] == ' ' {
		r.at++
	}
	text, isText := spelt[name]
	switch {
	case isText:
		r.write(text)
	case name == "u" && given:
		if number < 0 {
			number += 1 << 16
		}
		r.write(string(rune(number)))
		r.skip = r.top().fallback
	case name == "uc" && given:
		r.top().fallback = min(max(number, 0), 16)
	case name == "bin" && given:
		if number < 0 || number > len(r.data)-r.at {
			return errCut
		}
		r.at += number
	case hidden[name]:
		r.top().hidden = true
	case !control[name]:
		r.write(`\` + string(r.data[from:r.at]))
	}
	return nil
}
