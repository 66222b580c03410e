// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/types"
)

// Calls of built-in functions: operands by the declared types, now and then of
// another type, and texts from the pool of what the function reads.

// unsuited are built-in functions that the cases leave out: what they give depends
// on chance, the clock, the network or the machine, or on the place in the text.
var unsuited = []string{"assign", "eq", "http.send", "internal.print", "internal.template_string", "internal.test_case",
	"io.jwt.encode_sign", "io.jwt.encode_sign_raw", "net.lookup_ip_addr", "opa.runtime", "print",
	"providers.aws.sign_req", "rand.intn", "rego.metadata.chain", "rego.metadata.rule",
	"rego.parse_module", "trace", "uuid.rfc4122", "walk"}

var suited = func() (out []*ast.Builtin) {
	for _, b := range ast.Builtins {
		if !slices.Contains(unsuited, b.Name) {
			out = append(out, b)
		}
	}
	return out
}()

// mutate changes a character or two of a text.
func (g *generator) mutate(text string) string {
	signs := []rune(text)
	for range 1 + g.Intn(2) {
		other := []rune(g.pick(strange))
		if len(signs) == 0 {
			return string(other)
		}
		at := g.Intn(len(signs))
		switch g.Intn(4) {
		case 0:
			signs = slices.Delete(signs, at, at+1)
		case 1:
			signs = slices.Insert(signs, at, signs[g.Intn(len(signs))])
		case 2:
			signs[at] = signs[g.Intn(len(signs))]
		default:
			signs = slices.Insert(signs, at, other...)
		}
	}
	return string(signs)
}

func (g *generator) textOf(pool string) string {
	if pools[pool] == nil {
		pool = "text"
	}
	text := g.pick(pools[pool])
	if g.chance(25) {
		text = g.mutate(text)
	}
	return canonical(text)
}

// constant is a random value without names.
func (g *generator) constant(depth int) string {
	switch n := g.Intn(8); {
	case depth <= 0 || n < 3:
		return g.pick(scalars)
	case n == 3:
		return "[" + g.list(depth, 3, g.constant) + "]"
	case n == 4:
		return orEmptySet(g.list(depth, 3, g.constant))
	default:
		return "{" + g.list(depth, 3, func(depth int) string {
			return g.key(depth) + ": " + g.constant(depth)
		}) + "}"
	}
}

func orEmptySet(items string) string {
	if items == "" {
		return "set()"
	}
	return "{" + items + "}"
}

// key is one of an object, mostly a string.
func (g *generator) key(depth int) string {
	if g.chance(80) {
		return canonical(g.pick(keys))
	}
	return g.constant(depth)
}

// typed is a constant of a type; texts come from the pool.
func (g *generator) typed(t types.Type, pool string, depth int) string {
	if g.chance(6) {
		return g.constant(depth)
	}
	switch t := t.(type) {
	case *types.NamedType:
		return g.typed(t.Type, pool, depth)
	case types.Null:
		return "null"
	case types.Boolean:
		return g.pick([]string{"true", "false"})
	case types.Number:
		return g.number()
	case types.String:
		return g.textOf(pool)
	case *types.Array:
		var items []string
		for i := range t.Len() {
			items = append(items, g.typed(t.Select(i), pool, depth-1))
		}
		if t.Dynamic() != nil {
			items = append(items, g.items(t.Dynamic(), pool, depth)...)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case *types.Set:
		return orEmptySet(strings.Join(g.items(t.Of(), pool, depth), ", "))
	case *types.Object:
		return g.object(t, pool, depth)
	case types.Any:
		if len(t) > 0 {
			return g.typed(t[g.Intn(len(t))], pool, depth)
		}
	}
	if pool != "" && g.chance(60) {
		return g.textOf(pool)
	}
	return g.constant(depth)
}

func (g *generator) items(of types.Type, pool string, depth int) (out []string) {
	for range g.Intn(4) {
		out = append(out, g.typed(of, pool, depth-1))
	}
	return out
}

func (g *generator) object(t *types.Object, pool string, depth int) string {
	var items []string
	for _, p := range t.StaticProperties() {
		if g.chance(90) {
			items = append(items, canonical(p.Key)+": "+g.typed(p.Value, pool, depth-1))
		}
	}
	if t.DynamicProperties() != nil {
		for range g.Intn(4) {
			key := g.typed(t.DynamicProperties().Key, pool, depth-1)
			if key[0] == '"' && g.chance(70) {
				key = canonical(g.pick(keys))
			}
			items = append(items, key+": "+g.typed(t.DynamicProperties().Value, pool, depth-1))
		}
	}
	return "{" + strings.Join(items, ", ") + "}"
}

func (g *generator) number() string {
	if g.chance(50) {
		return strconv.Itoa(g.Intn(12) - 2)
	}
	return g.pick(numbers)
}

// operand is the i-th of a built-in function.
func (g *generator) operand(b *ast.Builtin, i int) string {
	pool := "text"
	if hint := strings.Fields(hints[b.Name]); len(hint) > 0 {
		pool = hint[min(i, len(hint)-1)]
	}
	if values[pool] != nil && (pool == "shift" || g.chance(85)) {
		return g.pick(values[pool])
	}
	return g.typed(b.Decl.FuncArgs().Args[i], pool, 3)
}

// calls is a module of calls whose operands the type checker does not see. Each goes
// through a call of its own: 1.0 of a call that was made with 1 before is 1.
func (g *generator) calls() testCase {
	c := testCase{Strict: g.chance(50), Data: "{}"}
	many := 6
	if c.Strict {
		many = 1
	}
	module := "package test\n\nid(_, x) := x\n"
	for i := range many {
		b := suited[g.Intn(len(suited))]
		var operands []string
		for k := range b.Decl.FuncArgs().Args {
			operand := g.operand(b, k)
			if g.chance(95) {
				operand = fmt.Sprintf("id(%d, %s)", len(module)+k, operand)
			}
			operands = append(operands, operand)
		}
		c.V0 = c.V0 || b.IsDeprecated()
		module += fmt.Sprintf("\nc%d := %s(%s)\n", i, b.Name, strings.Join(operands, ", "))
	}
	if c.V0 {
		module = strings.Replace(module, "id(_, x) := x", "id(_, x) = x", 1)
	}
	c.Modules = []string{module}
	return c
}
