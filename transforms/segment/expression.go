package segment

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unsafe"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Expression is a condition of a rule: CEL over the columns of the customers table.
//
// All numbers are doubles, so that 2 and 2.0 are the same; money is in reporting units; days
// and times are timestamps, a day being its midnight UTC. A comparison with null is false;
// x == null and x != null ask for null itself. Beside CEL's own functions there are
// date("2026-01-31") and days(30).
type Expression struct {
	text string
	test func(row unsafe.Pointer) bool
	fast bool // evaluated by closures, not by CEL's interpreter
}

// String returns the expression as written.
func (e *Expression) String() string { return e.text }

// Match evaluates the expression. What cannot be computed (a list index that is not there)
// does not match.
func (e *Expression) Match(c *schemas.Customer) bool { return e.test(unsafe.Pointer(c)) }

// mistake is an error in an expression, by 0-based line of its text.
type mistake struct {
	line    int
	message string
}

// compile parses, checks and compiles an expression that must be true or false.
func compile(text string) (*Expression, []mistake) {
	checked, mistakes := check(text, false)
	if mistakes != nil {
		return nil, mistakes
	}
	e := &Expression{text: text}
	if test, ok := (&compiler{checked.NativeRep()}).test(checked.NativeRep().Expr()); ok {
		e.test, e.fast = test, true
		return e, nil
	}
	guarded, mistakes := check(text, true)
	if mistakes != nil {
		return nil, mistakes
	}
	program, err := environment().Program(guarded)
	if err != nil {
		return nil, []mistake{{0, err.Error()}}
	}
	e.test = interpreted(program)
	return e, nil
}

// check parses an expression, makes its numbers doubles, guards comparisons against null if
// asked to, and checks types.
func check(text string, guard bool) (*cel.Ast, []mistake) {
	parsed, issues := environment().Parse(text)
	if issues.Err() != nil {
		return nil, translate(issues)
	}
	if mistakes := unknownNames(parsed); mistakes != nil {
		return nil, mistakes
	}
	r := rewriter{ast.NewExprFactory(), ast.MaxID(parsed.NativeRep())}
	r.doubles(parsed.NativeRep().Expr())
	if guard {
		r.guards(parsed.NativeRep().Expr())
	}
	checked, issues := environment().Check(parsed)
	if issues.Err() != nil {
		return nil, translate(issues)
	}
	if checked.OutputType() != cel.BoolType {
		return nil, []mistake{{0, fmt.Sprintf("must be true or false, but is a %s", kindOf(checked.OutputType()))}}
	}
	return checked, nil
}

// environment declares the columns and functions of rules.
var environment = sync.OnceValue(func() *cel.Env {
	options := []cel.EnvOption{
		cel.CrossTypeNumericComparisons(true),
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				t, err := time.Parse(time.DateOnly, string(v.(types.String)))
				if err != nil {
					return types.NewErr("%q is not a date (expected yyyy-mm-dd)", v)
				}
				return types.Timestamp{Time: t}
			}))),
		cel.Function("days", cel.Overload("days_double", []*cel.Type{cel.DoubleType}, cel.DurationType,
			cel.UnaryBinding(func(v ref.Val) ref.Val {
				return types.Duration{Duration: time.Duration(float64(v.(types.Double)) * 24 * float64(time.Hour))}
			}))),
	}
	for _, name := range Columns() {
		options = append(options, cel.Variable(name, celType(columnsOnce()[name])))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		panic(err) // the columns are constants of the program
	}
	return env
})

func celType(c *column) *cel.Type {
	var t *cel.Type
	switch c.kind {
	case kindNumber:
		t = cel.DoubleType
	case kindText:
		t = cel.StringType
	case kindBool:
		return cel.BoolType
	case kindTime:
		return cel.TimestampType // takes null as it is
	case kindTexts:
		return cel.ListType(cel.StringType)
	default:
		return cel.ListType(cel.MapType(cel.StringType, cel.DynType))
	}
	return cel.NullableType(t) // also of columns that are never null: asking is no mistake
}

func kindOf(t *cel.Type) kind {
	switch {
	case t == nil:
		return kindOther
	case t.Kind() == types.NullTypeKind:
		return kindNull
	case t.IsExactType(cel.DoubleType), t.IsExactType(cel.NullableType(cel.DoubleType)), t.IsExactType(cel.IntType):
		return kindNumber
	case t.IsExactType(cel.StringType), t.IsExactType(cel.NullableType(cel.StringType)):
		return kindText
	case t.IsExactType(cel.BoolType):
		return kindBool
	case t.IsExactType(cel.TimestampType):
		return kindTime
	case t.IsExactType(cel.DurationType):
		return kindSpan
	case t.IsExactType(cel.ListType(cel.StringType)):
		return kindTexts
	case t.Kind() == types.ListKind:
		return kindRecords
	}
	return kindOther
}

