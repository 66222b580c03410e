// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// pattern binds new names.
func (g *generator) pattern(depth int) string {
	switch n := g.Intn(8); {
	case n == 0 && depth > 0:
		return "[" + g.pattern(depth-1) + ", " + g.pattern(depth-1) + "]"
	case n == 1 && depth > 0:
		return fmt.Sprintf("{%s: %s}", canonical(g.pick(keys)), g.pattern(depth-1))
	case n == 2:
		return g.pick(scalars)
	case n == 3:
		return "_"
	}
	return g.declared()
}

// local is mostly a name, and now and then a pattern.
func (g *generator) local() string {
	if g.chance(25) {
		return g.pattern(2)
	}
	return g.declared()
}

var targets = []string{"input", "input.a", "input.a.b", `input["x y"]`, "data.d", "data.d.k",
	"data.d.a.b", "data.test.sub", "data.zz"}

// mock is a function in place of another, or a value. Not a rule: OPA evaluates that
// only when the function is called, see SPEC.md.
func (g *generator) mock() string {
	target := g.pick([]string{"count", "upper", "time.now_ns", "json.marshal"})
	if target == "upper" && g.chance(50) {
		return " with upper as " + g.pick([]string{"lower", "count", "trim_space", "is_string"})
	}
	if len(g.functions) > 0 && g.chance(60) {
		f, other := g.functions[g.Intn(len(g.functions))], g.functions[g.Intn(len(g.functions))]
		if g.chance(30) && other.arity == f.arity {
			return " with " + f.name + " as " + other.name
		}
		target = f.name
	}
	value := g.constant(1)
	if g.chance(40) {
		value = g.untyped()
	}
	return " with " + target + " as " + value
}

func (g *generator) with(depth int) string {
	if g.chance(40) {
		return g.mock()
	}
	target := g.pick(targets)
	names := append([]string{}, g.names...)
	if len(names) > 0 && g.chance(20) {
		target = g.pick(names)
	}
	out := fmt.Sprintf(" with %s as %s", target, g.term(depth-1))
	if g.chance(20) {
		out += g.with(depth)
	}
	return out
}

// block is a body in braces whose names are not seen outside.
func (g *generator) block(depth int) string {
	return g.inner(func() string { return "{ " + strings.Join(g.body(depth-1, 2), "; ") + " }" })
}

func (g *generator) every(depth int) string {
	domain := g.collection(depth)
	return g.inner(func() string {
		names := g.declared()
		used := names
		if g.chance(50) {
			value := g.declared()
			used += ", " + value
			names = used
		}
		body := strings.Join(g.body(depth-1, 2), "; ")
		return fmt.Sprintf("every %s in %s { %s; count([%s]) > 0 }", names, domain, body, used)
	})
}

// operandOf writes what stands beside `and`, `or` and behind `not`.
func (g *generator) operandOf(depth int) string {
	switch g.Intn(4) {
	case 0:
		return g.block(depth)
	case 1:
		return "not " + g.still(g.term, depth)
	}
	return g.still(g.term, depth)
}

func (g *generator) negation(depth int) string {
	return "not " + g.inner(func() string {
		if g.logic && g.chance(40) {
			return g.block(depth)
		}
		if g.chance(30) {
			return g.still(g.term, depth-1) + " " + g.pick(operators[5:]) + " " + g.still(g.term, depth-1)
		}
		return g.still(g.term, depth)
	})
}

// some is an iteration with its own names.
func (g *generator) some(depth int) string {
	if g.old || g.chance(25) {
		ref := g.reference()
		key := g.declared()
		if g.chance(30) {
			other := g.declared()
			return fmt.Sprintf("some %s, %s; %s[%s][%s]", key, other, ref, key, other)
		}
		return fmt.Sprintf("some %s; %s[%s]", key, ref, key)
	}
	domain := g.collection(depth)
	if g.chance(50) {
		key := g.declared()
		return "some " + key + ", " + g.local() + " in " + domain
	}
	return "some " + g.local() + " in " + domain
}

func (g *generator) assignment(depth int) string {
	value := g.term(depth)
	switch g.Intn(6) {
	case 0:
		return g.local() + " = " + value
	case 1:
		return value + " = " + g.local()
	case 2:
		return g.pattern(2) + " := " + value
	case 3:
		subject := g.reference()
		path, node := g.declared(), g.declared()
		return fmt.Sprintf("walk(%s, [%s, %s])", subject, path, node)
	}
	return g.declared() + " := " + value
}

func (g *generator) literal(depth int) string {
	switch n := g.Intn(14); {
	case n < 3:
		return g.assignment(depth)
	case n < 6:
		return g.some(depth)
	case n == 6:
		return g.negation(depth)
	case n == 7 && !g.old:
		return g.every(depth)
	case n == 8 || n == 9:
		return g.inner(func() string { return g.term(depth) }) + g.with(depth)
	case n == 10:
		name := g.variable()
		out := g.inner(func() string { return name + " := " + g.term(depth) }) + g.with(depth)
		g.vars = append(g.vars, name)
		return out
	case n == 11 && g.logic:
		return g.operandOf(depth) + g.pick([]string{" and ", " or "}) + g.operandOf(depth)
	}
	return g.term(depth)
}

// body ends with a use of what it declares: unused names are errors. It may
// iterate, whatever it stands in.
func (g *generator) body(depth, most int) []string {
	saved, before := g.shut, len(g.vars)
	g.shut = 0
	var out []string
	for range 1 + g.Intn(most) {
		out = append(out, g.literal(depth))
	}
	if len(g.vars) > before {
		out = append(out, "count(["+strings.Join(g.vars[before:], ", ")+"]) >= 0")
	}
	g.shut = saved
	return out
}
