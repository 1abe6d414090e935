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
	o, err := s.newOffice(ctx, withStore)
	if err != nil {
		return nil, err
	}
	if err := s.loadProgram(ctx, o, useProgram); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// factsOffice is the office of commands that judge nothing: it has no store, and
// no policy, whose rules take longer to read than many repositories.
func (s *settings) factsOffice(ctx context.Context) (*work.Office, error) {
	o, err := s.newOffice(ctx, false)
	if err != nil {
		return nil, err
	}
	return o, s.loadProgram(ctx, o, func(_ context.Context, o *work.Office, files map[string][]byte, dir string) error {
		p, findings := program.Load(files)
		o.Program, o.ProgramDir, o.ProgramFindings = p, dir, findings
		return programErrors(findings, dir)
	})
}

func (s *settings) newOffice(ctx context.Context, withStore bool) (*work.Office, error) {
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
	return o, nil
}

// loadProgram gives the office its rules: the files at hand, or with --as-of
// those that the store knows to have been in force then.
func (s *settings) loadProgram(ctx context.Context, o *work.Office, use func(context.Context, *work.Office, map[string][]byte, string) error) error {
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
	return use(ctx, o, files, dir)
}

// useProgram compiles program files; what is wrong with them stops a command,
// for a verdict under half a policy is worse than none.
func useProgram(ctx context.Context, o *work.Office, files map[string][]byte, dir string) error {
	p, findings := program.Load(files)
	compiled, more := policy.Compile(p)
	findings = append(findings, more...)
	if err := programErrors(findings, dir); err != nil {
		return err
	}
	o.Program, o.Policy, o.ProgramDir, o.ProgramFindings = p, compiled, dir, findings
	return o.KeepProgram(ctx, files)
}

func programErrors(findings []program.Finding, dir string) error {
	if msg := work.Errors(findings); msg != "" {
		return &exitError{exitUsage, errorText("the program files in " + dir + " have errors:\n" + msg),
			"Run \"tributary program check\" for all of it."}
	}
	return nil
}

type errorText string

func (e errorText) Error() string { return string(e) }
