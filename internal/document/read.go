package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Bounds of what [Read] takes.
const (
	MaxSize  = 256 << 20 // bytes of a document
	maxDepth = 200       // nesting of JSON values and of components
)

// ErrNotSBOM is the error for content that is no bill of materials in a format
// that is read.
var ErrNotSBOM = errors.New("not a CycloneDX (JSON, XML) or SPDX (JSON, tag-value) document")

// Sniff tells the format of content by its beginning; "" when it is none.
func Sniff(b []byte) Format {
	head := b
	if len(head) > 64<<10 {
		head = head[:64<<10]
	}
	head = bytes.TrimLeft(unicodeText(head), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("{")):
		switch {
		case bytes.Contains(head, []byte(`"bomFormat"`)), bytes.Contains(head, []byte("cyclonedx.org/schema/bom")):
			return CycloneDXJSON
		case bytes.Contains(head, []byte(`"spdxVersion"`)), bytes.Contains(head, []byte(`"SPDXID"`)):
			return SPDXJSON
		case jsonHasKey(b, "bomFormat"): // some tools write it at the end
			return CycloneDXJSON
		case jsonHasKey(b, "spdxVersion"):
			return SPDXJSON
		}
	case bytes.HasPrefix(head, []byte("<")):
		if bytes.Contains(head, []byte("cyclonedx.org/schema/bom")) {
			return CycloneDXXML
		}
	case bytes.Contains(head, []byte("SPDXVersion:")):
		for line := range bytes.Lines(head) {
			if bytes.HasPrefix(line, []byte("SPDXVersion:")) {
				return SPDXTagValue
			}
		}
	}
	return ""
}

func jsonHasKey(b []byte, key string) bool {
	return bytes.Contains(b, []byte(`"`+key+`"`))
}

// Read reads a bill of materials of any tool: CycloneDX 1.2 to 1.7 in JSON or
// XML, SPDX 2.2 and 2.3 in JSON or tag-value, told apart by content. What can't
// be understood becomes a problem with its line and the rest is kept; an error
// comes only when there is nothing to keep. Lines are those of b; problems have
// no path, which the caller knows.
func Read(b []byte) (BOM, []inventory.Problem, error) {
	if len(b) > MaxSize {
		return BOM{}, nil, fmt.Errorf("SBOM has %d bytes, more than the %d that are read; split it by product", len(b), MaxSize)
	}
	b = unicodeText(b)
	in := intake{lines: lineCounter{b: b, line: 1}, index: map[string]int{}}
	var err error
	switch f := Sniff(b); f {
	case CycloneDXJSON:
		err = in.cycloneDXJSON(b)
	case CycloneDXXML:
		err = in.cycloneDXXML(b)
	case SPDXJSON:
		err = in.spdxJSON(b)
	case SPDXTagValue:
		err = in.tagValue(b)
	default:
		return BOM{}, nil, ErrNotSBOM
	}
	if err != nil {
		return BOM{}, in.problems, err
	}
	in.finish()
	return in.bom, in.problems, nil
}

