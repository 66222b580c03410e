// SPDX-License-Identifier: Apache-2.0

package main

// Differences that are meant: each has a sentence in SPEC.md, "Differences from OPA".

// explanation is the reason of a difference, "" if there is none.
func explanation(c testCase, opa, own answer) string {
	evaluated := !opa.atCompileTime() && !own.atCompileTime()
	if evaluated && len(own.Errors) > 0 && difference(askOPA(c, false), own) == "" {
		return "OPA's index leaves out a rule with an error"
	}
	return ""
}
