package manifest

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"io"
	"strings"
	"unicode/utf16"
)

const (
	nugetMaxBytes = 16 << 20
	xmlMaxDepth   = 100
	xmlMaxNodes   = 500_000
)

// xmlNode is one element with its line. Names are without namespace.
type xmlNode struct {
	name     string
	line     int
	attrs    []xml.Attr
	text     string
	children []*xmlNode
}

// attr gives an attribute, or else the text of the child element of that name:
// MSBuild takes metadata either way. Names are compared without case, as MSBuild does.
func (n *xmlNode) attr(name string) string {
	for _, a := range n.attrs {
		if strings.EqualFold(a.Name.Local, name) {
			return strings.TrimSpace(a.Value)
		}
	}
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			return strings.TrimSpace(c.text)
		}
	}
	return ""
}

// parseXML reads elements, attributes and text. Entities other than the five of
// XML are left as they are, so nothing can expand. What was read before a fault
// is kept.
func parseXML(data []byte) (*xmlNode, []jsFault) {
	root := &xmlNode{}
	var faults []jsFault
	d := xml.NewDecoder(bytes.NewReader(decodeText(data)))
	d.Strict = false
	d.CharsetReader = xmlCharset
	stack := []*xmlNode{root}
	nodes, tooDeep := 0, 0
	for {
		line, _ := d.InputPos()
		token, err := d.RawToken()
		if err != nil {
			if err != io.EOF {
				faults = append(faults, jsFault{line, "malformed", "not valid XML: " + err.Error() + "; the file was read up to here"})
			} else if len(stack) > 1 {
				faults = append(faults, jsFault{line, "malformed", "the element " + jsQuote(stack[len(stack)-1].name) + " is not closed: the file may be truncated; what could be read is listed"})
			}
			return root, faults
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if nodes++; nodes > xmlMaxNodes {
				return root, append(faults, jsFault{line, "too large", "more than half a million elements; the rest was not read"})
			}
			if len(stack) > xmlMaxDepth {
				if tooDeep++; tooDeep == 1 {
					faults = append(faults, jsFault{line, "too deep", "elements nested more than 100 deep; what lies deeper was not read"})
				}
			}
			n := &xmlNode{name: t.Name.Local, line: line, attrs: t.Attr}
			if len(stack) <= xmlMaxDepth {
				top.children = append(top.children, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			// An end tag closes the innermost element of its name; a stray one nothing.
			for i := len(stack) - 1; i > 0 && i > len(stack)-10; i-- {
				if stack[i].name == t.Name.Local {
					stack = stack[:i]
					break
				}
			}
		case xml.CharData:
			if text := bytes.TrimSpace(t); len(text) > 0 {
				for l := range bytes.Lines(t) {
					if jsConflict(string(l)) == '<' || bytes.Contains(l, []byte(">>>>>>> ")) {
						faults = append(faults, jsFault{line, "merge conflict", jsConflictMessage})
					}
				}
				if len(top.text) < 1<<16 {
					top.text += string(text)
				}
			}
		}
	}
}

// decodeText turns text with a byte order mark into UTF-8 without one.
func decodeText(data []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return data
	}
	units := make([]uint16, 0, len(data)/2)
	for b := data[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return []byte(string(utf16.Decode(units)))
}

// xmlCharset serves declared encodings: UTF-16 was decoded by its mark before,
// any other is taken as Latin-1, in which names and versions read the same.
func xmlCharset(label string, in io.Reader) (io.Reader, error) {
	label = strings.ToLower(label)
	if strings.HasPrefix(label, "utf") || strings.HasPrefix(label, "unicode") || strings.Contains(label, "ascii") {
		return in, nil
	}
	return &latin1{in: in}, nil
}

type latin1 struct {
	in   io.Reader
	rest []byte
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(l.rest) == 0 {
		var buf [512]byte
		n, err := l.in.Read(buf[:])
		for _, b := range buf[:n] {
			l.rest = append(l.rest, string(rune(b))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}
