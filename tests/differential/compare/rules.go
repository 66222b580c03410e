// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// when is a head with a body.
func (g *generator) when(head string, body []string) string {
	if !g.old {
		head += " if"
	}
	return head + " {\n\t" + strings.Join(body, "\n\t") + "\n}"
}

// value is that of a rule.
func (g *generator) value(depth int) string { return g.still(g.head, depth) }

// tail is what follows a rule: else, now and then several times.
func (g *generator) tail() (out string) {
	for g.chance(25) {
		out += " " + g.inner(func() string {
			body := g.body(1, 2)
			return g.when("else := "+g.value(1), body)
		})
	}
	if out != "" && g.chance(50) {
		out += " else := " + g.pick(scalars)
	}
	return out
}

// several are the definitions of one name; f writes each, without locals.
func (g *generator) several(f func() string) (out string) {
	for range 1 + g.Intn(5)/2 {
		g.vars = nil
		out += f() + "\n"
	}
	return out
}

func (g *generator) function(name string) (out string) {
	f := function{name, 1 + g.Intn(2)}
	if g.chance(20) {
		out = fmt.Sprintf("default %s(%s) := %s\n", f.name, strings.Repeat("_, ", f.arity-1)+"_",
			g.pick(scalars))
	}
	out += g.several(func() string {
		var parameters []string
		for range f.arity {
			parameters = append(parameters, g.local())
		}
		head := fmt.Sprintf("%s(%s)", f.name, strings.Join(parameters, ", "))
		return g.inner(func() string {
			body := g.body(2, 2)
			if g.chance(80) {
				head += " := " + g.value(1)
			}
			return g.when(head, body)
		}) + g.tail()
	})
	g.functions = append(g.functions, f)
	return out
}

func (g *generator) complete(name string) (out string) {
	if g.chance(25) {
		out = "default " + name + " := " + g.pick(scalars) + "\n"
	}
	if g.chance(10) {
		return out + name + " := " + g.term(2)
	}
	return out + g.several(func() string {
		body := g.body(2, 3)
		head := name
		if g.chance(85) {
			head += " := " + g.value(2)
		}
		g.vars = nil
		return g.when(head, body) + g.tail()
	})
}

func (g *generator) contains(name string) string {
	return g.several(func() string {
		body := g.body(2, 3)
		if g.old {
			return g.when(name+"["+g.value(1)+"]", body)
		}
		return g.when(name+" contains "+g.value(1), body)
	})
}

// inHead is a part of a head that is no variable. Numbers and the like, which make
// nothing of a rule without a solution here but parts of its path in OPA, are left
// out: see SPEC.md.
func (g *generator) inHead() string {
	if g.chance(50) {
		return canonical(g.pick(keys))
	}
	return g.untyped()
}

// path is a head's reference behind its name: constants and what the body binds.
func (g *generator) path(parts int) (out string) {
	for range parts {
		switch {
		case g.chance(45):
			out += "." + g.pick(keys[:4])
		case g.chance(70) && len(g.vars) > 0:
			out += "[" + g.pick(g.vars) + "]"
		default:
			out += "[" + g.inHead() + "]"
		}
	}
	return out
}

// referring is a rule with a reference in its head, of a value or of members.
func (g *generator) referring(name string) string {
	members := g.chance(25) && !g.old
	parts := 1 + g.Intn(3)
	return g.several(func() string {
		body := g.body(2, 3)
		head := name + g.path(parts)
		if g.chance(20) {
			head = name + g.path(1+g.Intn(3))
		}
		if members {
			return g.when(head+" contains "+g.value(1), body)
		}
		return g.when(head+" := "+g.value(1), body)
	})
}

// rule is all definitions of a new name.
func (g *generator) rule() (out string) {
	g.rules++
	name := fmt.Sprintf("r%d", g.rules)
	switch g.Intn(9) {
	case 0, 1:
		out = g.contains(name)
	case 2, 3, 4:
		out = g.referring(name)
	case 5, 6:
		return g.function(fmt.Sprintf("f%d", g.rules))
	default:
		out = g.complete(name)
	}
	g.names = append(g.names, name)
	return out
}
