package longtail

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// told is what the reader of a file in fsys says, a line each.
func told(t *testing.T, fsys manifest.MapFS, file string) (out []string) {
	t.Helper()
	for _, r := range Readers() {
		if !r.Match(file) {
			continue
		}
		res, err := r.Read(fsys, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, own := range res.Own {
			out = append(out, "own "+own)
		}
		for _, u := range res.Usages {
			line := fmt.Sprintf("%d %s %s %s", u.Line, u.Component, u.Relation, u.Scope)
			if u.Requirement != "" {
				line += " requires " + u.Requirement
			}
			for _, c := range u.Chain {
				line += " < " + strings.TrimPrefix(c, "pkg:hex/")
			}
			out = append(out, strings.TrimSpace(line+" "+u.Note))
		}
		for _, p := range res.Problems {
			out = append(out, fmt.Sprintf("%d problem: %s", p.Line, p.Kind))
		}
	}
	return out
}

const mixProject = `defmodule Shop.MixProject do
  use Mix.Project
  @version "1.0.0" # {:not, "a dependency"}

  def project do
    [
      app: :shop,
      deps: deps(),
      docs: [extras: ["README.md"], groups: {:web, "x"}]
    ]
  end

  # {:old, "~> 1.0"},
  defp deps do
    [
      {:plug, "~> 1.14"}, {:jason, "1.4.1", optional: true},
      {:ex_doc, "~> 0.38", only: :docs},
      {:mox, "~> 1.0", [only: [:test]]},
      {:credo, ">= 0.0.0", only: [:dev, :test], runtime: false},
      {:esbuild, "~> 0.8", runtime: Mix.env() == :dev},
      {:hex_core, "~> 0.18", hex_core_opts()},
      {:fork,
       github: "acme/fork", branch: "main",
       override: true},
      {:tools, path: "../tools"},
      {:sibling, in_umbrella: true}
    ] ++ more_deps()
  end

  defp more_deps, do: [{:extra, "~> 2.0", only: [:dev, :prod]}]

  defp aliases do
    [{:setup, "deps.get"}]
  end
end
`

func TestMixTellsWhatIsDirectAndWhatBringsIn(t *testing.T) {
	lock := `%{
  "credo": {:hex, :credo, "1.7.0", "a", [:mix], [{:jason, "~> 1.0", [hex: :jason, repo: "hexpm", optional: false]}], "hexpm", "b"},
  "fork": {:git, "https://github.com/acme/fork.git", "deadbeef", [branch: "main"]},
  "jason": {:hex, :jason, "1.4.1", "a", [:mix], [{:decimal, "~> 1.0", [hex: :decimal, repo: "hexpm", optional: true]}], "hexpm", "b"},
  "mime": {:hex, :mime, "2.0.5", "a", [:mix], [], "hexpm:acme", "b"},
  "plug": {:hex, :plug, "1.15.0", "a", [:mix], [{:mime, "~> 1.0 or ~> 2.0", [hex: :mime, repo: "hexpm:acme", optional: false]}, {:absent, "~> 1.0", [hex: :absent]}], "hexpm", "b"},
  "stray": {:hex, :stray, "0.1.0", "a", [:mix], []},
  "bad": {:hex, :bad},
}
`
	want := []string{
		"5 pkg:hex/acme/mime@2.0.5 transitive runtime < plug@1.15.0",
		"2 pkg:hex/credo@1.7.0 direct dev requires >= 0.0.0",
		"3 pkg:hex/fork@deadbeef direct runtime requires main from git https://github.com/acme/fork.git",
		"4 pkg:hex/jason@1.4.1 direct optional requires 1.4.1",
		"6 pkg:hex/plug@1.15.0 direct runtime requires ~> 1.14",
		"7 pkg:hex/stray@0.1.0 unknown runtime",
		"8 problem: malformed",
	}
	if d := cmp.Diff(want, told(t, manifest.MapFS{"mix.lock": []byte(lock), "mix.exs": []byte(mixProject)}, "mix.lock")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"own pkg:hex/shop"}, told(t, manifest.MapFS{"mix.lock": []byte(lock), "mix.exs": []byte(mixProject)}, "mix.exs")); d != "" {
		t.Errorf("a project with a lockfile: %s", d)
	}
	umbrella := manifest.MapFS{"mix.lock": []byte(lock), "mix.exs": []byte("def project do\n  [\n    apps_path: \"apps\",\n    deps: []\n  ]\nend\n"),
		"apps/web/mix.exs": []byte("def project do\n  [app: :web,\n   lockfile: \"../../mix.lock\"]\nend\ndefp deps do\n  [{:stray, \"~> 0.1\", only: :test}]\nend\n")}
	if got := told(t, umbrella, "mix.lock"); !strings.Contains(strings.Join(got, "\n"), "7 pkg:hex/stray@0.1.0 direct test requires ~> 0.1") {
		t.Errorf("what an app of an umbrella needs: %q", got)
	}
	if d := cmp.Diff([]string{"own pkg:hex/web"}, append([]string{}, told(t, umbrella, "apps/web/mix.exs")...)); d != "" {
		t.Errorf("an app whose lockfile lies above: %s", d)
	}
}

func TestMixWithoutLockGivesRequirements(t *testing.T) {
	want := []string{
		"own pkg:hex/shop",
		"16 pkg:hex/plug direct runtime requires ~> 1.14",
		"16 pkg:hex/jason@1.4.1 direct optional requires 1.4.1",
		"17 pkg:hex/ex_doc direct dev requires ~> 0.38",
		"18 pkg:hex/mox direct test requires ~> 1.0",
		"19 pkg:hex/credo direct dev requires >= 0.0.0",
		"20 pkg:hex/esbuild direct runtime requires ~> 0.8",
		"21 pkg:hex/hex_core direct runtime requires ~> 0.18",
		"22 pkg:hex/fork direct runtime requires main from git https://github.com/acme/fork",
		"30 pkg:hex/extra direct runtime requires ~> 2.0",
	}
	if d := cmp.Diff(want, told(t, manifest.MapFS{"mix.exs": []byte(mixProject)}, "mix.exs")); d != "" {
		t.Error(d)
	}
}

func FuzzMix(f *testing.F) {
	f.Add(mixProject)
	f.Add(`%{"a": {:hex, :a, "1", "h", [:mix], [{:b, "~> 1", [optional: true]}], "hexpm", "x"}, "b": {:git, "u", "c", []}}`)
	f.Add("%{\"a\": ~s({), \"b\" => \"\"\"\n\"\"\", c: fn -> 1 end, :d => %X{}}")
	f.Fuzz(func(t *testing.T, s string) {
		for _, name := range []string{"mix.lock", "mix.exs"} {
			fsys := manifest.MapFS{"mix.lock": []byte(s), "mix.exs": []byte(s)}
			if name == "mix.exs" {
				delete(fsys, "mix.lock")
			}
			for _, r := range Readers() {
				if !r.Match(name) {
					continue
				}
				res, err := r.Read(fsys, name)
				if err != nil {
					t.Fatal(err)
				}
				for _, u := range res.Usages {
					if u.Component.Name == "" || u.Line < 1 || u.Line > strings.Count(s, "\n")+1 || u.Scope == inventory.Scope("") {
						t.Fatalf("%+v", u)
					}
				}
			}
		}
	})
}
