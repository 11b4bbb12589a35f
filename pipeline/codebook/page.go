package codebook

import (
	"bytes"
	"errors"
	"path"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"togetherwecan/pipeline/refusal"
)

// A Page is one YAML file of the catalogue with the line of each of its
// values, so that a problem can point at it.
type Page struct {
	File   string
	data   []byte
	root   *node
	broken refusal.Problems
}

// NewPage parses a file's text. What is not one document of keys and values is
// reported by Broken, and by Decode.
func NewPage(file string, data []byte) *Page {
	p := &Page{File: file, data: data}
	if p.broken = checkText(file, data); p.broken != nil {
		return p
	}
	if root, known := quickly(p.text()); known {
		p.root = root
		return p
	}
	if root := p.parsed(); root != nil {
		p.root = nodeOf(root)
	}
	return p
}

// text is the page without the mark that it may begin with.
func (p *Page) text() string { return string(bytes.TrimPrefix(p.data, utf8Mark)) }

// parsed is the page as the library reads it, with its tokens. What is not one document of
// keys and values is added to what is broken.
func (p *Page) parsed() ast.Node {
	tokens := lexer.Tokenize(p.text())
	if p.broken = checkShape(p.File, tokens); p.broken != nil {
		return nil
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		at, message := p.locate(err)
		p.broken.Add(at, "not YAML: %s", message)
		return nil
	}
	var root ast.Node
	if len(parsed.Docs) > 0 {
		root = parsed.Docs[0].Body
	}
	switch n := root.(type) {
	case nil, *ast.NullNode:
		p.broken.Add(p.File, "the file is empty")
	case *ast.MappingNode:
		if len(parsed.Docs) > 1 {
			p.broken.Add(p.File, "%d documents in one file, want one: nothing after --- would be read", len(parsed.Docs))
		}
	default:
		of := nodeOf(n)
		p.broken.Add(p.at(of), "%s, want keys and values", found(of))
	}
	return root
}

// Broken returns the one problem of a page that is not one document of keys and
// values: of what it does not say there is then nothing to report. It is nil of
// any other page.
func (p *Page) Broken() refusal.Problems { return p.broken }

// Decode fills v, a pointer to a struct with yaml tags. It reports every key
// that v has no field for, every value of the wrong type, and a page that is
// broken.
func (p *Page) Decode(v any) refusal.Problems {
	if p.broken != nil {
		return p.broken
	}
	var ps refusal.Problems
	p.decode(p.root, reflect.ValueOf(v).Elem(), &ps)
	return ps
}

// Nothing lists the keys of the page that have no value.
func (p *Page) Nothing() []string {
	var keys []string
	if p.root != nil {
		for _, f := range p.root.fields {
			if f.value.form == null {
				keys = append(keys, f.key)
			}
		}
	}
	return keys
}

// Text returns the page as it was read.
func (p *Page) Text() []byte { return p.data }

// At returns "file:line" of the value under the given keys (a sequence's
// items by number), or of the nearest one above it that exists; "" of what was
// not read from a page.
func (p *Page) At(keys ...string) string {
	if p == nil {
		return ""
	}
	return p.File + ":" + strconv.Itoa(p.Line(keys...))
}

// CheckFile reports a key whose value is not the name of the page's file.
func (p *Page) CheckFile(ps *refusal.Problems, key, value string) {
	if want := strings.TrimSuffix(path.Base(p.File), ".yaml"); value != want {
		ps.Add(p.At(key), "%s %q in the file of %q", key, value, want)
	}
}

// Line is the number of that line.
func (p *Page) Line(keys ...string) int {
	node, line := p.root, 1
	for _, key := range keys {
		next, at := node.child(key)
		if next == nil {
			break
		}
		node, line = next, at
	}
	return line
}

// has says whether the page has a value under the given keys.
func (p *Page) has(keys ...string) bool {
	if p == nil {
		return false
	}
	node := p.root
	for _, key := range keys {
		if node, _ = node.child(key); node == nil {
			return false
		}
	}
	return true
}

// child returns the value under a key or number of a node, and its line.
func (n *node) child(key string) (*node, int) {
	if n == nil {
		return nil, 0
	}
	switch n.form {
	case mapping:
		if f := n.field(key); f != nil {
			return f.value, int(f.line)
		}
	case sequence:
		if i, err := strconv.Atoi(key); err == nil && i < len(n.items) {
			return n.items[i], int(n.items[i].line)
		}
	}
	return nil, 0
}

