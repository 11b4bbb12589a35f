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
	root   ast.Node
	places map[*ast.MappingNode]map[string]int // of the keys among the values
	broken refusal.Problems
}

// NewPage parses a file's text. What is not one document of keys and values is
// reported by Broken, and by Decode.
func NewPage(file string, data []byte) *Page {
	p := &Page{File: file, data: data, places: map[*ast.MappingNode]map[string]int{}}
	if p.broken = checkText(file, data); p.broken != nil {
		return p
	}
	tokens := lexer.Tokenize(string(bytes.TrimPrefix(data, utf8Mark)))
	if p.broken = checkShape(file, tokens); p.broken != nil {
		return p
	}
	parsed, err := parser.Parse(tokens, 0)
	if err != nil {
		at, message := p.locate(err)
		p.broken.Add(at, "not YAML: %s", message)
		return p
	}
	if len(parsed.Docs) > 0 {
		p.root = parsed.Docs[0].Body
	}
	switch root := p.root.(type) {
	case nil, *ast.NullNode:
		p.broken.Add(file, "the file is empty")
	case *ast.MappingNode:
		p.index(root)
		if len(parsed.Docs) > 1 {
			p.broken.Add(file, "%d documents in one file, want one: nothing after --- would be read", len(parsed.Docs))
		}
	default:
		p.broken.Add(p.at(root), "%s, want keys and values", found(root))
	}
	return p
}

// Broken returns the one problem of a page that is not one document of keys and
// values: of what it does not say there is then nothing to report. It is nil of
// any other page.
func (p *Page) Broken() refusal.Problems { return p.broken }

// index finds each mapping's keys.
func (p *Page) index(node ast.Node) {
	switch n := node.(type) {
	case *ast.MappingNode:
		at := make(map[string]int, len(n.Values))
		for i, kv := range n.Values {
			if key := keyText(kv); !hasKey(at, key) {
				at[key] = i
			}
			p.index(kv.Value)
		}
		p.places[n] = at
	case *ast.SequenceNode:
		for _, item := range n.Values {
			p.index(item)
		}
	}
}

func hasKey(at map[string]int, key string) bool {
	_, has := at[key]
	return has
}

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
		next, at := p.child(node, key)
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
		if node, _ = p.child(node, key); node == nil {
			return false
		}
	}
	return true
}

// child returns the value under a key or number of a node, and its line.
func (p *Page) child(node ast.Node, key string) (ast.Node, int) {
	switch n := node.(type) {
	case *ast.MappingNode:
		if i, has := p.places[n][key]; has {
			return n.Values[i].Value, n.Values[i].Key.GetToken().Position.Line
		}
	case *ast.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Values) {
			return n.Values[i], n.Values[i].GetToken().Position.Line
		}
	}
	return nil, 0
}

func keyText(kv *ast.MappingValueNode) string { return kv.Key.GetToken().Value }

// decode fills v with a node. It reports each key of a mapping that its struct
// has no field for, and each value that is not of the field's type; what is
// sound is filled in all the same, so that the rest can be judged.
func (p *Page) decode(node ast.Node, v reflect.Value, ps *refusal.Problems) {
	switch node.(type) {
	case *ast.NullNode:
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		ps.Add(p.at(node), "%s, want the value written out", found(node))
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		switch v.Kind() {
		case reflect.Struct:
			p.decodeFields(n, v, ps)
			return
		case reflect.Map:
			v.Set(reflect.MakeMap(v.Type()))
			for _, kv := range n.Values {
				item := reflect.New(v.Type().Elem()).Elem()
				p.decode(kv.Value, item, ps)
				v.SetMapIndex(reflect.ValueOf(keyText(kv)).Convert(v.Type().Key()), item)
			}
			return
		}
		ps.Add(p.at(node), "%s, want %s", found(node), wanted(v.Type()))
	case *ast.SequenceNode:
		if v.Kind() != reflect.Slice {
			ps.Add(p.at(node), "%s, want %s", found(node), wanted(v.Type()))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Values), len(n.Values)))
		for i, item := range n.Values {
			p.decode(item, v.Index(i), ps)
		}
	default:
		if v.Type() == reflect.TypeFor[Names]() {
			v.Set(reflect.ValueOf(Names{""}))
			v = v.Index(0)
		}
		if !set(v, node) {
			ps.Add(p.at(node), "%s, want %s", found(node), wanted(v.Type()))
		}
	}
}

func (p *Page) decodeFields(n *ast.MappingNode, v reflect.Value, ps *refusal.Problems) {
	fields := fieldsOf(v.Type())
	for _, kv := range n.Values {
		key := keyText(kv)
		if field, ok := fields.at[key]; ok {
			p.decode(kv.Value, v.FieldByIndex(field), ps)
			continue
		}
		ps.Add(p.at(kv.Key), "unknown key %s%s", quoted(key), refusal.Nearest(key, fields.names))
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
func set(v reflect.Value, node ast.Node) bool {
	switch v.Kind() {
	case reflect.String:
		switch n := node.(type) {
		case *ast.StringNode:
			v.SetString(n.Value)
		case *ast.LiteralNode:
			v.SetString(n.Value.Value)
		default:
			v.SetString(node.GetToken().Value)
		}
		return true
	case reflect.Bool:
		n, ok := node.(*ast.BoolNode)
		if ok {
			v.SetBool(n.Value)
		}
		return ok
	case reflect.Int:
		n, ok := node.(*ast.IntegerNode)
		if !ok {
			return false
		}
		i, err := strconv.Atoi(n.GetToken().Value)
		v.SetInt(int64(i))
		return err == nil
	case reflect.Uint64:
		n, ok := node.(*ast.IntegerNode)
		if !ok {
			return false
		}
		i, err := strconv.ParseUint(n.GetToken().Value, 10, 64)
		v.SetUint(i)
		return err == nil
	case reflect.Float64:
		switch node.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			x, err := strconv.ParseFloat(node.GetToken().Value, 64)
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
func found(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return "an anchor, alias or tag"
	}
	return quoted(node.GetToken().Value)
}

// at is "file:line" of a node.
func (p *Page) at(node ast.Node) string {
	return p.File + ":" + strconv.Itoa(node.GetToken().Position.Line)
}

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
