package expression

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNumber is the largest number that is written.
const maxNumber = math.MaxFloat64

// A tokenKind says what a token is.
type tokenKind int

const (
	aSymbol tokenKind = iota
	aNumber
	aText
	aName
	aWord // of the language
	theEnd
)

// A token of an expression: its text without quotes, a word in lower case.
type token struct {
	kind   tokenKind
	at     int
	text   string
	number float64
}

// is says whether the token is a symbol or word.
func (t token) is(text string) bool { return (t.kind == aSymbol || t.kind == aWord) && t.text == text }

// found is the token in what a fault says of it.
func (t token) found() string {
	if t.kind == theEnd {
		return "the end"
	}
	return strconv.Quote(t.text)
}

// words are those of the language that are no names.
var words = []string{string(and), string(or), string(not), string(in), string(absent), "else", "copy"}

func isWord(name string) bool { return slices.Contains(words, strings.ToLower(name)) }

// symbols are in an order in which none begins with one before it.
var symbols = []string{"..", "<=", ">=", "!=", "<>", "==", "&&", "||", "~=", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", ",", ";", "&", "|", "!", "%"}

// instead is what stands for symbols of other languages.
var instead = map[string]string{"==": "=", "<>": "!=", "~=": "!=", "&&": "and", "&": "and", "||": "or", "|": "or", "!": "not"}

// size is how many bytes of a text are a name from its beginning.
func (n Names) size(text string) int {
	size := 0
	for i, r := range text {
		letter := unicode.IsLetter(r) || r == '_' || i > 0 && (unicode.IsDigit(r) || unicode.IsMark(r))
		if n != OfCatalogue {
			letter = letter || strings.ContainsRune(".@#$", r)
		}
		if n != OfFile {
			next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
			letter = letter || r == '-' && i > 0 && text[i-1] != '-' && (unicode.IsLetter(next) || unicode.IsDigit(next))
		}
		if !letter || r == utf8.RuneError {
			break
		}
		size = i + utf8.RuneLen(r)
	}
	return size
}

// numberSize is how many bytes of a text are a number without a sign from its beginning:
// the points of a range are none of it.
func numberSize(text string) int {
	digits := func(from int) int {
		for from < len(text) && text[from] >= '0' && text[from] <= '9' {
			from++
		}
		return from
	}
	whole := digits(0)
	size := whole
	if size < len(text) && text[size] == '.' && digits(size+1) > size+1 {
		size = digits(size + 1)
	}
	if size == 0 {
		return 0
	}
	if size < len(text) && (text[size] == 'e' || text[size] == 'E') {
		from := size + 1
		if from < len(text) && (text[from] == '+' || text[from] == '-') {
			from++
		}
		if to := digits(from); to > from {
			size = to
		}
	}
	return size
}

// advance moves to the next token.
func (p *parser) advance() {
	if p.fault != nil {
		return
	}
	rest := strings.TrimLeft(p.text[p.next:], " \t\r\n")
	at := len(p.text) - len(rest)
	p.token = token{kind: theEnd, at: at}
	p.next = at
	if rest == "" {
		return
	}
	switch rest[0] {
	case '"':
		p.quote(rest, '"', aText)
		return
	case '`':
		p.quote(rest, '`', aName)
		return
	}
	if size := numberSize(rest); size > 0 {
		p.token = token{kind: aNumber, at: at, text: rest[:size]}
		p.next += size
		x, err := strconv.ParseFloat(rest[:size], 64)
		if p.token.number = x; err != nil {
			p.wanted("a number that a computer can hold")
		}
		return
	}
	if !strings.HasPrefix(rest, "..") {
		if size := p.names.size(rest); size > 0 {
			p.token = token{kind: aName, at: at, text: rest[:size]}
			if isWord(p.token.text) {
				p.token.kind, p.token.text = aWord, strings.ToLower(p.token.text)
			}
			p.next += size
			return
		}
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			p.token = token{kind: aSymbol, at: at, text: s}
			p.next += len(s)
			if other := instead[s]; other != "" {
				p.wanted(strconv.Quote(other))
			}
			return
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	p.token = token{kind: aSymbol, at: at, text: rest[:size]}
	if r == '\'' || r == '“' || r == '‘' {
		p.wanted(`a text between double quotes, as "North"`)
		return
	}
	p.wanted("a value or an operator")
}

// quote reads a text or a name in quotes, which are doubled in it.
func (p *parser) quote(rest string, quote byte, kind tokenKind) {
	var made strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] != quote:
			made.WriteByte(rest[i])
		case quote == '"' && i+1 < len(rest) && rest[i+1] == quote:
			made.WriteByte(quote)
			i++
		default:
			p.token = token{kind: kind, at: p.next, text: made.String()}
			p.next += i + 1
			if kind == aName && p.token.text == "" {
				p.wanted("a name between backquotes")
			}
			return
		}
	}
	p.token = token{kind: aSymbol, at: p.next, text: string(quote)}
	p.wanted("the other quote")
}
