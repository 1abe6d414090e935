package program

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// NextStatementID gives an id that no statement has: "V-2026-003".
func (p *Program) NextStatementID(year int) string {
	most := 0
	prefix := fmt.Sprintf("V-%04d-", year)
	for _, s := range p.VEX {
		if n, err := strconv.Atoi(strings.TrimPrefix(s.ID, prefix)); err == nil && strings.HasPrefix(s.ID, prefix) {
			most = max(most, n)
		}
	}
	return fmt.Sprintf("%s%03d", prefix, most+1)
}

// AppendStatement adds a statement to the text of vex.yaml and leaves all else
// as it stands, comments included. A text to which nothing can be added safely
// is an error that holds what is to be pasted.
func AppendStatement(file []byte, s VEXStatement) ([]byte, error) {
	item, err := statementText(s)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(file)) == 0 {
		file = Starter("")["vex.yaml"]
	}
	before, findings := Load(map[string][]byte{"vex.yaml": file})
	if wrong := firstError(findings); wrong != nil {
		return nil, fmt.Errorf("vex.yaml has errors, correct them first: %s", wrong)
	}
	out, ok := appendItem(file, item)
	if ok {
		after, findings := Load(map[string][]byte{"vex.yaml": out})
		n := len(after.VEX)
		if ok = n == len(before.VEX)+1 && after.VEX[n-1].ID == s.ID; ok {
			if wrong := firstError(findings); wrong != nil {
				return nil, fmt.Errorf("the statement would not be valid: %s", wrong.Message)
			}
		}
	}
	if !ok {
		return nil, fmt.Errorf("vex.yaml is written in a way that nothing can be added to safely; paste this below statements:\n%s", indented(item, 2))
	}
	return out, nil
}

// firstError leaves out references to products, which a file by itself can't
// answer.
func firstError(findings []Finding) *Finding {
	for i := range findings {
		if f := &findings[i]; f.Severity == Error && !strings.HasPrefix(f.Message, "there is no product ") {
			return f
		}
	}
	return nil
}

// appendItem adds an item to the list of statements where that ends the file.
func appendItem(file []byte, item string) ([]byte, bool) {
	root, findings := parse("vex.yaml", file)
	if len(findings) > 0 {
		return nil, false
	}
	indent, text := 2, string(file)
	if root != nil {
		if root.Kind != yaml.MappingNode || len(root.Content) != 2 || root.Content[0].Value != "statements" {
			return nil, false
		}
		list := root.Content[1]
		switch {
		case list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0:
			indent = list.Column - 1
		case list.Kind == yaml.SequenceNode && len(list.Content) == 0:
			lines := strings.SplitAfter(text, "\n")
			lines[list.Line-1] = strings.Replace(lines[list.Line-1], "[]", "", 1)
			text = strings.Join(lines, "")
		case !isNull(list):
			return nil, false
		}
	} else {
		text += "\nstatements:\n"
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return []byte(text + indented(item, indent)), true
}

func indented(item string, n int) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(item, "\n"), "\n") {
		lead := "  "
		if i == 0 {
			lead = "- "
		}
		if line == "" {
			b.WriteByte('\n') // inside a text of several lines
			continue
		}
		b.WriteString(strings.Repeat(" ", n) + lead + line + "\n")
	}
	return b.String()
}

// textNode is a text as YAML that comes back as it was: what has line breaks of
// other kinds than \n can't stand in a block.
func textNode(s string) *yaml.Node {
	n := new(yaml.Node)
	if n.SetString(s); strings.ContainsAny(s, "\r\u0085\u2028\u2029\ufeff") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// statementText writes the keys of a statement, a line each, in the order of the
// reference.
func statementText(s VEXStatement) (string, error) {
	var m yaml.Node
	m.Kind = yaml.MappingNode
	add := func(key string, values ...string) {
		var list []*yaml.Node
		for _, v := range values {
			if v != "" {
				n := textNode(v)
				if key == "date" || key == "expires" {
					n.Tag = "!!timestamp" // plain, as people write it
				}
				list = append(list, n)
			}
		}
		if len(list) == 0 {
			return
		}
		node := list[0]
		if key == "product" || key == "repository" || key == "evidence" {
			node = &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: list}
		}
		m.Content = append(m.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, node)
	}
	add("id", s.ID)
	add("vulnerability", s.Vulnerability)
	add("package", s.Package.Text)
	add("versions", s.Versions.Text)
	add("product", s.Product...)
	add("repository", texts(s.Repository)...)
	add("status", string(s.Status))
	add("justification", string(s.Justification))
	add("impact", s.Impact)
	add("action", s.Action)
	add("author", s.Author)
	add("date", s.Date.String())
	add("expires", s.Expires.String())
	add("source", s.Source)
	add("evidence", s.Evidence...)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&m); err != nil {
		return "", fmt.Errorf("writing the statement: %w", err)
	}
	return b.String(), nil
}
