// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Differences that are meant. Each has a sentence in SPEC.md, "Differences from OPA",
// and is told from others by what would make the answers equal.

// fails says whether evaluation ended with one of the errors.
func (a answer) fails(codes ...string) bool {
	return len(a.Errors) == 1 && slices.Contains(codes, a.Errors[0])
}

func (c testCase) contains(text string) bool {
	return slices.ContainsFunc(c.Modules, func(module string) bool {
		return strings.Contains(module, text)
	})
}

// sharesPlace says whether both found an error in the same line.
func (a answer) sharesPlace(b answer) bool {
	return slices.ContainsFunc(a.Places, func(place string) bool {
		return slices.Contains(b.Places, place)
	})
}

// stopsBefore says whether a's errors are of an earlier stage than all of b's.
func (a answer) stopsBefore(b answer) bool {
	return len(a.Stages) > 0 && len(b.Stages) > 0 && slices.Max(a.Stages) < slices.Min(b.Stages)
}

// asDoubles says whether two values are the same once numbers are doubles.
func asDoubles(a, b string) bool {
	var left, right any
	if json.Unmarshal([]byte(a), &left) != nil || json.Unmarshal([]byte(b), &right) != nil {
		return false
	}
	return reflect.DeepEqual(left, right)
}

// instead is the case with one text in place of another.
func (c testCase) instead(text, by string) testCase {
	c.Modules = slices.Clone(c.Modules)
	for i := range c.Modules {
		c.Modules[i] = strings.ReplaceAll(c.Modules[i], text, by)
	}
	return c
}

// lenient is the case without strict errors of built-in functions.
func (c testCase) lenient() testCase {
	c.Strict = false
	return c
}

// explanation is the reason of a difference, "" if there is none.
func explanation(r *runner, c testCase, opa, own answer) string {
	switch {
	case opa.atCompileTime() && own.atCompileTime():
		if opa.sharesPlace(own) {
			return "both refuse the same line, for another reason"
		}
		if opa.stopsBefore(own) {
			return "OPA stops at an earlier stage, before the errors found here"
		}
		return ""
	case opa.fails("rego_compile_error") && strings.Contains(opa.Text, " is undeclared") &&
		!own.atCompileTime() && (c.contains("$\"") || c.contains("$`")):
		return "a template string uses what an iteration inside a term gives"
	case opa.atCompileTime() || own.atCompileTime():
		return ""
	case opa.Value == "?":
		return "OPA's answer is no JSON"
	case len(own.Errors) > 0 && difference(askOPA(c, false), own) == "":
		return "OPA's index leaves out a rule with an error"
	case c.contains("yaml.unmarshal(") && asDoubles(opa.Value, own.Value):
		return "numbers of YAML are exact"
	case c.contains("!!binary") && c.contains("yaml.") &&
		difference(askOPA(c.instead("!!binary", "!!nope"), true), r.ask(c.instead("!!binary", "!!nope"))) == "":
		return "!!binary is refused"
	case c.Strict && opa.fails("eval_builtin_error", "eval_type_error") != own.fails("eval_builtin_error", "eval_type_error"):
		less := c.lenient()
		if difference(askOPA(less, true), r.ask(less)) == "" {
			return "order within an expression decides whether an error is met"
		}
	}
	return ""
}
