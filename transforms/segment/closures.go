package segment

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unsafe"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// compiler turns a checked expression into closures over a row: what most rules need, at a
// few nanoseconds a node. What it does not know is left to CEL's interpreter; both must agree
// (see the property test).
type compiler struct{ tree *ast.AST }

type (
	test   = func(row unsafe.Pointer) bool
	number = func(row unsafe.Pointer) (float64, bool) // false: null
	text   = func(row unsafe.Pointer) (string, bool)
)

func (c *compiler) kind(e ast.Expr) kind { return kindOf(c.tree.GetType(e.ID())) }

func identColumn(e ast.Expr, k kind) *column {
	if e.Kind() != ast.IdentKind {
		return nil
	}
	if column := columnsOnce()[e.AsIdent()]; column != nil && column.kind == k {
		return column
	}
	return nil
}

// test compiles an expression that is true or false. Null counts as false.
func (c *compiler) test(e ast.Expr) (test, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		v, ok := e.AsLiteral().(types.Bool)
		return func(unsafe.Pointer) bool { return bool(v) }, ok
	case ast.IdentKind:
		if column := identColumn(e, kindBool); column != nil {
			return column.test, true
		}
	case ast.CallKind:
		return c.testCall(e.AsCall())
	}
	return nil, false
}

func (c *compiler) testCall(call ast.CallExpr) (test, bool) {
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr:
		a, okA := c.test(args[0])
		b, okB := c.test(args[1])
		if !okA || !okB {
			return nil, false
		}
		if call.FunctionName() == operators.LogicalAnd {
			return func(row unsafe.Pointer) bool { return a(row) && b(row) }, true
		}
		return func(row unsafe.Pointer) bool { return a(row) || b(row) }, true
	case operators.LogicalNot:
		a, ok := c.test(args[0])
		return func(row unsafe.Pointer) bool { return !a(row) }, ok
	case operators.Conditional:
		when, ok := c.test(args[0])
		yes, okYes := c.test(args[1])
		no, okNo := c.test(args[2])
		return func(row unsafe.Pointer) bool {
			if when(row) {
				return yes(row)
			}
			return no(row)
		}, ok && okYes && okNo
	case operators.In:
		return c.membership(args[0], args[1])
	case "startsWith", "endsWith", "contains", "matches":
		return c.textTest(call)
	}
	if slices.Contains(comparisons, call.FunctionName()) {
		return c.comparison(call.FunctionName(), args[0], args[1])
	}
	return nil, false
}

func (c *compiler) comparison(operator string, left, right ast.Expr) (test, bool) {
	a, b := c.kind(left), c.kind(right)
	switch {
	case b == kindNull:
		return c.presence(operator, left)
	case a == kindNull:
		return c.presence(operator, right)
	case a != b:
		return nil, false
	case a == kindNumber || a == kindTime || a == kindSpan:
		return c.compareNumbers(operator, left, right)
	case a == kindText:
		return c.compareTexts(operator, left, right)
	case a == kindBool:
		x, okX := c.test(left)
		y, okY := c.test(right)
		switch operator {
		case operators.Equals:
			return func(row unsafe.Pointer) bool { return x(row) == y(row) }, okX && okY
		case operators.NotEquals:
			return func(row unsafe.Pointer) bool { return x(row) != y(row) }, okX && okY
		}
	}
	return nil, false
}

// presence compiles x == null and x != null.
func (c *compiler) presence(operator string, e ast.Expr) (test, bool) {
	var known test
	if x, ok := c.number(e); ok {
		known = func(row unsafe.Pointer) bool { _, ok := x(row); return ok }
	} else if x, ok := c.text(e); ok {
		known = func(row unsafe.Pointer) bool { _, ok := x(row); return ok }
	} else {
		return nil, false
	}
	switch operator {
	case operators.Equals:
		return func(row unsafe.Pointer) bool { return !known(row) }, true
	case operators.NotEquals:
		return known, true
	}
	return nil, false
}

