package pipeline_test

import (
	"go/ast"
	"go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestProductsAreGuarded holds the rule of doc.go that a product is rounded
// before it meets a sum. amd64 never fuses the two, so its figures cannot show
// a slip; the text of the program can. What it cannot see is a product that
// comes out of another package's function.
func TestProductsAreGuarded(t *testing.T) {
	var folders []string
	for _, noun := range pure {
		err := filepath.WalkDir(noun, func(name string, entry os.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				if goFiles, _ := filepath.Glob(filepath.Join(name, "*.go")); goFiles != nil {
					folders = append(folders, "./"+filepath.ToSlash(name))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	exported := exports(t, folders)
	for _, folder := range folders {
		for _, found := range unguarded(t, exported, folder) {
			t.Errorf("%s: a product meets a sum unrounded: write float64(x*y), as doc.go says", found)
		}
	}
}

// TestProductsAreGuardedFixture breaks the rule in every way that the test
// above must see, and keeps it in every way that it must not.
func TestProductsAreGuardedFixture(t *testing.T) {
	const name = "testdata/products.go"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for i, line := range strings.Split(string(text), "\n") {
		if strings.Contains(line, "// fused") {
			want = append(want, name+":"+strconv.Itoa(i+1))
		}
	}
	if len(want) == 0 {
		t.Fatal("the fixture breaks no rule")
	}
	if got := unguarded(t, nil, name); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// exports finds what the compiler wrote of each package that the folders import.
func exports(t *testing.T, folders []string) map[string]string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}"}, folders...)...).Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	exported := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exported[name] = file
	}
	return exported
}

// unguarded lists the places in a folder, or in one file, where a product of
// floating-point numbers is added or subtracted without a conversion around
// it, tests apart. The product may come by way of a variable of the function,
// or of a function that is no more than a product, as the compiler inlines it.
func unguarded(t *testing.T, exported map[string]string, folder string) []string {
	t.Helper()
	set := token.NewFileSet()
	names := []string{folder}
	if !strings.HasSuffix(folder, ".go") {
		names, _ = filepath.Glob(folder + "/*.go")
	}
	var files []*ast.File
	for _, name := range names {
		if ours, err := build.Default.MatchFile(filepath.Split(name)); strings.HasSuffix(name, "_test.go") || err == nil && !ours {
			continue // of tests, or for another processor
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	p := products{info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}, made: map[types.Object]bool{}}
	load := func(name string) (io.ReadCloser, error) { return os.Open(exported[name]) }
	checker := types.Config{Importer: importer.ForCompiler(set, "gc", load)}
	if _, err := checker.Check(folder, set, files, p.info); err != nil {
		t.Fatal(err)
	}
	for before := -1; before != len(p.made); { // a product of a product's name is one too
		before = len(p.made)
		for _, file := range files {
			ast.Inspect(file, p.note)
		}
	}
	var found []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			for _, operand := range p.operands(n) {
				if p.is(operand) {
					at := set.Position(operand.Pos())
					found = append(found, filepath.ToSlash(at.Filename)+":"+strconv.Itoa(at.Line))
				}
			}
			return true
		})
	}
	return slices.Compact(found) // Inspect goes from the top of a file to its end
}

// products are the variables and functions of a package that stand for a
// product that is not yet rounded.
type products struct {
	info *types.Info
	made map[types.Object]bool
}

// operands are what a node adds or subtracts.
func (p products) operands(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if n.Op == token.ADD || n.Op == token.SUB {
			return []ast.Expr{n.X, n.Y}
		}
	case *ast.AssignStmt:
		if n.Tok == token.ADD_ASSIGN || n.Tok == token.SUB_ASSIGN {
			return []ast.Expr{n.Lhs[0], n.Rhs[0]}
		}
	}
	return nil
}

// note keeps what a statement makes a name for a product.
func (p products) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		p.function(n.Name, n.Body)
	case *ast.AssignStmt:
		if n.Tok == token.MUL_ASSIGN {
			p.name(n.Lhs[0], p.product(n.Lhs[0], n.Rhs[0]))
		} else if len(n.Lhs) == len(n.Rhs) && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
			for i := range n.Lhs {
				p.name(n.Lhs[i], p.is(n.Rhs[i]))
				if body, ok := n.Rhs[i].(*ast.FuncLit); ok {
					p.function(n.Lhs[i], body.Body)
				}
			}
		}
	case *ast.ValueSpec:
		for i := range n.Values {
			if len(n.Values) == len(n.Names) {
				p.name(n.Names[i], p.is(n.Values[i]))
			}
		}
	case *ast.KeyValueExpr:
		p.name(n.Key, p.is(n.Value))
	case *ast.CallExpr:
		if called, ok := p.info.ObjectOf(named(n.Fun)).(*types.Func); ok {
			for i, x := range n.Args {
				if params := called.Signature().Params(); i < params.Len() && p.is(x) {
					p.made[params.At(i)] = true
				}
			}
		}
	}
	return true
}

// function notes one that returns a product, as the last thing it does.
func (p products) function(name ast.Expr, body *ast.BlockStmt) {
	if body == nil || len(body.List) == 0 {
		return
	}
	if last, ok := body.List[len(body.List)-1].(*ast.ReturnStmt); ok && len(last.Results) == 1 {
		p.name(name, p.is(last.Results[0]))
	}
}

func (p products) name(x ast.Expr, product bool) {
	if o := p.info.ObjectOf(named(x)); o != nil && product {
		p.made[o] = true
	}
}

// named is the name that an expression goes by: of x, of the field x, of an
// element of x or of a call of x; nil if it has none.
func named(x ast.Expr) *ast.Ident {
	switch x := x.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	case *ast.IndexExpr:
		return named(x.X)
	case *ast.ParenExpr:
		return named(x.X)
	case *ast.StarExpr:
		return named(x.X)
	case *ast.CallExpr:
		return named(x.Fun)
	}
	return nil
}

// is says that an expression is a product that the compiler may fuse.
func (p products) is(x ast.Expr) bool {
	if !p.float(x) {
		return false
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return p.is(x.X)
	case *ast.UnaryExpr:
		return p.is(x.X)
	case *ast.BinaryExpr:
		return x.Op == token.MUL && p.product(x.X, x.Y)
	}
	return p.made[p.info.ObjectOf(named(x))]
}

// product says that x times y may be rounded: by a power of two it never is.
func (p products) product(x, y ast.Expr) bool {
	for _, factor := range []ast.Expr{x, y} {
		if known := p.info.Types[factor].Value; known != nil {
			by, _ := constant.Float64Val(known)
			if part, _ := math.Frexp(by); math.Abs(part) == 0.5 {
				return p.is(x) || p.is(y)
			}
		}
	}
	return true
}

// float says that an expression is a floating-point number that the compiler
// does not know: a constant is rounded once, when the program is built.
func (p products) float(x ast.Expr) bool {
	of := p.info.Types[x]
	if id, ok := x.(*ast.Ident); ok && of.Type == nil {
		if o := p.info.Defs[id]; o != nil {
			of.Type = o.Type()
		}
	}
	if of.Type == nil || of.Value != nil && of.Value.Kind() != constant.Unknown {
		return false
	}
	basic, ok := of.Type.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsFloat != 0
}
