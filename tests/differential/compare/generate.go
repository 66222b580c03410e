// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math/rand"
	"strings"
)

// A generator writes the modules of one case.
type generator struct {
	*rand.Rand
	module          // the one that is being written
	vars   []string // locals that have a value here
	fresh  int      // locals so far
	shut   int      // above 0: no iteration, as in heads and templates
}

// A module sees what was written before it and itself.
type module struct {
	name      string
	old       bool       // of Rego v0, without the keywords of v1
	logic     bool       // imports future.keywords.not, and, or
	names     []string   // references to rules and imports
	functions []function // that may be called
	rules     int        // so far
}

type function struct {
	name  string
	arity int
}

func (g *generator) pick(list []string) string { return list[g.Intn(len(list))] }

func (g *generator) chance(percent int) bool { return g.Intn(100) < percent }

// variable is a new local.
func (g *generator) variable() string {
	g.fresh++
	return fmt.Sprintf("v%d", g.fresh)
}

func (g *generator) declared() string {
	name := g.variable()
	g.vars = append(g.vars, name)
	return name
}

// inner is what f writes, in a scope of its own.
func (g *generator) inner(f func() string) string {
	saved := append([]string{}, g.vars...)
	out := f()
	g.vars = saved
	return out
}

// still is what f writes, without iteration.
func (g *generator) still(f func(int) string, depth int) string {
	g.shut++
	out := f(depth)
	g.shut--
	return out
}

func (g *generator) list(depth, most int, item func(int) string) string {
	var items []string
	for range g.Intn(most + 1) {
		items = append(items, item(depth-1))
	}
	return strings.Join(items, ", ")
}

// document is random JSON for input and data.
func (g *generator) document(depth int) string {
	n := 9
	if depth <= 0 {
		n = 6
	}
	switch g.Intn(n) {
	case 0:
		return "null"
	case 1:
		return g.pick([]string{"true", "false"})
	case 2, 3:
		return g.pick(documentNumbers)
	case 4, 5:
		return canonical(g.pick(documentTexts))
	case 6:
		return "[" + g.list(depth, 3, g.document) + "]"
	default:
		return g.documentObject(depth)
	}
}

func (g *generator) documentObject(depth int) string {
	return "{" + g.list(depth, 4, func(depth int) string {
		return canonical(g.pick(keys)) + ":" + g.document(depth)
	}) + "}"
}

// header is the package with its imports.
func (g *generator) header() string {
	out := "package " + g.name + "\n\n"
	if g.chance(20) {
		out += "import input.a as ia\n"
		g.names = append(g.names, "ia")
	}
	if g.chance(20) {
		out += "import data.d as dd\n"
		g.names = append(g.names, "dd")
	}
	if g.chance(15) {
		g.logic = true
		out += g.pick([]string{"import rego.v2\n", "import future.keywords.not\n" +
			"import future.keywords.and\nimport future.keywords.or\n"})
	}
	return out
}

func (g *generator) write(v0 bool) string {
	if v0 {
		g.old = g.chance(50)
	}
	out := g.header()
	if v0 && !g.old {
		out += g.pick([]string{"import rego.v1\n", "import future.keywords\n"})
	}
	for range 1 + g.Intn(5) {
		g.vars = nil
		if g.chance(5) {
			out += "\n# METADATA\n# title: t\n# custom:\n#  k: [1]"
		}
		out += "\n" + g.rule() + "\n"
	}
	return out
}

// names of the packages of one case; the query is for what is below the first.
var packages = []string{"test", "test.sub", "other"}

// policies is a case of one to three modules.
func (g *generator) policies() testCase {
	c := testCase{V0: g.chance(8), Strict: g.chance(15)}
	if g.chance(90) {
		c.Input = g.document(3)
	}
	c.Data = "{\"d\":" + g.document(3) + "}"
	many := max(1, g.Intn(8)-4)
	var seen module
	for i := range many {
		name := packages[many-1-i]
		g.module = module{name: name, names: seen.names, functions: seen.functions}
		own := len(seen.names)
		ownFunctions := len(seen.functions)
		c.Modules = append(c.Modules, g.write(c.V0))
		seen = g.module
		seen.qualify(own, ownFunctions)
	}
	return c
}

// qualify makes the names of a module those that other modules call them by.
func (m *module) qualify(names, functions int) {
	kept := m.names[:names:names]
	for _, name := range m.names[names:] {
		if name[0] == 'r' {
			kept = append(kept, "data."+m.name+"."+name)
		}
	}
	m.names = kept
	for i := range m.functions[functions:] {
		f := &m.functions[functions+i]
		f.name = "data." + m.name + "." + f.name
	}
}

// generate is the case of a seed.
func generate(seed int64) testCase {
	g := &generator{Rand: rand.New(rand.NewSource(seed))}
	if g.chance(30) {
		return g.calls()
	}
	return g.policies()
}
