// Package copyright finds copyright statements in files of any kind and writes
// them in one form, for notices: "Copyright 2019-2021 Ada Lovelace". What only
// speaks of copyright (licenses, laws, code) and the blanks of license templates
// are no statements.
//
// It is pure: bytes in, statements out, in time proportional to the text. It must
// never know what a statement is used for. Start reading at [Find].
package copyright
