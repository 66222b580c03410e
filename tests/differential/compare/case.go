// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// query is what every case is asked.
const query = "x = data.test"

// A testCase is all texts, so that it can be printed, sent and shrunk. A document
// "" is none.
type testCase struct {
	Modules     []string
	Input, Data string // JSON
	V0          bool   // the modules are Rego v0
	Strict      bool   // errors of built-in functions are errors
}

// canonical is JSON with sorted keys; numbers keep their text. A byte that is no
// UTF-8 is the replacement character that a reader makes of it.
func canonical(v any) string {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "?"
	}
	return strings.ReplaceAll(strings.TrimSpace(out.String()), `\ufffd`, "\ufffd")
}

// line is the case as run_cases reads it.
func (c testCase) line() string {
	out := map[string]any{"modules": c.Modules, "query": query}
	for name, text := range map[string]string{"input": c.Input, "data": c.Data} {
		if text != "" {
			out[name] = json.RawMessage(text)
		}
	}
	for name, on := range map[string]bool{"v0": c.V0, "strict": c.Strict} {
		if on {
			out[name] = true
		}
	}
	return canonical(out)
}

func (c testCase) String() string {
	var out strings.Builder
	for i, text := range c.Modules {
		fmt.Fprintf(&out, "-- %d.rego\n%s\n", i, strings.TrimSpace(text))
	}
	if c.Input != "" {
		fmt.Fprintf(&out, "-- input: %s\n", c.Input)
	}
	if c.Data != "" && c.Data != "{}" {
		fmt.Fprintf(&out, "-- data: %s\n", c.Data)
	}
	if c.V0 {
		out.WriteString("-- v0\n")
	}
	if c.Strict {
		out.WriteString("-- strict\n")
	}
	return out.String()
}
