package expression

import "slices"

// Listed says whether the expression itself names every value that it may give: numbers and
// texts, conditions, what if and recode choose between, and arithmetic of those.
func (e *Expression) Listed() bool { return e.root.closed() }

func (n *node) closed() bool {
	closed := func(args []*node) bool {
		return !slices.ContainsFunc(args, func(arg *node) bool { return !arg.closed() })
	}
	switch n.op {
	case variable:
		return false
	case equal, unequal, less, most, more, least, in, not, and, or:
		return true
	case recode:
		copies := n.others != nil && n.others.copy
		for _, r := range n.rules {
			copies = copies || r.to.copy
		}
		return !copies
	case call:
		switch n.function.Name {
		case "missing":
			return true
		case "if":
			return closed(n.args[1:])
		}
	}
	return closed(n.args)
}
