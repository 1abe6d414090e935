package upstream

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// majorVersion is the last part of a module path from v2 on (go.dev/ref/mod,
// "Major version suffixes").
var majorVersion = pattern.Lazy(`^v[2-9][0-9]*$|^v1[0-9]+$`)

// goModule gives the repository of a module or package path by the rules that
// the go command knows by itself (go.dev/ref/mod#vcs-find) and by the hosts
// whose rule is published.
func goModule(path string) (Repository, Confidence, string) {
	switch path {
	case "std", "stdlib", "cmd", "toolchain", "go":
		return Repository{Name: "github.com/golang/go"}, Certain, "the Go distribution"
	}
	host, rest, _ := strings.Cut(path, "/")
	segments := strings.Split(rest, "/")
	if rest == "" {
		segments = nil
	}
	if host == "gopkg.in" {
		return gopkgIn(segments)
	}
	if n := forges[host]; n > 0 && len(segments) >= n && host != "go.googlesource.com" {
		sub := segments[n:]
		if len(sub) > 0 && majorVersion().MatchString(sub[len(sub)-1]) {
			sub = sub[:len(sub)-1]
		}
		repo, ok := onHost(host, strings.Join(segments[:n], "/"))
		repo.Directory = strings.Join(sub, "/")
		return repo, sure(ok, Certain), "Go module path"
	}
	if forges[host] < 0 || forgeLike(host) {
		return nestedModule(host, segments)
	}
	if i := strings.Index(path+"/", ".git/"); i > 0 { // the go command's own mark for other hosts
		repo, ok := onHost(host, strings.TrimPrefix(path[:i], host+"/"))
		repo.Directory = strings.Trim(strings.TrimPrefix(path[i:], ".git"), "/")
		return repo, sure(ok, Certain), "Go module path with .git"
	}
	return knownVanity(path)
}

func sure(ok bool, c Confidence) Confidence {
	if ok {
		return c
	}
	return None
}

// gopkgIn follows labix.org/gopkg.in: pkg.v3 is go-pkg/pkg, user/pkg.v3 is
// user/pkg.
func gopkgIn(segments []string) (Repository, Confidence, string) {
	const why = "gopkg.in's rule"
	if len(segments) == 0 {
		return Repository{}, None, ""
	}
	owner, last := "", segments[0]
	if !strings.Contains(last, ".v") && len(segments) > 1 {
		owner, last = segments[0], segments[1]
	}
	name, _, ok := strings.Cut(last, ".v")
	if !ok || name == "" {
		return Repository{}, None, ""
	}
	if owner == "" {
		owner = "go-" + name
	}
	repo, ok := onHost("github.com", owner+"/"+name)
	return repo, sure(ok, Certain), why
}

// nestedModule takes a path on a forge with nested groups as a whole: only the
// server can tell where the repository ends.
func nestedModule(host string, segments []string) (Repository, Confidence, string) {
	if n := len(segments); n > 0 && majorVersion().MatchString(segments[n-1]) {
		segments = segments[:n-1]
	}
	confidence, why := Certain, "Go module path"
	if len(segments) > 2 {
		confidence, why = Low, "Go module path on a forge with nested groups; where the repository ends is a guess"
	}
	repo, ok := onHost(host, strings.Join(segments, "/"))
	return repo, sure(ok, confidence), why
}

// knownVanity looks a path up in the published rules of well-known hosts. Under
// a prefix that ends in "/*" the next segment is the repository.
func knownVanity(path string) (Repository, Confidence, string) {
	for prefix := path; prefix != ""; prefix = parent(prefix) {
		if to, ok := vanity[prefix]; ok {
			dir := strings.Trim(strings.TrimPrefix(path, prefix), "/")
			return Repository{Name: to, Directory: withoutMajor(dir)}, High, "known address of Go modules (" + prefix + ")"
		}
		to, ok := vanity[prefix+"/*"]
		rest := strings.Trim(strings.TrimPrefix(path, prefix), "/")
		if !ok || rest == "" {
			continue
		}
		name, dir, _ := strings.Cut(rest, "/")
		if name, _, _ = strings.Cut(name, "@"); name != "" {
			return Repository{Name: strings.Replace(to, "*", name, 1), Directory: withoutMajor(dir)}, High, "known address of Go modules (" + prefix + "/…)"
		}
	}
	return Repository{}, None, ""
}

func parent(path string) string {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return ""
	}
	return path[:i]
}

func withoutMajor(dir string) string {
	last := dir[strings.LastIndexByte(dir, '/')+1:]
	if majorVersion().MatchString(last) {
		return strings.TrimSuffix(strings.TrimSuffix(dir, last), "/")
	}
	return dir
}

