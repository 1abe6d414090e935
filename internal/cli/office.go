package cli

import (
	"context"
	"os"

	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/work"
)

// office loads the program and, where a command keeps or asks for facts, opens
// the store.
func (s *settings) office(ctx context.Context, withStore bool) (*work.Office, error) {
	now, err := s.now()
	if err != nil {
		return nil, err
	}
	asOf, err := s.asOfDate(now)
	if err != nil {
		return nil, err
	}
	home, _ := os.UserHomeDir()
	o := &work.Office{Now: now, AsOf: asOf, Places: scan.DefaultPlaces(s.getenv, home)}
	if withStore {
		if o.Store, err = s.openStore(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.loadProgram(ctx, o); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// loadProgram gives the office its rules: the files at hand, or with --as-of
// those that the store knows to have been in force then.
func (s *settings) loadProgram(ctx context.Context, o *work.Office) error {
	files, dir, err := s.programFiles()
	if err != nil {
		return err
	}
	if s.asOf != "" && o.Store != nil {
		then, err := o.ProgramAt(ctx)
		if err != nil {
			return err
		}
		if then != nil {
			files, dir = then, "the program as of "+o.AsOf.Format("2006-01-02")
		}
	}
	return useProgram(ctx, o, files, dir)
}

// useProgram compiles program files; what is wrong with them stops a command,
// for a verdict under half a policy is worse than none.
func useProgram(ctx context.Context, o *work.Office, files map[string][]byte, dir string) error {
	p, findings := program.Load(files)
	compiled, more := policy.Compile(p)
	findings = append(findings, more...)
	if msg := work.Errors(findings); msg != "" {
		return &exitError{exitUsage, errorText("the program files in " + dir + " have errors:\n" + msg),
			"Run \"tributary program check\" for all of it."}
	}
	o.Program, o.Policy, o.ProgramDir, o.ProgramFindings = p, compiled, dir, findings
	return o.KeepProgram(ctx, files)
}

type errorText string

func (e errorText) Error() string { return string(e) }
