// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// A runner is run_cases, started again whenever it dies.
type runner struct {
	path string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

func (r *runner) start() error {
	r.cmd = exec.Command(r.path)
	r.cmd.Stderr = os.Stderr
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	r.out = bufio.NewReaderSize(out, 1<<20)
	return r.cmd.Start()
}

func (r *runner) restart() answer {
	why := r.cmd.Wait()
	if err := r.start(); err != nil {
		panic(err)
	}
	return failed(why.Error(), crash)
}

// ask is what this engine answers. Without an answer in time it counts as crashed.
func (r *runner) ask(c testCase) answer {
	watch := time.AfterFunc(10*patience, func() { _ = r.cmd.Process.Kill() })
	defer watch.Stop()
	if _, err := io.WriteString(r.in, c.line()+"\n"); err != nil {
		return r.restart()
	}
	text, err := r.out.ReadBytes('\n')
	if err != nil {
		return r.restart()
	}
	var got struct {
		Result  []map[string]any
		Errors  []string
		Places  []string
		Message string
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&got); err != nil {
		return failed(err.Error(), "no JSON")
	}
	if len(got.Errors) > 0 {
		out := failed(got.Message, got.Errors...)
		for _, place := range got.Places {
			code, where, _ := strings.Cut(place, " ")
			out.Places = append(out.Places, where)
			out.Stages = append(out.Stages, ownStage(code))
		}
		return out
	}
	if len(got.Result) == 0 {
		return answer{}
	}
	return answer{Value: canonical(got.Result[0]["x"])}
}
