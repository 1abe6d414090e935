package program

import (
	"fmt"
	"sort"
)

// Severity says whether a finding stops the program from being used.
type Severity string

// An error makes the program invalid; a warning does not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Pos is a place in a program file. Line and Column are 1-based.
type Pos struct {
	File         string
	Line, Column int
}

// String gives file:line:column.
func (p Pos) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Finding is something in the program files that a person should change.
type Finding struct {
	Severity Severity
	Pos
	// Message says what is wrong and what to write instead.
	Message string
}

// String gives "file:line:column: severity: message".
func (f Finding) String() string {
	return fmt.Sprintf("%s: %s: %s", f.Pos, f.Severity, f.Message)
}

// HasErrors tells whether the program can't be used.
func HasErrors(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

func sortFindings(findings []Finding) {
	sort.SliceStable(findings, func(i, j int) bool {
		a, b := findings[i], findings[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}