func (c *compiler) compareNumbers(operator string, left, right ast.Expr) (test, bool) {
	a, okA := c.number(left)
	b, okB := c.number(right)
	if !okA || !okB {
		return nil, false
	}
	both := func(compare func(x, y float64) bool) test {
		return func(row unsafe.Pointer) bool {
			x, ok := a(row)
			if !ok {
				return false
			}
			y, ok := b(row)
			return ok && compare(x, y)
		}
	}
	switch operator {
	case operators.Equals:
		return both(func(x, y float64) bool { return x == y }), true
	case operators.NotEquals:
		return both(func(x, y float64) bool { return x != y }), true
	case operators.Less:
		return both(func(x, y float64) bool { return x < y }), true
	case operators.LessEquals:
		return both(func(x, y float64) bool { return x <= y }), true
	case operators.Greater:
		return both(func(x, y float64) bool { return x > y }), true
	case operators.GreaterEquals:
		return both(func(x, y float64) bool { return x >= y }), true
	}
	return nil, false
}

func (c *compiler) compareTexts(operator string, left, right ast.Expr) (test, bool) {
	a, okA := c.text(left)
	b, okB := c.text(right)
	if !okA || !okB {
		return nil, false
	}
	both := func(compare func(x, y string) bool) test {
		return func(row unsafe.Pointer) bool {
			x, ok := a(row)
			if !ok {
				return false
			}
			y, ok := b(row)
			return ok && compare(x, y)
		}
	}
	switch operator {
	case operators.Equals:
		return both(func(x, y string) bool { return x == y }), true
	case operators.NotEquals:
		return both(func(x, y string) bool { return x != y }), true
	case operators.Less:
		return both(func(x, y string) bool { return x < y }), true
	case operators.LessEquals:
		return both(func(x, y string) bool { return x <= y }), true
	case operators.Greater:
		return both(func(x, y string) bool { return x > y }), true
	case operators.GreaterEquals:
		return both(func(x, y string) bool { return x >= y }), true
	}
	return nil, false
}

// membership compiles x in [constants] and text in list column.
func (c *compiler) membership(item, list ast.Expr) (test, bool) {
	if column := identColumn(list, kindTexts); column != nil {
		x, ok := c.text(item)
		return func(row unsafe.Pointer) bool {
			v, known := x(row)
			return known && slices.Contains(column.texts(row), v)
		}, ok
	}
	if list.Kind() != ast.ListKind {
		return nil, false
	}
	var texts []string
	var numbers []float64
	for _, e := range list.AsList().Elements() {
		if e.Kind() != ast.LiteralKind {
			return nil, false
		}
		switch v := e.AsLiteral().(type) {
		case types.String:
			texts = append(texts, string(v))
		case types.Double:
			numbers = append(numbers, float64(v))
		default:
			return nil, false
		}
	}
	switch c.kind(item) {
	case kindText:
		x, ok := c.text(item)
		return func(row unsafe.Pointer) bool {
			v, known := x(row)
			return known && slices.Contains(texts, v)
		}, ok
	case kindNumber:
		x, ok := c.number(item)
		return func(row unsafe.Pointer) bool {
			v, known := x(row)
			return known && slices.Contains(numbers, v)
		}, ok
	}
	return nil, false
}