// decode fills v with a node. It reports each key of a mapping that its struct
// has no field for, and each value that is not of the field's type; what is
// sound is filled in all the same, so that the rest can be judged.
func (p *Page) decode(n *node, v reflect.Value, ps *refusal.Problems) {
	switch n.form {
	case null:
		return
	case marked:
		ps.Add(p.at(n), "%s, want the value written out", found(n))
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch n.form {
	case mapping:
		switch v.Kind() {
		case reflect.Struct:
			p.decodeFields(n, v, ps)
			return
		case reflect.Map:
			v.Set(reflect.MakeMapWithSize(v.Type(), len(n.fields)))
			for _, f := range n.fields {
				item := reflect.New(v.Type().Elem()).Elem()
				p.decode(f.value, item, ps)
				v.SetMapIndex(reflect.ValueOf(f.key).Convert(v.Type().Key()), item)
			}
			return
		}
		ps.Add(p.at(n), "%s, want %s", found(n), wanted(v.Type()))
	case sequence:
		if v.Kind() != reflect.Slice {
			ps.Add(p.at(n), "%s, want %s", found(n), wanted(v.Type()))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.items), len(n.items)))
		for i, item := range n.items {
			p.decode(item, v.Index(i), ps)
		}
	default:
		if v.Type() == reflect.TypeFor[Names]() {
			v.Set(reflect.ValueOf(Names{""}))
			v = v.Index(0)
		}
		if !set(v, n) {
			ps.Add(p.at(n), "%s, want %s", found(n), wanted(v.Type()))
		}
	}
}

func (p *Page) decodeFields(n *node, v reflect.Value, ps *refusal.Problems) {
	fields := fieldsOf(v.Type())
	for _, f := range n.fields {
		if field, ok := fields.at[f.key]; ok {
			p.decode(f.value, v.FieldByIndex(field), ps)
			continue
		}
		ps.Add(p.File+":"+strconv.Itoa(int(f.line)), "unknown key %s%s", quoted(f.key), refusal.Nearest(f.key, fields.names))
	}
}

// A fieldSet is the keys that a struct has fields for, in the order of the fields,
// and where each is.
type fieldSet struct {
	names []string
	at    map[string][]int
}

// fieldSets has that of each struct that was filled, by its type: a catalogue
// fills the same ones thousands of times.
var fieldSets sync.Map

// fieldsOf lists the fields of a struct, those of an embedded one among them.
func fieldsOf(t reflect.Type) *fieldSet {
	if found, ok := fieldSets.Load(t); ok {
		return found.(*fieldSet)
	}
	fields := &fieldSet{at: map[string][]int{}}
	for _, field := range reflect.VisibleFields(t) {
		if name := field.Tag.Get("yaml"); name != "" && name != "-" {
			fields.names, fields.at[name] = append(fields.names, name), field.Index
		}
	}
	found, _ := fieldSets.LoadOrStore(t, fields)
	return found.(*fieldSet)
}

// set fills v with one value, and says whether the value is of its type. A
// number is text too, as it was written: a wave may be called 2001.
func set(v reflect.Value, n *node) bool {
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.text)
		return true
	case reflect.Bool:
		if n.form == boolean {
			v.SetBool(strings.EqualFold(n.text, "true"))
		}
		return n.form == boolean
	case reflect.Int:
		if n.form != integer {
			return false
		}
		i, err := strconv.Atoi(n.text)
		v.SetInt(int64(i))
		return err == nil
	case reflect.Uint64:
		if n.form != integer {
			return false
		}
		i, err := strconv.ParseUint(n.text, 10, 64)
		v.SetUint(i)
		return err == nil
	case reflect.Float64:
		if n.form == integer || n.form == float {
			x, err := strconv.ParseFloat(n.text, 64)
			v.SetFloat(x)
			return err == nil
		}
	}
	return false
}

// wanted says in words what a field takes.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "keys and values"
	case reflect.Slice:
		return "a list"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Uint64:
		return "a whole number from 0"
	case reflect.Float64:
		return "a number"
	}
	return "one value"
}

// found says in words what a node is.
func found(n *node) string {
	switch n.form {
	case mapping:
		return "keys and values"
	case sequence:
		return "a list"
	case marked:
		return "an anchor, alias or tag"
	}
	return quoted(n.said())
}

// at is "file:line" of a node.
func (p *Page) at(n *node) string { return p.File + ":" + strconv.Itoa(int(n.line)) }

// locate returns the place and the message of a YAML error, without the
// excerpt that it ends in, nor more of the text than a line.
func (p *Page) locate(err error) (at, message string) {
	const most = 200
	at = p.File
	var fault yaml.Error
	if errors.As(err, &fault) && fault.GetToken() != nil {
		message, at = fault.GetMessage(), at+":"+strconv.Itoa(fault.GetToken().Position.Line)
	} else {
		message = err.Error()
	}
	message, _, _ = strings.Cut(message, "\n")
	if len(message) > most {
		message = strings.ToValidUTF8(message[:most], "") + "..."
	}
	return at, message
}
