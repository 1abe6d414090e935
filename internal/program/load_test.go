package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"
)

// Each case is a txtar: program files, and "findings" with what must be said.
func TestFindingsNameFileLineColumnAndWhatToDo(t *testing.T) {
	cases, err := filepath.Glob("testdata/findings/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range cases {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files, want := map[string][]byte{}, -1
			for i, f := range a.Files {
				if f.Name == "findings" {
					want = i
					continue
				}
				files[f.Name] = f.Data
			}
			_, findings := Load(files)
			var got strings.Builder
			for _, f := range findings {
				got.WriteString(f.String() + "\n")
			}
			if *update {
				a.Files[want].Data = []byte(got.String())
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[want].Data), got.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStarterLoadsWithoutFindings(t *testing.T) {
	for _, preset := range []string{"open", "standard", "regulated"} {
		files := Starter(preset)
		p, findings := Load(files)
		if len(findings) > 0 {
			t.Errorf("%s: %v", preset, findings)
		}
		if string(p.Policy.Extends) != preset {
			t.Errorf("extends %q, want %q", p.Policy.Extends, preset)
		}
		for name, data := range files {
			if _, findings := Load(map[string][]byte{name: uncommented(data)}); HasErrors(onlyForm(findings)) {
				t.Errorf("%s: the commented examples of %s are not in form: %v", preset, name, findings)
			}
		}
	}
}

// uncommented takes the example lines of a starter file (indented comments)
// into the file.
func uncommented(data []byte) []byte {
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if rest, ok := strings.CutPrefix(line, "  # "); ok {
			lines[i] = "  " + rest
		}
	}
	text := strings.Join(lines, "\n")
	// Keys of organization keep their explaining comments.
	for _, words := range []string{"  The ", "  Email ", "  Where "} {
		text = strings.ReplaceAll(text, "\n"+words, "\n  # "+words)
	}
	return []byte(text)
}

// onlyForm leaves out references to what other files would name.
func onlyForm(findings []Finding) []Finding {
	var out []Finding
	for _, f := range findings {
		if !strings.HasPrefix(f.Message, "there is no ") {
			out = append(out, f)
		}
	}
	return out
}

func TestNothingGivesTheEmptyProgram(t *testing.T) {
	for _, files := range []map[string][]byte{nil, {"program.yaml": nil}, {"policy.yaml": []byte("# only a comment\n")}, {"waivers.yaml": []byte("---\n")}} {
		p, findings := Load(files)
		if len(findings) > 0 || len(p.Products) > 0 || len(p.Policy.Rules) > 0 {
			t.Errorf("%v: %v", files, findings)
		}
	}
}

func TestShortUnknownKeysAreNotTakenForAnyShortOne(t *testing.T) {
	for key, want := range map[string]string{
		"to":   `unknown key "to"; known: id, `,
		"idd":  `unknown key "idd"; did you mean "id"?`,
		"tema": `unknown key "tema"; did you mean "team"?`,
	} {
		_, findings := Load(map[string][]byte{"program.yaml": []byte("products: [{id: a, repositories: [x], " + key + ": b}]")})
		if len(findings) == 0 || !strings.Contains(findings[0].Message, want) {
			t.Errorf("%s: %v", key, findings)
		}
	}
}

func TestHostileFilesGiveFindingsAndEndSoon(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		prev := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+prev+", ", 8) + "*" + prev + "]\n"
	}
	bomb += "products: *j\n"
	for name, text := range map[string]string{
		"alias bomb":     bomb,
		"merge bomb":     "x: &a {id: a}\nteams: [{<<: [" + strings.Repeat("*a, ", 1000) + "*a]}]\nproducts: [" + strings.Repeat("{<<: [*a, *a]}, ", 1000) + "]",
		"self alias":     "products: &a [*a]",
		"self merge":     "organization: &a {<<: *a}",
		"deep list":      strings.Repeat("[", 20000),
		"deep map":       "products: " + strings.Repeat("{a: ", 5000),
		"many findings":  strings.Repeat("zz:\n", 1) + "products:\n" + strings.Repeat("- {idd: a}\n", 5000),
		"not UTF-8":      "organization: \xff",
		"NUL":            "organization: \x00",
		"too large":      "# " + strings.Repeat("x", maxFile),
		"long glob":      "products: [{id: a, repositories: ['" + strings.Repeat("*a", 5000) + "']}]",
		"two documents":  "products: []\n---\nproducts: []\n",
		"tab":            "products:\n\t- id: a\n",
		"unclosed quote": "organization: {name: \"x\n",
		"huge number":    "defaults: {waiver_max_days: 99999999999999999999}",
		"key is a list":  "[a, b]: c",
		"binary tag":     "organization: !!binary aGVsbG8=",
	} {
		t.Run(name, func(t *testing.T) {
			_, findings := Load(map[string][]byte{"program.yaml": []byte(text)})
			if !HasErrors(findings) {
				t.Error("no error was found")
			}
			if len(findings) > maxFindings+10 {
				t.Errorf("%d findings", len(findings))
			}
		})
	}
}

func TestHashChangesWithNamesAndContentsOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files := map[string][]byte{}
		for k, v := range rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "files") {
			files[k] = []byte(v)
		}
		before := (&Program{Files: files}).Hash()
		if again := (&Program{Files: files}).Hash(); again != before {
			t.Fatal("two hashes of the same files")
		}
		name := rapid.String().Draw(t, "name")
		for _, there := files[name]; there; _, there = files[name] {
			name += "!"
		}
		files[name] = nil
		if (&Program{Files: files}).Hash() == before {
			t.Fatal("another file, the same hash")
		}
	})
}

func TestAnotherPolicyIsTriedWithTheSameProgram(t *testing.T) {
	p, _ := Load(map[string][]byte{"program.yaml": []byte("teams: [{id: checkout}]"), "policy.yaml": []byte("extends: open")})
	f, findings := LoadPolicy("new-policy.yaml", []byte("extends: regulated\nrules: [{id: a, team: [checkout, chekout], verdict: review}]"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	other, findings := p.WithPolicy(f)
	if len(findings) != 1 || findings[0].String() != `new-policy.yaml:2:9: error: there is no team "chekout"; did you mean "checkout"?` {
		t.Errorf("%v", findings)
	}
	if other.Policy.Extends != "regulated" || p.Policy.Extends != "open" || len(other.Teams) != 1 {
		t.Errorf("%v, %v", other.Policy, p.Policy)
	}
}

func FuzzLoad(f *testing.F) {
	for _, data := range Starter("standard") {
		f.Add("program.yaml", data)
		f.Add("policy.yaml", uncommented(data))
	}
	f.Add("waivers.yaml", []byte("waivers: [{id: a, package: 'pkg:npm/x >=1 <2', expires: 2026-01-01}]"))
	f.Add("conclusions.yaml", []byte("conclusions: &a [*a]"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		p, findings := Load(map[string][]byte{name: data})
		for _, finding := range findings {
			if finding.Line < 1 || finding.Column < 1 || finding.Message == "" {
				t.Errorf("finding without a place: %s", finding)
			}
		}
		p.TeamFor("github.com/a/b", "c/d")
		p.ProductsFor("github.com/a/b", "c/d")
		p.IsFixture("github.com/a/b", "c/d", false)
	})
}

func TestTheStarterNamesTheExampleOrganization(t *testing.T) {
	p, _ := Load(Starter("standard"))
	if p.Organization.Name != ExampleOrganization {
		t.Errorf("it is %q", p.Organization.Name)
	}
}
