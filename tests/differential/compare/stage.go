// SPDX-License-Identifier: Apache-2.0

package main

import "regexp"

// The stages of OPA's compiler. When one finds errors, the later ones do not run.
const (
	parsing = iota
	locals
	conflicts
	mocking // and other targets of with; templates, print
	functions
	safety
	recursion
	typing
)

// ownStage is the stage of OPA that finds what a code of this engine stands for.
func ownStage(code string) int {
	switch {
	case code < "P02":
		return parsing
	case code == "P0201":
		return safety
	case code == "P0202":
		return recursion
	case code == "P0203" || code == "P0204":
		return functions
	case code >= "P0209" && code <= "P0212" || code == "P0223" || code == "P0224":
		return conflicts
	case code >= "P0213" && code <= "P0222":
		return locals
	case code >= "P0225" && code <= "P0231" && code != "P0228" && code != "P0229":
		return mocking
	}
	return typing
}

var (
	ofConflicts = regexp.MustCompile("conflict|multiple default|import ")
	ofTargets   = regexp.MustCompile("with keyword|undeclared|used as value")
	ofFunctions = regexp.MustCompile("undefined function|arity")
)

// opaStage is the stage that an error of OPA comes from.
func opaStage(code, text string) int {
	switch {
	case code == "rego_parse_error":
		return parsing
	case code == "rego_unsafe_var_error":
		return safety
	case code == "rego_recursion_error":
		return recursion
	case ofConflicts.MatchString(text):
		return conflicts
	case ofTargets.MatchString(text):
		return mocking
	case ofFunctions.MatchString(text):
		return functions
	case code == "rego_compile_error":
		return locals
	}
	return typing
}
