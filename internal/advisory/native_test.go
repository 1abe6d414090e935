package advisory

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	gosemver "golang.org/x/mod/semver"
	"pgregory.net/rapid"
)

// Go's own order is at hand.
func TestGosOrderIsThatOfItsTools(t *testing.T) {
	num := rapid.StringMatching(`0|[1-9][0-9]{0,2}`)
	text := rapid.Custom(func(t *rapid.T) string {
		v := "v" + num.Draw(t, "major") + "." + num.Draw(t, "minor") + "." + num.Draw(t, "patch")
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			return v + "-" + rapid.StringMatching(`(0|[1-9][0-9]?|rc|alpha|beta)(\.(0|[1-9][0-9]?|x-y|-1))?`).Draw(t, "pre")
		case 1:
			return v + "+incompatible"
		case 2:
			when := rapid.StringMatching(`20[12][0-9]0[1-9]1[0-9]000000`).Draw(t, "time")
			hash := rapid.StringMatching(`[0-9a-f]{12}`).Draw(t, "hash")
			return rapid.SampledFrom([]string{v + "-0." + when + "-" + hash, "v0.0.0-" + when + "-" + hash, v + "-pre.0." + when + "-" + hash}).Draw(t, "pseudo")
		}
		return v
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if !gosemver.IsValid(a) || !gosemver.IsValid(b) {
			t.Skip("not of the form that Go accepts")
		}
		if module.IsPseudoVersion(a) && gosemver.Prerelease(a) == "" {
			t.Fatal("the drawing is wrong")
		}
		got, err := CompareVersions("Go", strings.TrimPrefix(a, "v"), b)
		if want := gosemver.Compare(a, b); err != nil || got != want {
			t.Fatalf("%s <=> %s is %d, %v; Go says %d", a, b, got, err, want)
		}
	})
}

// native is an ecosystem's own tool: it reads lines of two versions and writes
// -1, 0 or 1 for each, or "?" where it takes one for no version.
type native struct {
	ecosystem string
	tool      []string
	versions  []string // what versions are made of, drawn one of each
}

var natives = []native{
	{"npm", []string{"node", "-e", `const s=require(require('child_process').execSync('npm root -g').toString().trim()+'/npm/node_modules/semver');
		for(const l of require('fs').readFileSync(0,'utf8').trim().split('\n')){const [a,b]=l.split(' ');console.log(s.valid(a)&&s.valid(b)?s.compare(a,b):'?')}`},
		[]string{"0.|1.|2.|10.", "0.|1.|9.|11.", "0|1|2|10", "|||-alpha|-alpha.1|-alpha.beta|-beta.2|-beta.11|-rc.1|-0|-1.0|-x-y|-rc1|-RC", "||+build|+001"}},
	{"PyPI", []string{"python3", "-c", `
import sys
try: from packaging.version import Version
except ImportError: from pip._vendor.packaging.version import Version
for l in sys.stdin.read().strip().split('\n'):
    try:
        a,b=map(Version,l.split(' ')); print((a>b)-(a<b))
    except Exception: print('?')`},
		[]string{"||||1!|v", "0|1|2|10|2026", "|.0|.1|.0.0|.10|.1.2.3|.01", "|||a1|b2|rc1|c1|.alpha|-beta.2|_pre3|preview1|A1", "|||.post1|-1|post|.rev2|-r3", "|||.dev0|dev|-dev.3", "||||+local|+1.2|+ubuntu-1|+a.10|+a.9"}},
	{"Debian:12", []string{"sh", "-c", `while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" gt "$b"; then echo 1; else echo 0; fi; done`},
		[]string{"||||0:|1:|2:", "0.|1.|2.|10.|1.0.", "0|1|9|10|01|1a|1b|a", "|||~rc1|~~|+dfsg|+git2020|~alpha|.1", "||-0|-1|-2|-10|-1+b1|-1~bpo1|-1ubuntu2|-1.1"}},
	{"RubyGems", []string{"ruby", "-e", `STDIN.each_line{|l| a,b=l.split; begin; puts Gem::Version.new(a) <=> Gem::Version.new(b); rescue ArgumentError; puts "?"; end}`},
		[]string{"0|1|2|10", "|.0|.1|.10|.0.0", "|||.a|.b1|.rc.1|.pre|.beta2|-1|a1", "|||.1|.0"}},
}

// TestOrdersAreThoseOfTheirOwnTools asks each ecosystem's own tool where it is
// installed: npm's semver, Python's packaging, dpkg, RubyGems.
func TestOrdersAreThoseOfTheirOwnTools(t *testing.T) {
	if os.Getenv("TRIBUTARY_NATIVE") == "" {
		t.Skip("TRIBUTARY_NATIVE is not set: the ecosystems' own tools are not asked")
	}
	for _, n := range natives {
		t.Run(n.ecosystem, func(t *testing.T) {
			if _, err := exec.LookPath(n.tool[0]); err != nil {
				t.Skipf("%s is not installed", n.tool[0])
			}
			const pairs = 4000
			r := rand.New(rand.NewPCG(1, 2))
			draw := func() string {
				var b strings.Builder
				for _, part := range n.versions {
					options := strings.Split(part, "|")
					b.WriteString(options[r.IntN(len(options))])
				}
				return b.String()
			}
			var in bytes.Buffer
			var list [][2]string
			count := pairs
			if n.tool[0] == "sh" {
				count = 500 // two processes each
			}
			for range count {
				list = append(list, [2]string{draw(), draw()})
				fmt.Fprintln(&in, list[len(list)-1][0], list[len(list)-1][1])
			}
			cmd := exec.Command(n.tool[0], n.tool[1:]...)
			cmd.Stdin = &in
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			answers := strings.Fields(string(out))
			if len(answers) != len(list) {
				t.Fatalf("%d answers to %d pairs", len(answers), len(list))
			}
			taken := 0
			for i, p := range list {
				if answers[i] == "?" {
					continue
				}
				taken++
				got, err := CompareVersions(n.ecosystem, p[0], p[1])
				if err != nil || fmt.Sprint(got) != answers[i] {
					t.Errorf("%s <=> %s is %d, %v; %s says %s", p[0], p[1], got, err, n.tool[0], answers[i])
				}
			}
			if taken < count/2 {
				t.Errorf("only %d of %d pairs were versions", taken, count)
			}
			t.Logf("%d pairs", taken)
		})
	}
}
