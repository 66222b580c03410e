// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

var numbers = []string{
	"0", "1", "2", "3", "-1", "1.5", "-0", "0.1", "1e3", "1.0", "10000000000000000000000",
	"100000000000000000000000.5", "9007199254740993", "1e400", "1e-400", "1E+2", "0.000001",
	"1e-7", "-1.0e-7", "9223372036854775808", "4", "10", "2.50",
}

var texts = []string{
	`""`, `"a"`, `"b"`, `"abc"`, `"é"`, `"日本"`, "`raw\\n`", `"a.b"`, `"1"`, `"\u0000"`, `" "`,
	`"<a>&"`, `"\u2028"`, `"\ud83d\ude00"`, `"😀"`, `"\t\n\"\\/"`, `"k"`, `"c"`, `"x y"`, `"\u007f"`,
}

var scalars = append(append([]string{"null", "true", "false"}, numbers...), texts...)

var keys = []string{"a", "b", "c", "k", "x y", "", "é", "1", "<&>"}

// strange are characters that texts are mutated with.
var strange = []string{"\u0000", "é", "\u2028", "\U0001F600", "\"", "\\", "%", " ", "-", ".", "0",
	"9", "A", "/", "[", "(", "{", "*", "?", "$", "\n", "\u0301", "<", "+", ",", ":"}

var documentNumbers = []string{"0", "1", "2", "3", "1.5", "-2", "0.1", "1e21", "-0", "1.0", "1e400",
	"12345678901234567890"}

var documentTexts = []string{"", "a", "b", "abc", "é", "a/b", "1", "\u0000", "<&>", "\U0001F600"}

func (g *generator) pair(depth int) string {
	key := g.term(depth - 1)
	if g.chance(70) {
		key = canonical(g.pick(keys))
	}
	return key + ": " + g.term(depth-1)
}

func (g *generator) comprehension(depth int) string {
	return g.inner(func() string {
		body := strings.Join(g.body(depth-1, 2), "; ")
		head := g.still(g.head, depth-1)
		switch g.Intn(3) {
		case 0:
			return fmt.Sprintf("[%s | %s]", head, body)
		case 1:
			return fmt.Sprintf("{%s | %s}", head, body)
		default:
			return fmt.Sprintf("{%s: %s | %s}", head, g.still(g.head, depth-1), body)
		}
	})
}

// head is a term that stands before the bar of a comprehension.
func (g *generator) head(depth int) string {
	if len(g.vars) > 0 && g.chance(50) {
		return g.pick(g.vars)
	}
	return g.term(depth)
}

// step is what follows a reference.
func (g *generator) step() string {
	switch n := g.Intn(9); {
	case n == 0:
		return fmt.Sprintf("[%d]", g.Intn(3))
	case n == 1 && len(g.vars) > 0:
		return "[" + g.pick(g.vars) + "]"
	case n <= 3 && g.shut == 0:
		return "[_]"
	case n == 4:
		return `["x y"]`
	case n == 5:
		return "[" + g.reference() + "]"
	case n == 6 && g.chance(30):
		return "[" + g.constant(1) + "]"
	default:
		return "." + g.pick(keys[:4])
	}
}

// untyped is a reference that the type checker knows nothing about.
func (g *generator) untyped() string {
	out := g.pick([]string{"input", "data.d"})
	for range 1 + g.Intn(2) {
		out += g.step()
	}
	return out
}

func (g *generator) reference() string {
	if len(g.vars) > 0 && g.chance(40) {
		return g.pick(g.vars)
	}
	if len(g.names) == 0 || g.chance(60) {
		return g.untyped()
	}
	out := g.pick(g.names)
	for g.chance(30) {
		out += g.step()
	}
	return out
}

func (g *generator) call(depth int) string {
	if len(g.functions) > 0 && g.chance(50) {
		f := g.functions[g.Intn(len(g.functions))]
		var operands []string
		for range f.arity {
			operands = append(operands, g.term(depth-1))
		}
		return fmt.Sprintf("%s(%s)", f.name, strings.Join(operands, ", "))
	}
	b := suited[g.Intn(len(suited))]
	for b.IsDeprecated() || b.Name == "and" || b.Name == "or" {
		b = suited[g.Intn(len(suited))]
	}
	return g.builtin(b, depth)
}

func (g *generator) builtin(b *ast.Builtin, depth int) string {
	var operands []string
	for i := range b.Decl.FuncArgs().Args {
		switch n := g.Intn(10); {
		case n < 4:
			operands = append(operands, g.untyped())
		case n == 4:
			operands = append(operands, g.term(depth-1))
		default:
			operands = append(operands, g.operand(b, i))
		}
	}
	return fmt.Sprintf("%s(%s)", b.Name, strings.Join(operands, ", "))
}

func (g *generator) set(depth int) string { return orEmptySet(g.list(depth, 3, g.term)) }

func (g *generator) collection(depth int) string {
	switch g.Intn(6) {
	case 0:
		if items := g.list(depth, 4, g.term); items != "" {
			return "[" + items + "]"
		}
	case 1:
		if items := g.list(depth, 3, g.term); items != "" {
			return "{" + items + "}"
		}
	case 2:
		if items := g.list(depth, 3, g.pair); items != "" {
			return "{" + items + "}"
		}
	case 3:
		if depth > 0 {
			return g.comprehension(depth - 1)
		}
	}
	return g.reference()
}

var operators = []string{"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="}

func (g *generator) numeric(depth int) string {
	switch g.Intn(4) {
	case 0:
		return g.pick(numbers)
	case 1:
		return g.term(depth - 1)
	}
	return g.untyped()
}

func (g *generator) infix(depth int) string {
	switch n := g.Intn(8); {
	case n == 0:
		return fmt.Sprintf("(%s %s %s)", g.set(depth), g.pick([]string{"&", "|", "-"}), g.set(depth))
	case n == 1 && !g.old:
		return fmt.Sprintf("(%s in %s)", g.term(depth-1), g.collection(depth-1))
	case n == 2 && !g.old:
		return fmt.Sprintf("(%s, %s in %s)", g.term(depth-1), g.term(depth-1), g.collection(depth-1))
	case n == 3:
		return fmt.Sprintf("(%s %s %s)", g.term(depth-1), g.pick(operators[5:]), g.term(depth-1))
	}
	return fmt.Sprintf("(%s %s %s)", g.numeric(depth), g.pick(operators), g.numeric(depth))
}

func (g *generator) template(depth int) string {
	out := "$\""
	for range 1 + g.Intn(3) {
		out += g.pick([]string{"", "x", `\{`, `\n`, "é", "}"}) + "{" + g.still(g.part, depth) + "}"
	}
	return out + "\""
}

func (g *generator) part(depth int) string {
	switch {
	case g.chance(50):
		return g.reference()
	case g.chance(50):
		return g.pick(scalars)
	}
	return "[" + g.term(depth-1) + "]"
}

// term is an expression with a value.
func (g *generator) term(depth int) string {
	if depth <= 0 {
		if g.chance(50) {
			return g.pick(scalars)
		}
		return g.reference()
	}
	switch g.Intn(14) {
	case 0, 1:
		return g.pick(scalars)
	case 2:
		return "[" + g.list(depth, 3, g.term) + "]"
	case 3:
		return "{" + g.list(depth, 3, g.pair) + "}"
	case 4:
		return g.set(depth)
	case 5, 6:
		return g.comprehension(depth)
	case 7, 8:
		return g.call(depth)
	case 9:
		return g.infix(depth)
	case 10:
		return g.template(depth)
	default:
		return g.reference()
	}
}
