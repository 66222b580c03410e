// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// A rule is its head, the literals of its body and what follows them.
type rule struct {
	Head string
	Body []string
	Tail string // else
}

func (r rule) text() string {
	out := r.Head
	if len(r.Body) > 0 {
		out += " if {\n\t" + strings.Join(r.Body, "\n\t") + "\n}"
	}
	return out + r.Tail
}

// Names that may be read where an expression stands.
type generator struct {
	*rand.Rand
	vars      []string
	names     []string // complete rules and partial ones
	functions []string // of one argument
	fresh     int
	closed    bool // no wildcard: in heads and templates
}

// shut runs f without wildcards.
func (g *generator) shut(f func() string) string {
	saved := g.closed
	g.closed = true
	out := f()
	g.closed = saved
	return out
}

// head is a term of a rule's or comprehension's head.
func (g *generator) head(depth int) string {
	return g.shut(func() string { return g.term(depth) })
}

var scalars = []string{
	"null", "true", "false", "0", "1", "2", "3", "-1", "1.5", "-0", "0.1", "1e3",
	"10000000000000000000000", "1.0", "100000000000000000000000.5", "9007199254740993",
	`""`, `"a"`, `"b"`, `"abc"`, `"é"`, `"日本"`, "`raw\\n`", `"a.b"`, `"1"`, `"\u0000"`, `" "`,
}

var keys = []string{"a", "b", "c", "k", "x y"}

func (g *generator) pick(list []string) string { return list[g.Intn(len(list))] }

func (g *generator) chance(percent int) bool { return g.Intn(100) < percent }

func (g *generator) variable() string {
	g.fresh++
	return fmt.Sprintf("v%d", g.fresh)
}

// document is random JSON for input and data.
func (g *generator) document(depth int) any {
	n := 9
	if depth <= 0 {
		n = 6
	}
	switch g.Intn(n) {
	case 0:
		return nil
	case 1:
		return g.chance(50)
	case 2:
		return g.Intn(4)
	case 3:
		return []float64{1.5, -2, 0.1, 1e21}[g.Intn(4)]
	case 4, 5:
		return []string{"", "a", "b", "abc", "é", "a/b", "1"}[g.Intn(7)]
	case 6:
		out := []any{}
		for range g.Intn(4) {
			out = append(out, g.document(depth-1))
		}
		return out
	default:
		out := map[string]any{}
		for range g.Intn(4) {
			out[g.pick(keys)] = g.document(depth - 1)
		}
		return out
	}
}

func (g *generator) list(depth, most int, item func(int) string) string {
	var items []string
	for range g.Intn(most + 1) {
		items = append(items, item(depth-1))
	}
	return strings.Join(items, ", ")
}

func (g *generator) pair(depth int) string {
	key := g.term(depth - 1)
	if g.chance(70) {
		key = fmt.Sprintf("%q", g.pick(keys))
	}
	return key + ": " + g.term(depth-1)
}

// inner runs f with its own variables.
func (g *generator) inner(f func() string) string {
	saved := append([]string{}, g.vars...)
	out := f()
	g.vars = saved
	return out
}

func (g *generator) comprehension(depth int) string {
	return g.inner(func() string {
		body := strings.Join(g.body(depth-1, 2), "; ")
		switch g.Intn(3) {
		case 0:
			return fmt.Sprintf("[%s | %s]", g.head(depth-1), body)
		case 1:
			return fmt.Sprintf("{%s | %s}", g.head(depth-1), body)
		default:
			return fmt.Sprintf("{%s: %s | %s}", g.head(depth-1), g.head(depth-1), body)
		}
	})
}

// operand is an index behind a reference.
func (g *generator) operand() string {
	wild := "[_]"
	if g.closed {
		wild = ".a"
	}
	switch g.Intn(6) {
	case 0:
		return fmt.Sprintf("[%d]", g.Intn(3))
	case 1:
		if len(g.vars) > 0 {
			return "[" + g.pick(g.vars) + "]"
		}
		return wild
	case 2:
		return wild
	case 3:
		return `["x y"]`
	default:
		return "." + g.pick(keys[:4])
	}
}

func (g *generator) reference() string {
	documents := []string{"input", "input", "data.d"}
	if len(g.vars) > 0 && g.chance(40) {
		return g.pick(g.vars)
	}
	if g.chance(5) {
		documents = append(documents, g.vars...)
	}
	out := g.pick(append(documents, g.names...))
	for range g.Intn(3) {
		out += g.operand()
	}
	return out
}

