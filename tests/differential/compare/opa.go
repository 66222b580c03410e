// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

// now is the clock of all evaluations, as in run_cases.c.
var now = time.Unix(1600000000, 0)

// patience is how long OPA may take for a case.
const patience = 2 * time.Second

func (c testCase) version() ast.RegoVersion {
	if c.V0 {
		return ast.RegoV0
	}
	return ast.RegoV1
}

// read gives a document the numbers that OPA's own reader gives it.
func read(text string) (out any) {
	if err := util.UnmarshalJSON([]byte(text), &out); err != nil {
		panic(err)
	}
	return out
}

func failure(err error) answer {
	var list ast.Errors
	var one *ast.Error
	var eval *topdown.Error
	var many rego.Errors
	switch {
	case errors.As(err, &eval):
		return failed(err.Error(), eval.Code)
	case errors.As(err, &list):
		var codes, places []string
		var stages []int
		for _, e := range list {
			codes = append(codes, e.Code)
			stages = append(stages, opaStage(e.Code, e.Message))
			if e.Location != nil {
				places = append(places, fmt.Sprintf("%s:%d", e.Location.File, e.Location.Row))
			}
		}
		out := failed(err.Error(), codes...)
		out.Places, out.Stages = places, stages
		return out
	case errors.As(err, &one):
		return failed(err.Error(), one.Code)
	case errors.As(err, &many) && len(many) > 0:
		return failure(many[0])
	}
	return failed(err.Error(), "error")
}

func (c testCase) compile() (*ast.Compiler, error) {
	modules := map[string]*ast.Module{}
	var broken ast.Errors
	for i, text := range c.Modules {
		name := fmt.Sprintf("%d.rego", i)
		module, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{RegoVersion: c.version()})
		var list ast.Errors
		if errors.As(err, &list) {
			broken = append(broken, list...)
		} else if err != nil {
			return nil, err
		}
		modules[name] = module
	}
	if len(broken) > 0 {
		return nil, broken
	}
	compiler := ast.NewCompiler().SetErrorLimit(0).WithDefaultRegoVersion(c.version())
	if compiler.Compile(modules); compiler.Failed() {
		return nil, compiler.Errors
	}
	return compiler, nil
}

// indexed says whether OPA leaves out rules that its index knows to fail, and with
// them the errors in their bodies.
type indexed bool

// askOPA is what OPA's library answers.
func askOPA(c testCase, index indexed) (out answer) {
	defer func() {
		if r := recover(); r != nil {
			out = failed(fmt.Sprint(r), panics)
		}
	}()
	compiler, err := c.compile()
	if err != nil {
		return failure(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	options := []func(*rego.Rego){rego.Query(query), rego.Compiler(compiler),
		rego.StrictBuiltinErrors(c.Strict), rego.SetRegoVersion(c.version())}
	if c.Data != "" {
		data := read(c.Data).(map[string]any)
		options = append(options, rego.Store(inmem.NewFromObject(data)))
	}
	prepared, err := rego.New(options...).PrepareForEval(ctx)
	if err != nil {
		return failure(err)
	}
	evalOptions := []rego.EvalOption{rego.EvalTime(now), rego.EvalRuleIndexing(bool(index))}
	if c.Input != "" {
		evalOptions = append(evalOptions, rego.EvalInput(read(c.Input)))
	}
	results, err := prepared.Eval(ctx, evalOptions...)
	switch {
	case ctx.Err() != nil:
		return failed("", timeout)
	case err != nil:
		return failure(err)
	case len(results) == 0:
		return answer{}
	}
	return answer{Value: canonical(results[0].Bindings["x"])}
}
