// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The shrinker knows no Rego but its brackets and separators: it takes away
// stretches of tokens, or puts something plain in their place, and keeps what
// still shows a difference of the same kind.

var token = regexp.MustCompile("[a-zA-Z_0-9]+|\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`]*`|[ \t]+|\n|:=|[=!<>]=|.")

// mostTries bounds what is asked for one difference.
const mostTries = 4000

// A span is tokens [from, to) with all brackets closed.
type span struct{ from, to int }

// spans are the balanced stretches of tokens worth a try, long ones first: what
// stands between separators, a bracket with what it holds, with the name before
// it, and runs of lines.
func spans(tokens []string) []span {
	var out []span
	var open []int // where each open bracket stands
	starts := [][]int{{0}}
	add := func(from, to int) {
		if from < to {
			out = append(out, span{from, to})
		}
	}
	for i, t := range tokens {
		top := len(starts) - 1
		separates := false
		switch t {
		case "(", "[", "{":
			open = append(open, i)
			starts = append(starts, []int{i + 1})
		case ")", "]", "}":
			if len(open) == 0 {
				continue
			}
			for _, s := range starts[top] {
				add(s, i)
			}
			from := open[len(open)-1]
			open, starts = open[:len(open)-1], starts[:top]
			add(from, i+1)
			for from > 0 && (tokens[from-1] == "." || word.MatchString(tokens[from-1])) {
				from--
			}
			add(from, i+1)
		case "\n", ",", ";", "|", ":", ":=", "=", "==", "if", "else", "with", "in", "not", ".":
			separates = true
		}
		if separates {
			recent := starts[top]
			for _, s := range recent[max(0, len(recent)-4):] {
				add(s, i)
				add(s, i+1)
			}
			starts[top] = append(recent, i, i+1)
		}
		if word.MatchString(t) {
			add(i, i+1)
		}
	}
	for _, s := range starts[0] {
		add(s, len(tokens))
	}
	slices.SortStableFunc(out, func(a, b span) int { return (b.to - b.from) - (a.to - a.from) })
	return slices.Compact(out)
}

var word = regexp.MustCompile(`^[a-zA-Z_0-9"]`)

// smaller calls try with ever smaller texts until one is taken; it says whether
// one was.
func smaller(text string, try func(string) bool) bool {
	tokens := token.FindAllString(text, -1)
	for _, s := range spans(tokens) {
		before, after := strings.Join(tokens[:s.from], ""), strings.Join(tokens[s.to:], "")
		within := len(text) - len(before) - len(after)
		for _, instead := range []string{"", "1", "{}", "input"} {
			if len(instead) < within && try(before+instead+after) {
				return true
			}
		}
	}
	return false
}

// without is the case without its i-th module.
func (c testCase) without(i int) testCase {
	c.Modules = slices.Delete(slices.Clone(c.Modules), i, i+1)
	return c
}

// texts are those of the case, each with the case that has another in its place.
func (c testCase) texts() (texts []string, with []func(string) testCase) {
	for i := range c.Modules {
		texts = append(texts, c.Modules[i])
		with = append(with, func(text string) testCase {
			c := c
			c.Modules = slices.Clone(c.Modules)
			c.Modules[i] = text
			return c
		})
	}
	texts = append(texts, c.Input, c.Data)
	with = append(with,
		func(text string) testCase { c.Input = text; return c },
		func(text string) testCase { c.Data = text; return c })
	return texts, with
}

// shrinkOnce calls try with ever smaller cases until one is taken.
func (c testCase) shrinkOnce(try func(testCase) bool) bool {
	for i := range c.Modules {
		if try(c.without(i)) {
			return true
		}
	}
	texts, with := c.texts()
	for i, text := range texts {
		if smaller(text, func(less string) bool { return try(with[i](less)) }) {
			return true
		}
	}
	return false
}

// shrink is the smallest case that differs in the same way, with both answers.
func shrink(r *runner, c testCase, kind string) string {
	opa, own := askOPA(c, true), r.ask(c)
	tries := 0
	try := func(less testCase) bool {
		if tries++; tries > mostTries {
			return false
		}
		newOPA, newOwn := askOPA(less, true), r.ask(less)
		if difference(newOPA, newOwn) != kind || explanation(r, less, newOPA, newOwn) != "" {
			return false
		}
		c, opa, own = less, newOPA, newOwn
		return true
	}
	for c.shrinkOnce(try) {
	}
	return fmt.Sprintf("%sopa   %.600s\nown   %.600s\n", c, opa, own)
}
