package people

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Mailmap is what a .mailmap file says: the proper name and address of
// identities, as git reads it (gitmailmap(5)). An identity is mapped once, so
// lines that name each other can't go round. The zero value and nil map nothing.
type Mailmap struct {
	byEmail map[string]*mailmapEntry // address in lower case
}

type mailmapEntry struct {
	proper Identity
	// byName are the lines that ask for a name too, in lower case.
	byName map[string]Identity
}

// maxMailmapLines bounds what is read of one file.
const maxMailmapLines = 200_000

// ParseMailmap reads a .mailmap. Lines of another form say nothing, as in git.
func ParseMailmap(file []byte) *Mailmap {
	m := &Mailmap{byEmail: map[string]*mailmapEntry{}}
	for n := 0; len(file) > 0 && n < maxMailmapLines; n++ {
		line := file
		if i := bytes.IndexByte(file, '\n'); i >= 0 {
			line, file = file[:i], file[i+1:]
		} else {
			file = nil
		}
		if len(line) > 0 && line[0] != '#' {
			m.line(validText(line))
		}
	}
	return m
}

// line reads "Proper Name <proper@x> Commit Name <commit@x>", of which the names
// and one of the addresses may be missing.
func (m *Mailmap) line(line string) {
	name, email, rest, ok := mailmapPart(line)
	if !ok || email == "" {
		return
	}
	oldName, oldEmail, _, second := mailmapPart(rest)
	if !second {
		oldName, oldEmail, email = "", email, ""
	}
	key := strings.ToLower(oldEmail)
	e := m.byEmail[key]
	if e == nil {
		e = &mailmapEntry{}
		m.byEmail[key] = e
	}
	if oldName != "" {
		if e.byName == nil {
			e.byName = map[string]Identity{}
		}
		e.byName[strings.ToLower(oldName)] = Identity{Name: name, Email: email}
		return
	}
	if name != "" {
		e.proper.Name = name
	}
	if email != "" {
		e.proper.Email = email
	}
}

// mailmapPart takes one "Name <address>" from the start of a text.
func mailmapPart(s string) (name, email, rest string, ok bool) {
	open := strings.IndexByte(s, '<')
	if open < 0 {
		return "", "", "", false
	}
	length := strings.IndexByte(s[open:], '>')
	if length < 0 {
		return "", "", "", false
	}
	return strings.TrimSpace(s[:open]), s[open+1 : open+length], s[open+length+1:], true
}

// Map gives the proper name and address of an identity; itself where the file
// does not say.
func (m *Mailmap) Map(who Identity) Identity {
	if m == nil || len(m.byEmail) == 0 {
		return who
	}
	e := m.byEmail[strings.ToLower(who.Email)]
	if e == nil {
		return who
	}
	proper, ok := e.byName[strings.ToLower(who.Name)]
	if !ok {
		proper = e.proper
	}
	if proper.Name != "" {
		who.Name = proper.Name
	}
	if proper.Email != "" {
		who.Email = proper.Email
	}
	return who
}

// Len is how many addresses the file speaks of.
func (m *Mailmap) Len() int {
	if m == nil {
		return 0
	}
	return len(m.byEmail)
}

// validText reads bytes that are not UTF-8 as Latin-1, as names in commits are.
func validText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return out.String()
}