// unicodeText takes a byte order mark away and turns UTF-16, which PowerShell
// writes, into UTF-8.
func unicodeText(b []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return b
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 2; i+1 < len(b); i += 2 {
		units = append(units, order.Uint16(b[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// intake collects what a document says until its refs can be resolved.
type intake struct {
	bom      BOM
	problems []inventory.Problem
	lines    lineCounter
	refs     []string       // of the document, one a component
	index    map[string]int // ref of the document to component; subjectRef, or repositories from there down
	edges    [][2]string
	noPURL   int
}

const subjectRef = -1 // in intake.index; repository i is subjectRef-1-i

// maxProblems bounds the list: a document broken in each line is told so once.
const maxProblems = 100

func (in *intake) problem(line int, kind, format string, args ...any) {
	if len(in.problems) == maxProblems {
		in.problems = append(in.problems, inventory.Problem{Kind: "malformed",
			Message: "the SBOM has more problems than are listed; validate it with the tool that made it"})
	}
	if len(in.problems) > maxProblems {
		return
	}
	in.problems = append(in.problems, inventory.Problem{Line: line, Kind: kind, Message: oneLine(fmt.Sprintf(format, args...))})
}

// add takes in a component under the ref that the document gives it.
func (in *intake) add(ref string, c Component) {
	if c.PURL.Name == "" && isPackage(c.Kind) {
		in.noPURL++
		if in.noPURL <= 20 {
			in.problem(c.Line, "no purl", "component %q (version %q) has no package URL: its ecosystem is unknown; ask the maker of the SBOM for purls", c.Name, c.Version)
		}
	}
	if ref != "" {
		if _, twice := in.index[ref]; twice {
			in.problem(c.Line, "malformed", "the reference %q names two elements; the first is meant", ref)
		} else {
			in.index[ref] = len(in.bom.Components)
		}
	}
	in.refs = append(in.refs, ref)
	in.bom.Components = append(in.bom.Components, c)
}

// isPackage says whether a component of this kind is something that a package
// manager could have brought; files, systems and the manifests that some tools
// list as applications are not.
func isPackage(kind string) bool {
	switch kind {
	case "", "library", "framework":
		return true
	}
	return false
}

// finish gives components their refs and turns the document's edges into ours.
func (in *intake) finish() {
	if in.noPURL > 20 {
		in.problem(0, "no purl", "%d components have no package URL; the first 20 are listed", in.noPURL)
	}
	b := &in.bom
	b.Version = max(b.Version, 1)
	taken := map[string]bool{}
	for i := range b.Components {
		c := &b.Components[i]
		settleComponent(c)
		c.Ref = in.refs[i]
		if p := c.PURL.String(); c.PURL.Name != "" && !taken[p] {
			c.Ref = p
		} else if strings.HasPrefix(c.Ref, "SPDXRef-") {
			c.Ref = ""
		}
		if taken[c.Ref] {
			c.Ref = ""
		}
		taken[c.Ref] = c.Ref != ""
	}
	if b.Subject.Name == "" {
		b.Subject.Name = b.Name
	}
	assignRefs(b)
	lost := 0
	for _, e := range in.edges {
		from, okFrom := in.index[e[0]]
		to, okTo := in.index[e[1]]
		if !okFrom || !okTo || from == ignoredRef || to == ignoredRef {
			lost++
			continue
		}
		needs := in.needs(from)
		*needs = append(*needs, in.ref(to))
	}
	if lost > 0 {
		in.problem(0, "malformed", "left out: dependencies on elements that the document does not define (%d)", lost)
	}
	settle(b)
}

func (in *intake) needs(i int) *[]string {
	switch {
	case i >= 0:
		return &in.bom.Components[i].DependsOn
	case i == subjectRef:
		return &in.bom.Subject.DependsOn
	}
	return &in.bom.Repositories[subjectRef-1-i].DependsOn
}

func (in *intake) ref(i int) string {
	switch {
	case i >= 0:
		return in.bom.Components[i].Ref
	case i == subjectRef:
		return in.bom.Subject.Ref
	}
	return in.bom.Repositories[subjectRef-1-i].Ref
}

// property takes in one of our own properties of a component; false when the
// name is not one of them.
func (c *Component) property(name, value string) bool {
	switch name {
	case propManifest:
		c.Manifests = append(c.Manifests, parseManifest(value))
	case propRelation:
		c.Relation = inventory.Relation(value)
	case propScope:
		c.Scope = inventory.Scope(value)
	case propRequirement:
		c.Requirements = append(c.Requirements, value)
	case propDeclared:
		c.Licenses.Declared = value
	case propDetected:
		c.Licenses.Detected = value
	case propCPE:
		c.CPEs = append(c.CPEs, value)
	case propKind:
		c.Kind = value
	case propHash:
		a, v, _ := strings.Cut(value, ":")
		c.Hashes = append(c.Hashes, Hash{a, v})
	default:
		return false
	}
	return true
}

// lineCounter turns offsets, asked in rising order, into lines.
type lineCounter struct {
	b        []byte
	at, line int
}

func (l *lineCounter) of(offset int) int {
	if offset > len(l.b) {
		offset = len(l.b)
	}
	if offset < l.at {
		return l.line
	}
	l.line += bytes.Count(l.b[l.at:offset], []byte("\n"))
	l.at = offset
	return l.line
}
