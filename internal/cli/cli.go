// Package cli is the command line: one file a command. A command reads its
// settings, calls a flow in package work, and writes the answer; it decides
// nothing. Start at [Main].
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
)

// Exit codes, the same for every command.
const (
	exitFine     = 0
	exitPolicy   = 1 // policy says no
	exitUsage    = 2 // wrong use
	exitCouldNot = 3 // could not do it
)

// Version is set at build time by -ldflags; development builds say so.
var Version = "0.1.0-dev"

// exitError carries an exit code with a message.
type exitError struct {
	code int
	err  error
	hint string
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// wrongUse is an error of the person who typed.
func wrongUse(hint, format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...), hint}
}

// errPolicy ends a command with exit code 1; the report has said why.
var errPolicy = &exitError{code: exitPolicy, err: errors.New("policy says no")}

// Main runs one command line and returns its exit code. Ctrl-C cancels the
// context: what was being written is rolled back, and the code is 3.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	defer runtime.KeepAlive(patience())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ended := make(chan struct{})
	defer close(ended)
	context.AfterFunc(ctx, func() {
		stop() // a second Ctrl-C ends at once
		select {
		case <-ended:
		case <-time.After(grace): // something waits in the kernel; the store is sound whenever we end
			fmt.Fprintln(stderr, "tributary: interrupted")
			os.Exit(exitCouldNot)
		}
	})
	// A reader that has seen enough ("| head") is an error of writing like any
	// other, so that everything is closed before the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	// Libraries log what they could not parse; the report says it in its own
	// words and place, and -q means quiet.
	log.SetOutput(io.Discard)
	root := newRoot(stdin, stdout, stderr)
	root.SetArgs(args)
	return exitCode(root.ExecuteContext(ctx), stderr)
}

// grace is how long an interrupted command may take to end by itself.
const grace = 10 * time.Second

// patience lets the garbage collector wait until a run has made some real
// garbage: a short run ends without a collection, at half the CPU time. The
// memory that it gives is never touched, so that it costs none, and counts as
// live: later collections wait for as much more. Until the first of them the
// percentage is higher, for the ballast itself would bring that on at once.
func patience() []byte {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	gcPercent(800) // the first collection at 32 MiB, of which 12 are ballast
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) {
		if chosen.Load() == 800 {
			gcPercent(100)
		}
	})
	return make([]byte, 12<<20)
}

// chosen is the percentage that was set last.
var chosen atomic.Int32

// gcPercent is debug.SetGCPercent that patience knows of.
func gcPercent(percent int) {
	chosen.Store(int32(percent))
	debug.SetGCPercent(percent)
}

// complain writes an error for people, line by line: names from what was read
// may be in it, and must not reach the terminal as control codes.
func complain(w io.Writer, err error) {
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "tributary: " + line
		}
		fmt.Fprintln(w, report.Clean(line))
	}
}

func exitCode(err error, stderr io.Writer) int {
	var e *exitError
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errPolicy):
		return exitPolicy
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "tributary: interrupted; nothing half-done was kept")
		return exitCouldNot
	case errors.Is(err, syscall.EPIPE):
		return exitFine // the reader has seen enough
	case errors.As(err, &e):
		complain(stderr, e)
		if e.hint != "" {
			fmt.Fprintln(stderr, report.Clean(e.hint))
		}
		return e.code
	}
	complain(stderr, err)
	return exitCouldNot
}

const rootLong = `Tributary is an open source program office as one program: it reads your
repositories and says, with evidence, what open source is in them, under which
licenses, whether that is allowed for the way each product is delivered, what is
owed, and what to do first.

Everything works on one machine, without a server and without the network.

Exit codes: 0 fine, 1 the policy says no, 2 wrong use, 3 could not do it. Of
several sources the readable ones are answered for and the others named and
counted: that is 0, but 3 for "check", and for all when nothing could be read.`

func newRoot(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	s := &settings{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv}
	root := &cobra.Command{
		Use:           "tributary",
		Short:         "An open source program office as one program",
		Long:          rootLong,
		Version:       Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Example: `  tributary scan ~/src/*                 what is in these repositories, may it be, what comes first
  tributary check --base origin/main .   gate for CI: only what this change brings in
  tributary sbom -o cyclonedx-json .     an SBOM
  tributary where-used lodash            which repositories use it, and where`,
	}
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return wrongUse("Run \""+c.CommandPath()+" --help\" for its flags.", "%w", err)
	})
	s.addGlobalFlags(root.PersistentFlags())
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return s.checkGlobalFlags(c) }
	root.AddCommand(
		newScan(s), newCheck(s), newReport(s), newInventory(s), newSBOM(s), newNotice(s), newWhereUsed(s),
		newDiff(s), newExplain(s), newHistory(s), newRefresh(s), newOutdated(s), newContributions(s), newPeople(s), newHealth(s), newImpact(s), newLicense(s), newVEX(s), newPolicy(s), newProgram(s), newAdvisory(s), newVersion(s),
	)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	addCompletions(root)
	requireKnownCommand(root)
	requireKnownArguments(root)
	return root
}

// requireKnownCommand makes groups such as "policy" an error of use without or
// with an unknown sub-command, instead of a silent help text with exit code 0.
func requireKnownCommand(root *cobra.Command) {
	for _, c := range append([]*cobra.Command{root}, root.Commands()...) {
		if c.Name() == "help" {
			c.Run, c.RunE = nil, func(c *cobra.Command, args []string) error {
				about, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 {
					return wrongUse("Run \"tributary --help\" for the commands.", "there is no command %q", strings.Join(args, " "))
				}
				return about.Help()
			}
		}
		if !c.HasSubCommands() || c.RunE != nil {
			continue
		}
		c.Args = cobra.ArbitraryArgs
		c.SuggestionsMinimumDistance = 2
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			hint := "Run \"" + c.CommandPath() + " --help\" for its commands."
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				hint = "Did you mean \"" + c.CommandPath() + " " + near[0] + "\"?"
			}
			return wrongUse(hint, "there is no command %q", args[0])
		}
	}
}

// requireKnownArguments makes a wrong number of arguments an error of use.
func requireKnownArguments(c *cobra.Command) {
	for _, sub := range c.Commands() {
		requireKnownArguments(sub)
	}
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		err := check(c, args)
		var e *exitError
		if err == nil || errors.As(err, &e) {
			return err
		}
		return wrongUse("Run \""+c.CommandPath()+" --help\" for examples.", "%w", err)
	}
}

func newVersion(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Args:    cobra.NoArgs,
		Example: "  tributary version",
		RunE: func(*cobra.Command, []string) error {
			return s.write(func(w io.Writer) error {
				_, err := fmt.Fprintln(w, "tributary", Version)
				return err
			})
		},
	}
}
