package detect

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/skywalking-eyes/assets"
	"github.com/google/licensecheck"
	classifier "github.com/google/licenseclassifier/v2/assets"
	bom "sigs.k8s.io/bom/pkg/license"

	"github.com/tributary-oss/tributary/internal/license"
)

var update = flag.Bool("update", false, "write index.bin")

func TestTheIndexIsThatOfTheModules(t *testing.T) {
	if testing.Short() {
		t.Skip("reading all texts of the modules takes seconds")
	}
	got := makeIndex(t)
	if *update {
		if err := os.WriteFile("index.bin", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, indexFile) {
		t.Error("index.bin is stale: run go generate ./internal/license/detect")
	}
}

// piece is a part of a text as its source describes it.
type piece struct {
	words    string // plain text
	optional bool
	gap      int // any words, up to so many
}

// source is a text before its words are numbered.
type source struct {
	id, name string
	kind     uint8
	pieces   []piece
}

func makeIndex(t *testing.T) []byte {
	var all []source
	urls := map[string]string{}
	all = append(all, spdxSources(t, urls)...)
	all = append(all, checkSources(t)...)
	all = append(all, classifierSources(t)...)
	all = append(all, exceptionSources(t)...)
	for _, l := range licensecheck.BuiltinLicenses() {
		if l.URL == "" {
			continue
		}
		if id, ok := plainID(l.ID); ok {
			urls[foldURL([]byte(l.URL))] = id
		} else if _, gnu := license.Lookup(l.ID + "-only"); gnu {
			urls[foldURL([]byte(l.URL))] = l.ID + "-only"
		}
	}
	return encode(t, all, urls)
}

// built is a source with hashed words.
type built struct {
	source
	hashes   []uint64
	optional []bool
	gaps     []gap
}

func (b *built) gramSet() map[[4]uint64]bool {
	m := map[[4]uint64]bool{}
	for i := 0; i+4 <= len(b.hashes); i++ {
		m[[4]uint64(b.hashes[i:i+4])] = true
	}
	return m
}

// repeats says whether one of other texts has nearly all of this one, and not
// much more.
func (b *built) repeats(others []map[[4]uint64]bool) bool {
	mine := b.gramSet()
	for _, o := range others {
		both := 0
		for g := range mine {
			if o[g] {
				both++
			}
		}
		if both*100 >= len(mine)*99 && both*100 >= len(o)*96 {
			return true
		}
	}
	return false
}

// names says whether a text names the GNU GPL.
func (b *built) names(gpl uint64, gnu [3]uint64) bool {
	for i, h := range b.hashes {
		if h == gpl || i+2 < len(b.hashes) && h == gnu[0] && b.hashes[i+1] == gnu[1] && b.hashes[i+2] == gnu[2] {
			return true
		}
	}
	return false
}

// trim drops gaps at both ends, and of several at one place all but the largest.
func (b *built) trim() {
	var out []gap
	for _, g := range b.gaps {
		if g.at == 0 || g.at == len(b.hashes) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].at == g.at {
			out[n-1].max = max(out[n-1].max, g.max)
			continue
		}
		out = append(out, g)
	}
	b.gaps = out
}

