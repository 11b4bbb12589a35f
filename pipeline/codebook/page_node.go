package codebook

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A node is a value of a page: what is read of one, without its tokens and comments.
type node struct {
	form   form
	line   int32
	text   string         // of one value; of one in lines of its own, its text
	mark   string         // that begins such lines
	fields []field        // of a mapping
	items  []*node        // of a sequence
	places map[string]int // of the keys of a mapping of many fields
}

// A field is an entry of a mapping.
type field struct {
	key   string
	line  int32
	value *node
}

// A form is what a node is.
type form uint8

const (
	other form = iota // one value of a type that no field has
	null
	boolean
	integer
	float
	letters // text
	block   // text in lines of its own
	mapping
	sequence
	marked // an anchor, an alias or a tag
)

// manyFields is how many a mapping has whose keys are found by a map of their places.
const manyFields = 8

// index finds the places of the keys of a mapping, once it has all of them.
func (n *node) index() {
	if len(n.fields) < manyFields {
		return
	}
	n.places = make(map[string]int, len(n.fields))
	for i, f := range n.fields {
		if _, has := n.places[f.key]; !has {
			n.places[f.key] = i
		}
	}
}

// field returns the first entry with a key, or nil.
func (n *node) field(key string) *field {
	if n.places != nil {
		if i, has := n.places[key]; has {
			return &n.fields[i]
		}
		return nil
	}
	for i := range n.fields {
		if n.fields[i].key == key {
			return &n.fields[i]
		}
	}
	return nil
}

// said is a value as a message gives it.
func (n *node) said() string {
	if n.form == block {
		return n.mark
	}
	return n.text
}

// nodeOf is a node of the library's.
func nodeOf(from ast.Node) *node {
	t := from.GetToken()
	n := &node{line: int32(t.Position.Line), text: t.Value}
	switch from := from.(type) {
	case *ast.NullNode:
		n.form = null
	case *ast.BoolNode:
		n.form = boolean
	case *ast.IntegerNode:
		n.form = integer
	case *ast.FloatNode:
		n.form = float
	case *ast.StringNode:
		n.form, n.text = letters, from.Value
	case *ast.LiteralNode:
		n.form, n.mark, n.text = block, t.Value, from.Value.Value
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		n.form = marked
	case *ast.SequenceNode:
		n.form, n.text = sequence, ""
		for _, item := range from.Values {
			n.items = append(n.items, nodeOf(item))
		}
	case *ast.MappingNode:
		n.form, n.text = mapping, ""
		for _, kv := range from.Values {
			key := kv.Key.GetToken()
			n.fields = append(n.fields, field{key: key.Value, line: int32(key.Position.Line), value: nodeOf(kv.Value)})
		}
		n.index()
	}
	return n
}

// plainForm is that of a value without quotes, as the library's tokens have it.
func plainForm(text string) form {
	switch text {
	case "null", "Null", "NULL", "~":
		return null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return boolean
	}
	if c := text[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return letters
	}
	switch token.New(text, text, &token.Position{}).Type {
	case token.IntegerType, token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType:
		return integer
	case token.FloatType:
		return float
	case token.StringType:
		return letters
	}
	return other
}
