package license

import "strings"

// texts are the licenses' texts of a copyright file by their name in lower case.
type texts struct {
	identify func(text string) string
	text     map[string]string
	known    map[string]Expr // what identify said; zero where it did not know
}

// newTexts collects the texts that stand below names: in paragraphs of their own,
// and in those of files. The first text of a name holds.
func newTexts(paragraphs []paragraph, identify func(text string) string) *texts {
	t := &texts{identify: identify, text: map[string]string{}, known: map[string]Expr{}}
	if identify == nil {
		return t
	}
	for _, p := range paragraphs {
		name, text, _ := strings.Cut(p.fields["license"], "\n")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" || text == "" || t.text[name] != "" {
			continue
		}
		t.text[name] = strings.ReplaceAll(text+"\n", "\n.\n", "\n\n") // a dot stands for an empty line
	}
	return t
}

// set reads the License field of an entry: as an expression of names that are
// known, then with the texts of single names, then by the text of the whole.
func (t *texts) set(a *Annotation, raw string) {
	a.setLicenses([]string{raw})
	if !a.Expression.IsZero() {
		return
	}
	if e, ok := t.replaced(raw); ok {
		a.Expression, a.Note = e, "read by the texts of its names"
		return
	}
	if e, ok := t.of(raw); ok {
		a.Expression, a.Note = e, "read by its text"
		return
	}
	if e, ok := withoutException(raw); ok {
		a.Expression, a.Note = e, "its exception is not known and left out"
	}
}

// of is the license of the text that a name has.
func (t *texts) of(name string) (Expr, bool) {
	name = strings.ToLower(name)
	e, seen := t.known[name]
	if text := t.text[name]; !seen && text != "" {
		e, _ = parsePlain(t.identify(text))
		t.known[name] = e
	}
	return e, !e.IsZero()
}

// maxNames bounds the words of a License field that are looked up.
const maxNames = 100

// replaced puts what texts say in the place of the names that are not
// understood.
func (t *texts) replaced(raw string) (Expr, bool) {
	words := strings.Fields(strings.NewReplacer("_or_", " or ", "_and_", " and ", "(", " ( ", ")", " ) ", ",", " , ").Replace(raw))
	if len(words) > maxNames {
		return Expr{}, false
	}
	for i, w := range words {
		if _, _, ok := Understand(w); ok {
			continue
		}
		if e, ok := t.of(w); ok {
			words[i] = "(" + e.String() + ")"
		}
	}
	e, _, ok := Understand(strings.ReplaceAll(strings.Join(words, " "), " , and ", " and "))
	return e, ok
}

// withoutException reads "GPL-2+ with X exception" without an exception that has
// no SPDX id: it only permits more.
func withoutException(raw string) (Expr, bool) {
	i := topWord(raw, " with ")
	if i <= 0 || !strings.HasSuffix(strings.ToLower(raw), "exception") {
		return Expr{}, false
	}
	e, _, ok := Understand(raw[:i])
	return e, ok && e.Op == OpLeaf && isGNU(e.Leaf.ID)
}