// encode numbers the words by falling use.
func encode(t *testing.T, all []source, urls map[string]string) []byte {
	use := map[uint64]int{}
	fold := map[uint64]uint64{}
	for from, to := range sameWords {
		fold[hashWord(from)] = hashWord(to)
	}
	gpl := hashWord("gpl")
	gnu := [3]uint64{hashWord("gnu"), hashWord("general"), hashWord("public")}
	var list []built
	known := map[string]bool{}
	grams := map[string][]map[[4]uint64]bool{} // of long texts, by id
	for _, s := range all {
		b := built{source: s}
		for _, p := range s.pieces {
			if p.gap > 0 {
				b.gaps = append(b.gaps, gap{len(b.hashes), min(p.gap, 60)})
			}
			sc := scanner{b: []byte(p.words), flags: lineBefore}
			for {
				h, _, _, ok := sc.next()
				if !ok {
					break
				}
				sc.flags = 0
				if to, ok := fold[h]; ok {
					h = to
				}
				b.hashes = append(b.hashes, h)
				b.optional = append(b.optional, p.optional)
			}
		}
		b.trim()
		if len(b.hashes) < 5 || len(b.hashes) > 60000 {
			continue
		}
		if len(b.hashes) < 600 && strings.HasPrefix(b.name, "licenseclassifier/") && !isGNU(b.id) && b.names(gpl, gnu) {
			continue // a statement of two licenses, which names and texts tell better
		}
		print := fmt.Sprint(s.id, b.hashes, b.optional, b.gaps)
		if known[print] {
			continue
		}
		known[print] = true
		if len(b.hashes) > longRule && b.repeats(grams[b.id]) {
			continue // the same text from another source
		}
		if len(b.hashes) > longRule {
			grams[b.id] = append(grams[b.id], b.gramSet())
		}
		for _, h := range b.hashes {
			use[h]++
		}
		list = append(list, b)
	}
	words := make([]uint64, 0, len(use))
	for h := range use {
		words = append(words, h)
	}
	sort.Slice(words, func(i, j int) bool {
		if use[words[i]] != use[words[j]] {
			return use[words[i]] > use[words[j]]
		}
		return words[i] < words[j]
	})
	if len(words) > 60000 {
		t.Fatalf("%d words", len(words))
	}
	number := map[uint64]uint16{}
	for i, h := range words {
		number[h] = uint16(i + 1)
	}
	var rules []rule
	total := 0
	for _, b := range list {
		r := rule{id: b.id, name: b.name, kind: b.kind, optional: b.optional, gaps: b.gaps}
		for _, h := range b.hashes {
			r.tokens = append(r.tokens, number[h])
		}
		if len(r.tokens) < 250 {
			r.keys = keyWords(b.id, number, fold, r)
		}
		total += len(r.tokens)
		rules = append(rules, r)
	}
	t.Logf("%d rules, %d words, %d tokens", len(rules), len(words), total)
	return encodeCorpus(words, rules, urls)
}

// keyWords are the words of a license's name and its version that stand in a
// short text: without them it is another license's.
func keyWords(id string, number map[uint64]uint16, fold map[uint64]uint64, r rule) []uint16 {
	info, _ := license.Lookup(id)
	var out []uint16
	sc := scanner{b: []byte(info.Name + "  " + id), flags: 0}
	for {
		h, start, end, ok := sc.next()
		if !ok {
			return out
		}
		sc.flags = 0
		word := strings.ToLower(string(sc.b[start:end]))
		if to, ok := fold[h]; ok {
			h = to
		}
		if commonInNames[word] || len(word) == 1 && (word[0] < '0' || word[0] > '9') {
			continue
		}
		n, ok := number[h]
		if !ok || slices.Contains(out, n) {
			continue
		}
		for i, t := range r.tokens {
			if t == n && !r.optional[i] {
				out = append(out, n)
				break
			}
		}
	}
}

var commonInNames = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("the license licence public of for and or software general version source open free only later v clause with no use variant style agreement exception library code this to in any a an") {
		m[w] = true
	}
	return m
}()

// spdxSources reads the templates and headers of the SPDX license list.
func spdxSources(t *testing.T, urls map[string]string) (out []source) {
	shared := map[string]bool{}
	d := bom.DefaultDownloaderImpl{Options: &bom.DownloaderOptions{}}
	b, err := d.DownloadLicenseArchive(bom.DefaultCatalogOpts.Version)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !strings.Contains(f.Name, "/json/details/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			LicenseID                  string
			LicenseText                string
			StandardLicenseTemplate    string
			StandardLicenseHeader      string
			StandardLicenseHeaderTempl string `json:"standardLicenseHeaderTemplate"`
			SeeAlso                    []string
		}
		if err := json.NewDecoder(r).Decode(&d); err != nil {
			t.Fatal(f.Name, err)
		}
		id, ok := plainID(d.LicenseID)
		if !ok || sameText[id] {
			continue
		}
		for _, u := range d.SeeAlso {
			u = foldURL([]byte(u))
			if strings.Contains(u, "/rfc") {
				continue // a standard is cited for what it says
			}
			if old, taken := urls[u]; taken && old != id {
				shared[u] = true // a page that speaks of several licenses names none
			}
			urls[u] = id
		}
		if p := templatePieces(d.StandardLicenseTemplate); len(p) > 0 {
			out = append(out, source{id, "spdx/" + id, ruleText, p})
		} else {
			out = append(out, source{id, "spdx/" + id, ruleText, []piece{{words: d.LicenseText}}})
		}
		head := d.StandardLicenseHeaderTempl
		if head == "" {
			head = d.StandardLicenseHeader
		}
		// The header of W3C's versions is the same; the address in it tells them apart.
		if head != "" && !isGNU(id) && id != "W3C-20150513" {
			out = append(out, source{id, "spdx-header/" + id, ruleHeader, templatePieces(head)})
		}
	}
	for u := range shared {
		delete(urls, u)
	}
	return out
}

