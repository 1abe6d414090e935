package longtail

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// notDockerfiles are endings of files that only speak of a Dockerfile.
var notDockerfiles = []string{".dockerignore", ".md", ".txt", ".go", ".py", ".rb", ".js", ".ts", ".html", ".json"}

func isDockerfile(p string) bool {
	base := strings.ToLower(path.Base(p))
	if base == "dockerfile" || base == "containerfile" || strings.HasSuffix(base, ".dockerfile") || strings.HasSuffix(base, ".containerfile") {
		return true
	}
	return (strings.HasPrefix(base, "dockerfile.") || strings.HasPrefix(base, "containerfile.")) && !slices.Contains(notDockerfiles, path.Ext(base))
}

// stage is one FROM of a Dockerfile.
type stage struct {
	base   int // the stage that it builds on, or -1
	images []image
}

// image is a reference to an image and where it stands.
type image struct {
	ref  string
	line int
	// kept says that it or its files are part of the stage's result; otherwise it
	// only helps with the build.
	kept bool
}

var (
	stageName  = pattern.Lazy(`(?i)^(\S+)(?:\s+AS\s+(\S+))?`)
	fromFlag   = pattern.Lazy(`--from=(\S+)`)
	mountFlag  = pattern.Lazy(`--mount=\S*\bfrom=([^,\s]+)`)
	argument   = pattern.Lazy(`([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|'[^']*'|\S*)`)
	imageName  = pattern.Lazy(`^[A-Za-z0-9][A-Za-z0-9._/:-]*$`)
	imageTag   = pattern.Lazy(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	digestText = pattern.Lazy(`^[a-z0-9]+:[0-9a-f]{32,}$`)
)

// readDocker reads a Dockerfile (docs.docker.com/reference/dockerfile): base
// images of all stages, and images that files are copied from. What ends up in
// the last stage is runtime, the rest is for the build.
func readDocker(t *text) {
	stages, args, names := []stage(nil), map[string]string{}, map[string]int{}
	for _, in := range instructions(string(t.data)) {
		switch in.word {
		case "ARG":
			if len(stages) == 0 { // only these count in FROM
				for _, m := range argument().FindAllStringSubmatch(in.rest, -1) {
					if value := strings.Trim(m[2], `"'`); !strings.ContainsAny(value, "<{%") || strings.Contains(value, "${") {
						args[m[1]] = expand(value, args)
					} // others are gaps that a template's engine fills
				}
			}
		case "FROM":
			s, name := fromStage(in, names, args)
			stages = append(stages, s)
			if name != "" {
				names[name] = len(stages) - 1
			}
		case "COPY", "ADD", "RUN":
			if len(stages) > 0 {
				stages[len(stages)-1].takeFrom(in, names, args)
			}
		}
	}
	if len(stages) == 0 {
		t.problem(0, "malformed", "has no FROM, so no base image was found")
		return
	}
	final := map[int]bool{}
	for i := len(stages) - 1; i >= 0; i = stages[i].base {
		final[i] = true
	}
	seen := map[string]int{}
	for i, s := range stages {
		for _, m := range s.images {
			scope := inventory.Build
			if final[i] && m.kept {
				scope = inventory.Runtime
			}
			t.image(seen, m.ref, m.line, scope)
		}
	}
}

// fromStage reads "FROM --platform=… image AS name"; names are the stages so far.
func fromStage(in instruction, names map[string]int, args map[string]string) (s stage, name string) {
	rest := in.rest
	for strings.HasPrefix(rest, "--") {
		_, rest, _ = strings.Cut(rest, " ")
		rest = strings.TrimLeft(rest, " ")
	}
	m := stageName().FindStringSubmatch(rest)
	if m == nil {
		m = make([]string, 3)
	}
	ref := expand(strings.Trim(m[1], `"'`), args)
	base, ok := names[strings.ToLower(ref)]
	switch {
	case ok:
		return stage{base: base}, strings.ToLower(m[2])
	case ref == "scratch":
		return stage{base: -1}, strings.ToLower(m[2])
	}
	return stage{base: -1, images: []image{{ref, in.line, true}}}, strings.ToLower(m[2])
}

// takeFrom adds the images that an instruction takes files from. Variables are
// not in force there, but for those of builds that nobody here knows.
func (s *stage) takeFrom(in instruction, names map[string]int, args map[string]string) {
	flag := fromFlag
	if in.word == "RUN" {
		flag = mountFlag
	}
	for _, m := range flag().FindAllStringSubmatch(in.rest, -1) {
		ref := expand(strings.Trim(m[1], `"'`), args)
		_, isStage := names[strings.ToLower(ref)]
		if _, err := strconv.Atoi(ref); err == nil || isStage {
			continue
		}
		s.images = append(s.images, image{ref, in.line, in.word != "RUN"})
	}
}

// image adds the usage of an image by its reference.
func (t *text) image(seen map[string]int, ref string, line int, scope inventory.Scope) {
	c, requirement, ok := parseImage(ref)
	switch {
	case !ok && strings.Contains(ref, "$"):
		t.problem(line, "unresolved", "the image %s is known only when it is built; its name could not be read", ref)
	case !ok:
		t.problem(line, "malformed", "%q is no name of an image", ref)
	default:
		t.once(seen, inventory.Usage{Component: c, Requirement: requirement, Line: line, Relation: inventory.Direct, Scope: scope})
	}
}

// movingTags are those that by custom are given to image after image.
var movingTags = []string{"latest", "main", "master", "nightly", "edge"}

// parseImage reads "registry/path/name:tag@digest" into a purl of the type
// docker: the digest is the version where there is one, then the tag is the
// requirement. Moving tags, no tag, and a tag with a variable are requirements
// alone. Images of Docker Hub have no registry, and no "library/".
func parseImage(ref string) (c inventory.PURL, requirement string, ok bool) {
	name, digest, _ := strings.Cut(ref, "@")
	tag := ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	name = strings.Trim(name, "/")
	if tag != "" && !strings.Contains(tag, "$") && !imageTag().MatchString(tag) {
		return c, "", false
	}
	if !imageName().MatchString(name) || digest != "" && !strings.Contains(digest, "$") && !digestText().MatchString(digest) {
		return c, "", false
	}
	registry := ""
	if host, rest, cut := strings.Cut(name, "/"); cut && (strings.ContainsAny(host, ".:") || host == "localhost") {
		registry, name = host, rest
	}
	if registry == "docker.io" || registry == "index.docker.io" || registry == "registry-1.docker.io" {
		registry = ""
	}
	if registry == "" {
		name = strings.TrimPrefix(name, "library/")
	}
	c = inventory.NewPURL("docker", name, "")
	switch {
	case digest != "" && !strings.Contains(digest, "$"):
		c.Version, requirement = digest, tag
	case tag == "" || slices.Contains(movingTags, tag) || strings.Contains(tag, "$"):
		requirement = tag
		if tag == "" {
			requirement = "latest"
		}
	default:
		c.Version = tag
	}
	return qualified(c, "repository_url", registry), requirement, true
}