func (c *compiler) textTest(call ast.CallExpr) (test, bool) {
	if !call.IsMemberFunction() || len(call.Args()) != 1 {
		return nil, false
	}
	a, okA := c.text(call.Target())
	b, okB := c.text(call.Args()[0])
	if !okA || !okB {
		return nil, false
	}
	check := map[string]func(s, part string) bool{"startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix, "contains": strings.Contains}[call.FunctionName()]
	if check == nil { // matches
		pattern, ok := constant(call.Args()[0])
		if !ok {
			return nil, false
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			return nil, false
		}
		check = func(s, _ string) bool { return compiled.MatchString(s) }
	}
	return func(row unsafe.Pointer) bool {
		s, ok := a(row)
		if !ok {
			return false
		}
		part, ok := b(row)
		return ok && check(s, part)
	}, true
}

func constant(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

func (c *compiler) text(e ast.Expr) (text, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		s, ok := constant(e)
		return func(unsafe.Pointer) (string, bool) { return s, true }, ok
	case ast.IdentKind:
		if column := identColumn(e, kindText); column != nil {
			return column.text, true
		}
	}
	return nil, false
}

// number compiles numbers, times and durations, the latter two in microseconds.
func (c *compiler) number(e ast.Expr) (number, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		v, ok := e.AsLiteral().(types.Double)
		return fixed(float64(v)), ok
	case ast.IdentKind:
		for _, k := range []kind{kindNumber, kindTime} {
			if column := identColumn(e, k); column != nil {
				return column.number, true
			}
		}
	case ast.CallKind:
		return c.numberCall(e.AsCall())
	}
	return nil, false
}

func fixed(v float64) number { return func(unsafe.Pointer) (float64, bool) { return v, true } }

func (c *compiler) numberCall(call ast.CallExpr) (number, bool) {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Add, operators.Subtract, operators.Multiply, operators.Divide:
		return c.arithmetic(call.FunctionName(), args[0], args[1])
	case operators.Negate:
		a, ok := c.number(args[0])
		return func(row unsafe.Pointer) (float64, bool) { v, known := a(row); return -v, known }, ok
	case "double":
		return c.toDouble(args[0])
	case "date", "timestamp", "duration":
		if s, ok := constant(args[0]); ok {
			return constantTime(call.FunctionName(), s)
		}
	case "days":
		a, ok := c.number(args[0])
		return func(row unsafe.Pointer) (float64, bool) { v, known := a(row); return v * microsPerDay, known }, ok
	case operators.Conditional:
		when, ok := c.test(args[0])
		yes, okYes := c.number(args[1])
		no, okNo := c.number(args[2])
		return func(row unsafe.Pointer) (float64, bool) {
			if when(row) {
				return yes(row)
			}
			return no(row)
		}, ok && okYes && okNo
	}
	return nil, false
}

// toDouble compiles double(number) and double(size(list)).
func (c *compiler) toDouble(e ast.Expr) (number, bool) {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "size" {
		list := e.AsCall().Target()
		if !e.AsCall().IsMemberFunction() {
			list = e.AsCall().Args()[0]
		}
		if column := identColumn(list, kindTexts); column != nil {
			return func(row unsafe.Pointer) (float64, bool) { return float64(len(column.texts(row))), true }, true
		}
		return nil, false
	}
	if c.kind(e) != kindNumber {
		return nil, false
	}
	return c.number(e)
}

func constantTime(function, s string) (number, bool) {
	switch function {
	case "date":
		t, err := time.Parse(time.DateOnly, s)
		return fixed(float64(t.UnixMicro())), err == nil
	case "timestamp":
		t, err := time.Parse(time.RFC3339, s)
		return fixed(float64(t.UnixMicro())), err == nil
	default:
		d, err := time.ParseDuration(s)
		return fixed(float64(d.Microseconds())), err == nil
	}
}

func (c *compiler) arithmetic(operator string, left, right ast.Expr) (number, bool) {
	a, okA := c.number(left)
	b, okB := c.number(right)
	if !okA || !okB {
		return nil, false
	}
	both := func(f func(x, y float64) float64) number {
		return func(row unsafe.Pointer) (float64, bool) {
			x, ok := a(row)
			if !ok {
				return 0, false
			}
			y, ok := b(row)
			return f(x, y), ok
		}
	}
	switch operator {
	case operators.Add:
		return both(func(x, y float64) float64 { return x + y }), true
	case operators.Subtract:
		return both(func(x, y float64) float64 { return x - y }), true
	case operators.Multiply:
		return both(func(x, y float64) float64 { return x * y }), true
	default:
		return both(func(x, y float64) float64 { return x / y }), true
	}
}