// unknownNames finds identifiers that are no columns, with the nearest that is.
func unknownNames(parsed *cel.Ast) []mistake {
	var out []mistake
	info := parsed.NativeRep().SourceInfo()
	var walk func(e ast.Expr, bound []string)
	walk = func(e ast.Expr, bound []string) {
		switch e.Kind() {
		case ast.IdentKind:
			name := e.AsIdent()
			if _, ok := columnsOnce()[name]; ok || slices.Contains(bound, name) || isTypeName(name) {
				return
			}
			line := max(info.GetStartLocation(e.ID()).Line()-1, 0)
			out = append(out, mistake{line, fmt.Sprintf("unknown column %q%s", name, nearest(name, Columns()))})
		case ast.CallKind:
			if e.AsCall().IsMemberFunction() {
				walk(e.AsCall().Target(), bound)
			}
			for _, arg := range e.AsCall().Args() {
				walk(arg, bound)
			}
		case ast.SelectKind:
			walk(e.AsSelect().Operand(), bound)
		case ast.ListKind:
			for _, item := range e.AsList().Elements() {
				walk(item, bound)
			}
		case ast.MapKind:
			for _, entry := range e.AsMap().Entries() {
				walk(entry.AsMapEntry().Key(), bound)
				walk(entry.AsMapEntry().Value(), bound)
			}
		case ast.ComprehensionKind:
			c := e.AsComprehension()
			walk(c.IterRange(), bound)
			walk(c.AccuInit(), bound)
			inner := append(slices.Clone(bound), c.IterVar(), c.IterVar2(), c.AccuVar())
			walk(c.LoopCondition(), inner)
			walk(c.LoopStep(), inner)
			walk(c.Result(), inner)
		}
	}
	walk(parsed.NativeRep().Expr(), nil)
	return out
}

// nearest suggests a column; the list of all is too long for a message.
func nearest(name string, columns []string) string {
	suggestion := strictyaml.Suggest(name, columns)
	if strings.HasPrefix(suggestion, "; valid: ") {
		return "; the columns of customers are listed in docs/tables.md"
	}
	return suggestion
}

func isTypeName(name string) bool {
	return slices.Contains([]string{"bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type"}, name)
}

var (
	overload = regexp.MustCompile(`found no matching overload for '([^']*)' applied to '([^']*)'`)
	wrapper  = regexp.MustCompile(`wrapper\((\w+)\)`)
	words    = strings.NewReplacer("google.protobuf.Timestamp", "time", "google.protobuf.Duration", "duration", "timestamp", "time",
		"double", "number", "int", "number", "string", "text", "bool", "true/false", "_", "", "@in", "in")
)

// translate puts CEL's messages into the words of this package.
func translate(issues *cel.Issues) []mistake {
	var out []mistake
	for _, e := range issues.Errors() {
		message := e.Message
		if m := overload.FindStringSubmatch(message); m != nil {
			message = fmt.Sprintf("%s does not go with %s", words.Replace(m[1]), words.Replace(wrapper.ReplaceAllString(m[2], "$1")))
		}
		message = strings.TrimSuffix(strings.Replace(message, "undeclared reference to", "unknown function", 1), " (in container '')")
		out = append(out, mistake{max(e.Location.Line()-1, 0), message})
	}
	return out
}

// rewriter changes parsed expressions in place.
type rewriter struct {
	factory ast.ExprFactory
	lastID  int64
}

func (r *rewriter) id() int64 {
	r.lastID++
	return r.lastID
}

// integers are functions that give an int; they are wrapped to give a double.
var integers = []string{"size", "int", "indexOf", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds"}

// doubles makes every whole number a double, but for list indexes.
func (r *rewriter) doubles(root ast.Expr) {
	skip := map[int64]bool{}
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Index {
			skip[e.AsCall().Args()[1].ID()] = true
		}
	}))
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.LiteralKind:
			if v, ok := e.AsLiteral().(types.Int); ok && !skip[e.ID()] {
				e.SetKindCase(r.factory.NewLiteral(e.ID(), types.Double(v)))
			}
		case ast.CallKind:
			if slices.Contains(integers, e.AsCall().FunctionName()) {
				inner := r.factory.CopyExpr(e)
				moved := r.factory.NewUnspecifiedExpr(r.id())
				moved.SetKindCase(inner)
				e.SetKindCase(r.factory.NewCall(e.ID(), "double", moved))
			}
		}
	}))
}

var comparisons = []string{operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.In}

// textTests are functions that compare texts.
var textTests = []string{"startsWith", "endsWith", "contains", "matches"}

// guards turns each comparison that involves columns that may be null, x < y, into
// x != null && x < y, so that it is false and not an error. Comparisons with null itself
// stay.
func (r *rewriter) guards(root ast.Expr) {
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind || !slices.Contains(comparisons, e.AsCall().FunctionName()) && !slices.Contains(textTests, e.AsCall().FunctionName()) {
			return
		}
		var names []string
		operands := e.AsCall().Args()
		if e.AsCall().IsMemberFunction() {
			operands = append([]ast.Expr{e.AsCall().Target()}, operands...)
		}
		for _, arg := range operands {
			if arg.Kind() == ast.LiteralKind && arg.AsLiteral() == types.NullValue {
				return
			}
			ast.PreOrderVisit(arg, ast.NewExprVisitor(func(inner ast.Expr) {
				if inner.Kind() != ast.IdentKind {
					return
				}
				c := columnsOnce()[inner.AsIdent()]
				if c != nil && c.nullable && !slices.Contains(names, c.name) {
					names = append(names, c.name)
				}
			}))
		}
		if names == nil {
			return
		}
		comparison := r.factory.NewUnspecifiedExpr(r.id())
		comparison.SetKindCase(r.factory.CopyExpr(e))
		for i, name := range names {
			present := r.factory.NewCall(r.id(), operators.NotEquals, r.factory.NewIdent(r.id(), name), r.factory.NewLiteral(r.id(), types.NullValue))
			if i == len(names)-1 {
				e.SetKindCase(r.factory.NewCall(e.ID(), operators.LogicalAnd, present, comparison))
			} else {
				comparison = r.factory.NewCall(r.id(), operators.LogicalAnd, present, comparison)
			}
		}
	}))
}
