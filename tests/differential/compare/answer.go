// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"strings"
)

// An answer is a value, undefined or errors.
type answer struct {
	Value  string   // canonical JSON; "" when there is none
	Errors []string // codes, sorted, each once
	Places []string // FILE:LINE of errors in modules
	Stages []int    // of OPA's compiler, which find such errors
	Text   string   // message of the first error, to be read
}

// Codes that are no answer: the case is counted and not compared.
const (
	timeout = "timeout"
	panics  = "panic"
	crash   = "crash" // of run_cases: always a difference
)

func failed(text string, codes ...string) answer {
	slices.Sort(codes)
	return answer{Errors: slices.Compact(codes), Text: text}
}

func (a answer) String() string {
	switch {
	case len(a.Errors) > 0:
		return strings.Join(a.Errors, ", ") + ": " + a.Text
	case a.Value == "":
		return "undefined"
	}
	return a.Value
}

// outcome is the answer without what differs from case to case.
func (a answer) outcome() string {
	switch {
	case len(a.Errors) > 0:
		return strings.Join(a.Errors, ", ")
	case a.Value == "":
		return "undefined"
	}
	return "a value"
}

// atCompileTime holds for errors that keep modules from being evaluated.
func (a answer) atCompileTime() bool {
	return len(a.Errors) > 0 && strings.HasPrefix(a.Errors[0], "rego_")
}

// difference names how two answers differ; "" is not at all. Of the errors in a
// module OPA reports those of the first stage that found any, and this engine may
// find others with them: one in common is enough.
func difference(opa, own answer) string {
	if slices.Contains(opa.Errors, timeout) || slices.Contains(opa.Errors, panics) {
		if slices.Contains(own.Errors, crash) {
			return crash
		}
		return ""
	}
	if opa.outcome() == own.outcome() && opa.Value == own.Value {
		return ""
	}
	if opa.atCompileTime() && own.atCompileTime() {
		shared := func(code string) bool { return slices.Contains(own.Errors, code) }
		if slices.ContainsFunc(opa.Errors, shared) {
			return ""
		}
	}
	return opa.outcome() + " / " + own.outcome()
}