// sameText lists ids whose text is that of another id; what sets them apart
// stands elsewhere.
var sameText = map[string]bool{
	"OFL-1.0-RFN": true, "OFL-1.0-no-RFN": true, "OFL-1.1-RFN": true, "OFL-1.1-no-RFN": true, "MPL-2.0-no-copyleft-exception": true,
	"GFDL-1.1-invariants-only": true, "GFDL-1.1-no-invariants-only": true, "GFDL-1.2-invariants-only": true, "GFDL-1.2-no-invariants-only": true,
	"GFDL-1.3-invariants-only": true, "GFDL-1.3-no-invariants-only": true, "CAL-1.0-Combined-Work-Exception": true,
}

// plainID is the id under which a text counts: a GNU text alone says "only".
func plainID(id string) (string, bool) {
	if strings.HasSuffix(id, "-or-later") {
		return "", false
	}
	info, ok := license.Lookup(id)
	if !ok {
		return "", false
	}
	if info.Deprecated {
		if _, twin := license.Lookup(id + "-only"); twin {
			return "", false
		}
		if strings.Contains(id, "-with-") || strings.HasSuffix(id, "+") {
			return "", false
		}
		e, err := license.Parse(id)
		if err != nil {
			return "", false
		}
		return e.String(), true
	}
	return id, true
}

func isGNU(id string) bool {
	return strings.HasPrefix(id, "GPL-") || strings.HasPrefix(id, "LGPL-") || strings.HasPrefix(id, "AGPL-") || strings.HasPrefix(id, "GFDL-")
}

var (
	templateTag = regexp.MustCompile(`<<(beginOptional|endOptional|var)[^>]*?(?:;name="[^"]*")?(?:;original="((?:[^"]|"[^;>])*)")?(?:;match="((?:[^"]|"[^>])*)")?>>`)
	onlyWords   = regexp.MustCompile(`^[A-Za-z0-9 ,.'()|?/\-\\s+]*$`)
)

// templatePieces reads the markup of SPDX templates (SPDX 2.3 annex B.3).
func templatePieces(s string) (out []piece) {
	depth := 0
	add := func(text string) {
		if strings.TrimSpace(text) != "" {
			out = append(out, piece{words: text, optional: depth > 0})
		}
	}
	for {
		m := templateTag.FindStringSubmatchIndex(s)
		if m == nil {
			add(s)
			return out
		}
		add(s[:m[0]])
		switch s[m[2]:m[3]] {
		case "beginOptional":
			depth++
		case "endOptional":
			depth = max(0, depth-1)
		default:
			original, match := "", ".+"
			if m[4] >= 0 {
				original = s[m[4]:m[5]]
			}
			if m[6] >= 0 {
				match = s[m[6]:m[7]]
			}
			n := len(strings.Fields(original))
			limit := 30
			if onlyWords.MatchString(match) && !strings.Contains(match, ".+") && !strings.Contains(match, ".*") {
				limit = 3
			} else if strings.HasPrefix(match, ".{0,20}") {
				limit = 2
			}
			if n > 0 && n <= 40 {
				out = append(out, piece{words: original, optional: true})
			}
			out = append(out, piece{gap: limit})
		}
		s = s[m[1]:]
	}
}

// exceptionSources reads the texts of exceptions.
func exceptionSources(t *testing.T) (out []source) {
	names, err := assets.AssetDir("lcs-templates")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range names {
		n := entry.Name()
		id := strings.TrimSuffix(n, ".txt")
		info, ok := license.Lookup(id)
		if !ok || !info.Exception {
			continue
		}
		b, err := assets.Asset("lcs-templates/" + n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, source{info.ID, "skywalking-eyes/" + id, ruleExtra, []piece{{words: string(b)}}})
	}
	return out
}

// classifierSources reads the variants that licenseclassifier has seen. Its
// package gives files by name only; the names come from the module's directory.
func classifierSources(t *testing.T) (out []source) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/google/licenseclassifier/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	root := os.DirFS(filepath.Join(strings.TrimSpace(string(dir)), "assets"))
	for category, kind := range map[string]uint8{"Header": ruleHeader, "License": ruleText} {
		files, err := fs.Glob(root, category+"/*/*")
		if err != nil || len(files) == 0 {
			t.Fatal("no files of licenseclassifier", err)
		}
		for _, f := range files {
			id, ok := classifierID(path.Base(path.Dir(f)))
			if to, wrong := classifierFiles[f]; wrong {
				id, ok = to, to != ""
			}
			if !ok || kind == ruleHeader && isGNU(id) {
				continue
			}
			b, err := classifier.ReadLicenseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, source{id, "licenseclassifier/" + f, kind, []piece{{words: string(b)}}})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].name < out[j].name })
	return out
}

