package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
)

func newProgram(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "program",
		Short: "The program files: what the company wants",
		Long: `The program is a directory of YAML files, best kept in git and reviewed like code:
products, teams, policy, waivers, conclusions, VEX statements. All are optional.`,
	}
	c.AddCommand(newProgramInit(s), newProgramCheck(s), newProgramReference(s))
	return c
}

func newProgramInit(s *settings) *cobra.Command {
	preset := "standard"
	c := &cobra.Command{
		Use:     "init [DIR]",
		Short:   "Write commented program files to start from",
		Example: "  tributary program init\n  tributary program init --preset regulated ./program",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := ".tributary"
			if len(args) == 1 {
				dir = args[0]
			}
			known := program.Preset("").Values()
			if !slices.Contains(known, preset) {
				return wrongUse("", "there is no preset %q; choose one of %s", preset, strings.Join(known, ", "))
			}
			return writeNew(s, dir, program.Starter(preset))
		},
	}
	c.Flags().StringVar(&preset, "preset", "standard", "rules to start from: open, standard, regulated")
	return c
}

// writeNew writes files that do not exist yet; an existing one is never
// touched and stops the command before anything is written.
func writeNew(s *settings, dir string, files map[string][]byte) error {
	names := make([]string, 0, len(files))
	for name := range files {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return wrongUse("Remove it or name another directory.", "%s exists already", filepath.Join(dir, name))
		}
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(p, files[name], 0o644); err != nil {
			return err
		}
		s.say("wrote %s", p)
	}
	return nil
}

func newProgramCheck(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "check [DIR]",
		Short: "Check the program files and run the policy's own tests",
		Long: `Check reads the program files strictly: unknown keys, wrong values, dangling
references and waivers that can't hold are shown with file, line and column. Then
it runs the tests that the policy carries. Exit code 1 when anything is wrong.`,
		Example: "  tributary program check\n  tributary program check ./program",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				s.program = args[0]
			}
			files, dir, err := s.programFiles()
			if err != nil {
				return err
			}
			if files == nil {
				return wrongUse("Run \"tributary program init\" to write some.", "there are no program files here: no --program, no $TRIBUTARY_PROGRAM, no .tributary")
			}
			return checkProgram(s, dir, files)
		},
	}
}

func checkProgram(s *settings, dir string, files map[string][]byte) error {
	p, findings := program.Load(files)
	compiled, more := policy.Compile(p)
	bad := false
	var out strings.Builder
	for _, f := range append(findings, more...) {
		fmt.Fprintln(&out, report.Clean(f.String()))
		bad = bad || f.Severity == program.Error
	}
	passed := 0
	if compiled != nil {
		for _, r := range policy.RunTests(compiled) {
			if r.Passed {
				passed++
				continue
			}
			bad = true
			fmt.Fprintln(&out, report.Clean(testLine(r)))
		}
	}
	fmt.Fprintf(&out, "%s: %s, %s, %s, %s, %s, %s, %s passed\n",
		dir, count(len(files), "file"), count(len(p.Products), "product"), count(len(p.Teams), "team"), count(len(p.Waivers), "waiver"),
		count(len(p.Conclusions), "conclusion"), count(len(p.VEX), "VEX statement"), count(passed, "policy test"))
	if err := s.write(func(w io.Writer) error {
		_, err := io.WriteString(w, out.String())
		return err
	}); err != nil {
		return err
	}
	if bad {
		return errPolicy
	}
	return nil
}

func newProgramReference(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "reference",
		Short:   "Print the reference of all program files (Markdown)",
		Example: "  tributary program reference | less\n  tributary program reference --file program-files.md",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return s.write(func(w io.Writer) error {
				_, err := io.WriteString(w, program.Reference())
				return err
			})
		},
	}
}
