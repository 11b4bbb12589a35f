package codebook

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"togetherwecan/pipeline/refusal"
)

// A Page is one YAML file of the catalogue with the line of each of its
// values, so that a problem can point at it.
type Page struct {
	File string
	data []byte
	root ast.Node
	err  error
}

// NewPage parses a file's text. Text that is not YAML is reported by Decode.
func NewPage(file string, data []byte) *Page {
	p := &Page{File: file, data: data}
	parsed, err := parser.ParseBytes(data, 0)
	switch {
	case err != nil:
		p.err = err
	case len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil:
	default:
		p.root = parsed.Docs[0].Body
	}
	return p
}

// Decode fills v, a pointer to a struct with yaml tags. It reports every key
// that v has no field for, and text that is not YAML or of the wrong type.
func (p *Page) Decode(v any) refusal.Problems {
	var ps refusal.Problems
	if p.err != nil {
		ps.Add(p.File, "not YAML: %s", firstLine(p.err))
		return ps
	}
	if p.root == nil {
		ps.Add(p.File, "the file is empty")
		return ps
	}
	p.unknownKeys(p.root, reflect.TypeOf(v).Elem(), &ps)
	if err := yaml.Unmarshal(p.data, v); err != nil {
		ps.Add(p.File, "%s", firstLine(err))
	}
	return ps
}

// Text returns the page as it was read.
func (p *Page) Text() []byte { return p.data }

// At returns "file:line" of the value under the given keys (a sequence's
// items by number), or of the nearest one above it that exists.
func (p *Page) At(keys ...string) string {
	node, line := p.root, 1
	for _, key := range keys {
		next, at := child(node, key)
		if next == nil {
			break
		}
		node, line = next, at
	}
	return p.File + ":" + strconv.Itoa(line)
}

// child returns the value under a key or number of a node, and its line.
func child(node ast.Node, key string) (ast.Node, int) {
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, kv := range n.Values {
			if keyText(kv) == key {
				return kv.Value, kv.Key.GetToken().Position.Line
			}
		}
	case *ast.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i < len(n.Values) {
			return n.Values[i], n.Values[i].GetToken().Position.Line
		}
	}
	return nil, 0
}

func keyText(kv *ast.MappingValueNode) string { return kv.Key.GetToken().Value }

// unknownKeys reports each key of a mapping that its struct has no field for.
func (p *Page) unknownKeys(node ast.Node, t reflect.Type, ps *refusal.Problems) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		fields := map[string]reflect.Type{}
		var names []string
		if t.Kind() == reflect.Struct {
			for i := range t.NumField() {
				name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
				if name != "" && name != "-" {
					fields[name] = t.Field(i).Type
					names = append(names, name)
				}
			}
		}
		for _, kv := range n.Values {
			key := keyText(kv)
			switch {
			case t.Kind() == reflect.Map:
				p.unknownKeys(kv.Value, t.Elem(), ps)
			case fields[key] != nil:
				p.unknownKeys(kv.Value, fields[key], ps)
			case t.Kind() == reflect.Struct:
				ps.Add(p.File+":"+strconv.Itoa(kv.Key.GetToken().Position.Line), "unknown key %q%s", key, refusal.Nearest(key, names))
			}
		}
	case *ast.SequenceNode:
		if t.Kind() == reflect.Slice {
			for _, item := range n.Values {
				p.unknownKeys(item, t.Elem(), ps)
			}
		}
	}
}

// firstLine is the position and message of a YAML error, without the excerpt
// that follows it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