// classifierNames are names of licenseclassifier that SPDX knows by another id.
var classifierNames = map[string]string{
	"Apache-with-LLVM-Exception": "", "Apache-with-Runtime-Exception": "", "Apache-2.0-Modified": "", "Artistic-1.0": "Artistic-1.0",
	"BSD-0-Clause": "0BSD", "BSD-2-Clause-FreeBSD": "BSD-2-Clause-Views", "BSD-2-Clause-NetBSD": "BSD-2-Clause", "BSD-3-Clause-OpenMPI": "BSD-3-Clause-Open-MPI",
	"Business-Source-License-1.1": "BUSL-1.1", "CERN-OHL-v1.2": "CERN-OHL-1.2", "CERN-OHL-WR-v2": "CERN-OHL-W-2.0", "GNU-All-permissive-Copying-License": "FSFAP",
	"GUST-Font-License": "", "MIT-Modern-Variant": "MIT-Modern-Variant", "Python-2.0-complete": "Python-2.0", "Rijndael-3.0": "", "UFL-1.0": "Ubuntu-font-1.0", "VMAC": "", "W3C-20150513": "W3C-20150513",
	"bzip2": "bzip2-1.0.6", "cURL": "curl", "tcl_tk": "TCL", "wxWindows-3.1": "", "zlib-acknowledgement": "zlib-acknowledgement", "libtiff": "libtiff", "X11-Lucent": "", "unicode_org": "", "aopalliance": "",
	"Entenssa": "", "Commons-Clause": "LicenseRef-Commons-Clause", "Bitstream": "Bitstream-Vera", "LicenseRef-C-Ares": "", "Boost-original": "", "GD-Graphic-Library": "GD", "GIF-Encoder": "", "Open-Game-License-1.0a": "", "PIL": "HPND",
	"Khronos": "MIT-Khronos-old", "JTidy": "", "JasPer": "JasPer-2.0", "OROMatcher": "Apache-1.1", "ANTLR": "ANTLR-PD", "BLAS": "", "Oracle-Open-Symphony": "", "Python-2.0": "PSF-2.0", "BSD-2-Clause-Flex": "BSD-3-Clause-flex", "InnerNet": "Inner-Net-2.0", "RSA": "RSA-MD",
	"PNG": "libpng-2.0", "NCBI": "NCBI-PD", "WordNet-3.0": "WordNet", "LicenseRef-SendMail": "Sendmail", "LicenseRef-MIT-Lucent": "SMLNJ", "SQLite": "blessing",
	"XZ": "LicenseRef-public-domain", "LicenseRef-nacl": "LicenseRef-public-domain", "OpenLDAP": "OLDAP-2.8",
}

// classifierFiles are texts that lie under another license's name there.
var classifierFiles = map[string]string{
	"License/MIT/dec.txt":                 "HPND", // the name may not be used in advertising
	"License/Zlib/roelofs.txt":            "",     // it has an advertising clause, and no id
	"Header/BSD-3-Clause-LBNL/header.txt": "",     // it is BSD-4-Clause-Shortened, of which there is the text
}

func classifierID(name string) (string, bool) {
	if to, ok := classifierNames[name]; ok {
		return to, to != ""
	}
	if _, gnu := license.Lookup(name + "-only"); gnu {
		return name + "-only", true
	}
	if strings.Contains(name, "-with-") || strings.HasSuffix(name, "-no-copyleft-exception") {
		return "", false
	}
	if info, ok := license.Lookup(name); ok && !info.Exception {
		return plainID(info.ID)
	}
	e, err := license.Parse("LicenseRef-" + strings.ReplaceAll(strings.TrimPrefix(name, "LicenseRef-"), "_", "-"))
	if err != nil {
		return "", false
	}
	return e.String(), true
}