// Builtins by name and operands: n number, s string, c collection, a array,
// o object, t set, _ anything.
var calls = []string{
	"count c", "sum c", "max c", "min c", "sort c", "abs n", "round n", "ceil n", "floor n",
	"upper s", "lower s", "concat s c", "contains s s", "startswith s s", "endswith s s",
	"indexof s s", "replace s s s", "split s s", "substring s n n", "trim s s", "trim_space s",
	"sprintf s a", "format_int n 2", "to_number _", "type_name _", "is_number _", "is_string _",
	"is_set _", "is_object _", "is_array _", "is_null _", "array.concat a a", "array.slice a n n",
	"array.reverse a", "object.get o s _", "object.keys o", "object.remove o c",
	"object.union o o", "object.filter o c", "json.marshal _", "json.unmarshal s",
	"json.is_valid s", "union t", "intersection t", "numbers.range 3 -2", "product c",
	"regex.match s s", "base64.encode s", "hex.encode s", "strings.reverse s",
	"json.patch o a", "json.filter o c", "json.remove o c", "object.subset c c",
	"array.flatten a", "strings.count s s",
}

func (g *generator) argument(form string, depth int) string {
	if form != "_" && g.chance(25) {
		return g.untyped()
	}
	switch form {
	case "n":
		return g.pick(scalars[3:16])
	case "s":
		return g.pick(scalars[16:])
	case "a":
		return "[" + g.list(depth, 3, g.term) + "]"
	case "o":
		return "{" + g.list(depth, 3, g.pair) + "}"
	case "t":
		return g.set(depth)
	case "c":
		return g.collection(depth)
	case "_":
		return g.term(depth - 1)
	default:
		return form
	}
}

// untyped is something that the type checker knows nothing about.
func (g *generator) untyped() string {
	out := g.pick([]string{"input", "data.d"})
	for range 1 + g.Intn(2) {
		out += g.operand()
	}
	return out
}

func (g *generator) call(depth int) string {
	if len(g.functions) > 0 && g.chance(25) {
		return fmt.Sprintf("%s(%s)", g.pick(g.functions), g.term(depth-1))
	}
	parts := strings.Fields(g.pick(calls))
	var args []string
	for _, form := range parts[1:] {
		args = append(args, g.argument(form, depth))
	}
	return fmt.Sprintf("%s(%s)", parts[0], strings.Join(args, ", "))
}

func (g *generator) set(depth int) string {
	items := g.list(depth, 3, g.term)
	if items == "" {
		return "set()"
	}
	return "{" + items + "}"
}

func (g *generator) collection(depth int) string {
	var items string
	switch kind := g.Intn(5); kind {
	case 0, 1:
		items = g.list(depth, 4, g.term)
		if items != "" && kind == 0 {
			return "[" + items + "]"
		}
	case 2:
		items = g.list(depth, 3, g.pair)
	}
	if items == "" {
		return g.reference()
	}
	return "{" + items + "}"
}

func (g *generator) infix(depth int) string {
	op := g.pick([]string{"+", "-", "*", "/", "%", "&", "|", "==", "!=", "<", "<=", ">", ">=", "in"})
	if op == "&" || op == "|" {
		return fmt.Sprintf("(%s %s %s)", g.set(depth), op, g.set(depth))
	}
	if op == "in" {
		return fmt.Sprintf("(%s in %s)", g.term(depth-1), g.collection(depth-1))
	}
	left, right := g.argument("n", depth), g.argument("n", depth)
	return fmt.Sprintf("(%s %s %s)", left, op, right)
}

func (g *generator) template(depth int) string {
	return fmt.Sprintf(`$"x{%s}y{%s}"`, g.shut(g.reference), strings.ReplaceAll(g.pick(scalars[:10]), "\"", ""))
}

// term is an expression with a value; it may leave new names undefined.
func (g *generator) term(depth int) string {
	if depth <= 0 {
		if g.chance(50) {
			return g.pick(scalars)
		}
		return g.reference()
	}
	switch g.Intn(13) {
	case 0, 1:
		return g.pick(scalars)
	case 2, 3:
		return g.reference()
	case 4:
		return "[" + g.list(depth, 3, g.term) + "]"
	case 5:
		return "{" + g.list(depth, 3, g.pair) + "}"
	case 6:
		return g.set(depth)
	case 7, 8:
		return g.comprehension(depth)
	case 9, 10:
		return g.call(depth)
	case 11:
		return g.infix(depth)
	default:
		if g.chance(30) {
			return g.template(depth)
		}
		return g.reference()
	}
}

// pattern binds new names.
func (g *generator) pattern(depth int) string {
	switch g.Intn(6) {
	case 0:
		if depth > 0 {
			return "[" + g.pattern(depth-1) + ", " + g.pattern(depth-1) + "]"
		}
	case 1:
		if depth > 0 {
			return fmt.Sprintf("{%q: %s}", g.pick(keys), g.pattern(depth-1))
		}
	case 2:
		return g.pick(scalars[:8])
	case 3:
		return "_"
	}
	name := g.variable()
	g.vars = append(g.vars, name)
	return name
}

// local is mostly a name, and now and then a pattern.
func (g *generator) local() string {
	if g.chance(20) {
		return g.pattern(1)
	}
	name := g.variable()
	g.vars = append(g.vars, name)
	return name
}

