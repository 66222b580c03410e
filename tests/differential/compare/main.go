// SPDX-License-Identifier: Apache-2.0

// Generates modules with documents, evaluates them with OPA's library and with
// run_cases, and prints where the answers differ, made as small as they get.
//
//	compare -runner PATH [-seed N] [-n CASES] [-show N] [-kind PATTERN]
//
// A case is made from its own seed alone: the cases of seed 5 and -n 1 are what
// the fifth case of seed 1 is. Exits with 1 when something differs.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
)

// count is a table of how often something was seen.
type count map[string]int

func (c count) print(title string) {
	var names []string
	for name := range c {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Println(title)
	for _, name := range names {
		fmt.Printf("%7d  %s\n", c[name], name)
	}
}

func (c count) total() (sum int) {
	for _, n := range c {
		sum += n
	}
	return sum
}

func main() {
	path := flag.String("runner", "", "the program run_cases")
	seed := flag.Int64("seed", 1, "of the first case")
	cases := flag.Int64("n", 20000, "cases")
	show := flag.Int("show", 3, "differences of a kind that are shrunk and shown")
	kinds := flag.String("kind", "", "kinds that are shown, a regular expression")
	flag.Parse()
	wanted := regexp.MustCompile(*kinds)
	r := &runner{path: *path}
	if err := r.start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	differences, explained, outcomes := count{}, count{}, count{}
	for s := *seed; s < *seed+*cases; s++ {
		c := generate(s)
		opa, own := askOPA(c, true), r.ask(c)
		outcomes[opa.outcome()]++
		kind := difference(opa, own)
		if kind == "" {
			continue
		}
		if why := explanation(r, c, opa, own); why != "" {
			explained[why]++
			continue
		}
		differences[kind]++
		fmt.Printf("== seed %d: %s\n", s, kind)
		if differences[kind] <= *show && wanted.MatchString(kind) {
			fmt.Println(shrink(r, c, kind))
		}
	}
	outcomes.print("what OPA answered:")
	explained.print("explained in SPEC.md:")
	differences.print("differences (OPA's / this engine's):")
	fmt.Printf("%d cases, %d differences\n", *cases, differences.total())
	if len(differences) > 0 {
		os.Exit(1)
	}
}