// checkSources reads the patterns of licensecheck.
func checkSources(t *testing.T) (out []source) {
	for _, l := range licensecheck.BuiltinLicenses() {
		if l.LRE == "" || strings.HasSuffix(l.ID, "-only") || strings.HasSuffix(l.ID, "-or-later") || l.ID == "GPL" || strings.Contains(l.ID, "-with-") {
			continue
		}
		id := l.ID
		if to, ok := checkNames[id]; ok {
			id = to
		} else if _, gnu := license.Lookup(id + "-only"); gnu {
			id += "-only"
		} else if info, ok := license.Lookup(id); ok {
			if id, ok = plainID(info.ID); !ok {
				continue
			}
		} else {
			id = "LicenseRef-" + id
		}
		if id == "" {
			continue
		}
		n, err := parsePattern(l.LRE)
		if err != nil {
			t.Fatal(l.ID, err)
		}
		for i, pieces := range expandPattern(n) {
			kind := uint8(ruleText)
			if len(pieces) < 200 && words(pieces) < 150 {
				kind = ruleHeader
			}
			out = append(out, source{id, fmt.Sprintf("licensecheck/%s/%d", l.ID, i), kind, pieces})
		}
	}
	return out
}

var checkNames = map[string]string{
	"OpenSSL":   "", // half of it is another license of the SPDX list
	"Aladdin-9": "Aladdin", "BSD-3-Clause-NoTrademark": "BSD-3-Clause", "BSD-1-Clause-Clear": "", "CommonsClause": "LicenseRef-Commons-Clause",
	"GPL-2.0-or-3.0":     "", // the grammar reads its versions
	"MIT-NoAd":           "X11",
	"GooglePatentClause": "", "GooglePatentsFile": "", "CC-BY-NC-SA-3.0-US": "CC-BY-NC-SA-3.0",
}

func words(pieces []piece) (n int) {
	for _, p := range pieces {
		n += len(strings.Fields(p.words))
	}
	return n
}

// node is a part of a pattern of licensecheck: text, a gap, or alternatives.
type node struct {
	words    string
	gap      int
	alts     [][]node
	optional bool
}

var patternMark = regexp.MustCompile(`//\*\*(?s:.*?)\*\*//|\(\(|\)\)\?\?|\)\)|\|\||__\d+__`)

// parsePattern reads a license regular expression (documentation of
// licensecheck.BuiltinLicenses).
func parsePattern(s string) ([]node, error) {
	type level struct{ alts [][]node }
	stack := []level{{alts: [][]node{nil}}}
	add := func(n node) {
		top := &stack[len(stack)-1]
		top.alts[len(top.alts)-1] = append(top.alts[len(top.alts)-1], n)
	}
	for len(s) > 0 {
		m := patternMark.FindStringIndex(s)
		text := s
		if m != nil {
			text = s[:m[0]]
		}
		if strings.TrimSpace(text) != "" {
			add(node{words: text})
		}
		if m == nil {
			break
		}
		switch mark := s[m[0]:m[1]]; {
		case mark == "((":
			stack = append(stack, level{alts: [][]node{nil}})
		case mark == "||":
			top := &stack[len(stack)-1]
			top.alts = append(top.alts, nil)
		case strings.HasPrefix(mark, "))"):
			if len(stack) == 1 {
				return nil, errors.New("unbalanced pattern")
			}
			top := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			add(node{alts: top.alts, optional: mark == "))??"})
		case strings.HasPrefix(mark, "__"):
			n, _ := strconv.Atoi(strings.Trim(mark, "_"))
			add(node{gap: n})
		}
		s = s[m[1]:]
	}
	if len(stack) != 1 || len(stack[0].alts) != 1 {
		return nil, errors.New("unbalanced pattern")
	}
	return stack[0].alts[0], nil
}

// expandPattern makes one list of pieces for each choice between long
// alternatives; short ones stand side by side as optional words.
func expandPattern(n []node) [][]piece {
	out := [][]piece{nil}
	for _, x := range n {
		var choices [][]piece
		switch {
		case x.alts == nil && x.gap > 0:
			choices = [][]piece{{{gap: x.gap}}}
		case x.alts == nil:
			choices = [][]piece{{{words: x.words}}}
		default:
			choices = alternatives(x)
		}
		var next [][]piece
		for _, a := range out {
			for _, c := range choices {
				if len(next) < 24 {
					next = append(next, append(slices.Clip(slices.Clone(a)), c...))
				}
			}
		}
		out = next
	}
	return out
}

func alternatives(x node) [][]piece {
	var branches [][]piece
	longest := 0
	for _, alt := range x.alts {
		for _, b := range expandPattern(alt) {
			branches = append(branches, b)
			longest = max(longest, words(b))
		}
	}
	if x.optional && longest > 60 && len(branches) == 1 {
		branches = append(branches, nil)
		return branches
	}
	if longest > 12 && !x.optional || len(branches) == 1 && !x.optional {
		return branches
	}
	var all []piece
	for _, b := range branches {
		for _, p := range b {
			p.optional = true
			all = append(all, p)
		}
	}
	return [][]piece{all}
}