// vanity are addresses of Go modules that do not name their repository, as
// their servers' go-import answers do. What a server has answered to this
// installation comes before.
var vanity = map[string]string{
	"golang.org/x/*": "github.com/golang/*", "google.golang.org/grpc": "github.com/grpc/grpc-go",
	"google.golang.org/protobuf": "github.com/protocolbuffers/protobuf-go", "google.golang.org/api": "github.com/googleapis/google-api-go-client",
	"google.golang.org/genproto": "github.com/googleapis/go-genproto", "google.golang.org/appengine": "github.com/golang/appengine",
	"google.golang.org/adk": "github.com/google/adk-go", "google.golang.org/genai": "github.com/googleapis/go-genai",
	"cloud.google.com/go": "github.com/googleapis/google-cloud-go", "cel.dev/expr": "github.com/google/cel-spec", "cel.dev/cel-go": "github.com/google/cel-go",
	"k8s.io/*": "github.com/kubernetes/*", "sigs.k8s.io/*": "github.com/kubernetes-sigs/*", "istio.io/*": "github.com/istio/*", "knative.dev/*": "github.com/knative/*",
	"go.uber.org/*": "github.com/uber-go/*", "go.uber.org/yarpc": "github.com/yarpc/yarpc-go", "go.uber.org/thriftrw": "github.com/thriftrw/thriftrw-go",
	"go.opentelemetry.io/otel": "github.com/open-telemetry/opentelemetry-go", "go.opentelemetry.io/contrib": "github.com/open-telemetry/opentelemetry-go-contrib",
	"go.opentelemetry.io/collector": "github.com/open-telemetry/opentelemetry-collector", "go.opentelemetry.io/proto": "github.com/open-telemetry/opentelemetry-proto-go",
	"go.opentelemetry.io/auto": "github.com/open-telemetry/opentelemetry-go-instrumentation", "go.opentelemetry.io/build-tools": "github.com/open-telemetry/opentelemetry-go-build-tools",
	"go.opentelemetry.io/ebpf-profiler": "github.com/open-telemetry/opentelemetry-ebpf-profiler", "go.opencensus.io": "github.com/census-instrumentation/opencensus-go",
	"contrib.go.opencensus.io/exporter/*": "github.com/census-ecosystem/opencensus-go-exporter-*",
	"go.etcd.io/*":                        "github.com/etcd-io/*", "go.mongodb.org/mongo-driver": "github.com/mongodb/mongo-go-driver", "go.yaml.in/yaml": "github.com/yaml/go-yaml",
	"gotest.tools": "github.com/gotestyourself/gotest.tools", "honnef.co/go/tools": "github.com/dominikh/go-tools", "mvdan.cc/*": "github.com/mvdan/*",
	"dario.cat/mergo": "github.com/darccio/mergo", "rsc.io/*": "github.com/rsc/*", "helm.sh/helm": "github.com/helm/helm", "oras.land/oras-go": "github.com/oras-project/oras-go",
	"filippo.io/*": "github.com/FiloSottile/*", "gonum.org/v1/gonum": "github.com/gonum/gonum", "gonum.org/v1/plot": "github.com/gonum/plot",
	"gvisor.dev/gvisor": "github.com/google/gvisor", "tailscale.com": "github.com/tailscale/tailscale", "nhooyr.io/websocket": "github.com/coder/websocket",
	"pgregory.net/rapid": "github.com/flyingmutant/rapid", "entgo.io/ent": "github.com/ent/ent", "gorm.io/gorm": "github.com/go-gorm/gorm",
	"gorm.io/driver/*": "github.com/go-gorm/*", "gorm.io/datatypes": "github.com/go-gorm/datatypes", "code.gitea.io/gitea": "github.com/go-gitea/gitea", "code.gitea.io/sdk": "gitea.com/gitea/go-sdk",
	"cuelang.org/go": "github.com/cue-lang/cue", "modernc.org/*": "gitlab.com/cznic/*", "gocloud.dev": "github.com/google/go-cloud", "howett.net/plist": "github.com/DHowett/go-plist",
	"go.starlark.net": "github.com/google/starlark-go", "go.bug.st/*": "github.com/bugst/*", "go.mozilla.org/pkcs7": "github.com/mozilla-services/pkcs7",
	"software.sslmate.com/src/go-pkcs12": "github.com/SSLMate/go-pkcs12", "golang.zx2c4.com/wireguard": "git.zx2c4.com/wireguard-go", "zombiezen.com/go/sqlite": "github.com/zombiezen/go-sqlite",
	"go.temporal.io/api": "github.com/temporalio/api-go", "go.temporal.io/sdk": "github.com/temporalio/sdk-go", "go.temporal.io/server": "github.com/temporalio/temporal",
	"go.step.sm/crypto": "github.com/smallstep/crypto", "go.elastic.co/apm": "github.com/elastic/apm-agent-go", "go.elastic.co/ecszap": "github.com/elastic/ecs-logging-go-zap",
	"go.podman.io/*": "github.com/containers/*", "go.mau.fi/*": "github.com/mautrix/*",
	"dagger.io/dagger": "github.com/dagger/dagger-go-sdk", "gioui.org": "git.sr.ht/~eliasnaur/gio",
	"go.senan.xyz/*": "github.com/sentriz/*", "lukechampine.com/*": "github.com/lukechampine/*", "emperror.dev/*": "github.com/emperror/*", "go.dedis.ch/*": "github.com/dedis/*",
	"goa.design/goa": "github.com/goadesign/goa", "layeh.com/radius": "github.com/layeh/radius", "riverqueue.com/riverui": "github.com/riverqueue/riverui",
	"buf.build/go/*": "github.com/bufbuild/*-go", "connectrpc.com/*": "github.com/connectrpc/*-go", "go.lsp.dev/*": "github.com/go-language-server/*", "go-simpler.org/*": "github.com/go-simpler/*",
	"4d63.com/*":             "github.com/leighmcculloch/*",
	"go.universe.tf/metallb": "github.com/metallb/metallb", "chainguard.dev/apko": "github.com/chainguard-dev/apko",
}