func (g *generator) with(depth int) string {
	targets := append([]string{"input", "input.a", "data.d", "data.d.k"}, g.functions...)
	target := g.pick(targets)
	for _, f := range g.functions {
		if f == target {
			return fmt.Sprintf(" with %s as %s", target, g.pick(scalars[:12]))
		}
	}
	return fmt.Sprintf(" with %s as %s", target, g.term(depth-1))
}

func (g *generator) literal(depth int) string {
	switch g.Intn(12) {
	case 0, 1:
		value := g.term(depth)
		name := g.variable()
		g.vars = append(g.vars, name)
		return name + " := " + value
	case 2:
		value := g.term(depth)
		return g.local() + " = " + value
	case 3:
		domain := g.collection(depth)
		return "some " + g.local() + " in " + domain
	case 4:
		domain := g.collection(depth)
		key := g.variable()
		g.vars = append(g.vars, key)
		return "some " + key + ", " + g.local() + " in " + domain
	case 5:
		return "not " + g.inner(func() string { return g.head(depth) })
	case 6:
		domain := g.collection(depth)
		return g.inner(func() string {
			key, value := g.variable(), g.variable()
			g.vars = append(g.vars, key, value)
			body := strings.Join(g.body(depth-1, 2), "; ")
			return fmt.Sprintf("every %s, %s in %s { %s; count([%s, %s]) > 0 }", key, value,
				domain, body, key, value)
		})
	case 7:
		return g.inner(func() string { return g.term(depth) }) + g.with(depth)
	case 8:
		key := g.variable()
		ref := g.reference()
		g.vars = append(g.vars, key)
		return fmt.Sprintf("some %s; %s[%s]", key, ref, key)
	default:
		return g.term(depth)
	}
}

// body ends with a use of what it declares: unused names are errors. Wildcards
// are fine in it, whatever it stands in.
func (g *generator) body(depth, most int) []string {
	saved, before := g.closed, len(g.vars)
	g.closed = false
	var out []string
	for range 1 + g.Intn(most) {
		out = append(out, g.literal(depth))
	}
	if len(g.vars) > before {
		out = append(out, "count(["+strings.Join(g.vars[before:], ", ")+"]) >= 0")
	}
	g.closed = saved
	return out
}

func (g *generator) tail() string {
	switch g.Intn(8) {
	case 0:
		return " else := " + g.head(1)
	case 1:
		body := strings.Join(g.body(1, 1), "; ")
		return fmt.Sprintf(" else := %s if { %s } else := %s", g.pick(scalars), body, g.pick(scalars))
	default:
		return ""
	}
}

// rules makes the definitions of one name.
func (g *generator) rules(i int) []rule {
	g.vars = nil
	name := fmt.Sprintf("r%d", i)
	body := g.body(2, 3)
	switch g.Intn(8) {
	case 0:
		out := []rule{{Head: name + " contains " + g.head(1), Body: body}}
		g.vars = nil
		out = append(out, rule{Head: name + " contains " + g.head(1), Body: g.body(2, 2)})
		g.names = append(g.names, name)
		return out
	case 1:
		head := fmt.Sprintf("%s[%s] := %s", name, g.head(0), g.head(1))
		g.names = append(g.names, name)
		return []rule{{Head: head, Body: body}}
	case 2:
		head := fmt.Sprintf("%s.%s[%s] := %s", name, g.pick(keys[:3]), g.head(0), g.head(1))
		g.names = append(g.names, name)
		return []rule{{Head: head, Body: body}}
	case 3:
		name = fmt.Sprintf("f%d", i)
		g.vars = []string{"p"}
		body = g.body(2, 2)
		head := fmt.Sprintf("%s(p) := %s", name, g.head(1))
		tail := g.inner(func() string { return g.tail() })
		g.functions = append(g.functions, name)
		return []rule{{Head: head, Body: body, Tail: tail}}
	case 4:
		head := fmt.Sprintf("%s := %s", name, g.head(1))
		g.vars = nil
		g.names = append(g.names, name)
		return []rule{{Head: "default " + name + " := " + g.pick(scalars)},
			{Head: head, Body: body, Tail: g.tail()}}
	default:
		head := fmt.Sprintf("%s := %s", name, g.head(2))
		g.vars = nil
		tail := g.tail()
		g.names = append(g.names, name)
		return []rule{{Head: head, Body: body, Tail: tail}}
	}
}

// generate is the case of a seed.
func generate(seed int64) testCase {
	g := &generator{Rand: rand.New(rand.NewSource(seed))}
	input := canonical(g.document(3))
	data := canonical(map[string]any{"d": g.document(3)})
	module := "package test\n"
	for i := range 1 + g.Intn(5) {
		for _, r := range g.rules(i) {
			module += "\n" + r.text() + "\n"
		}
	}
	return testCase{Modules: []string{module}, Input: input, Data: data}
}
