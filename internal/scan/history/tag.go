package history

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// tags reads the tags of a repository: those that name a version are releases,
// the others are counted.
func tags(ctx context.Context, src *source.Source) (releases []contribution.Release, other int, err error) {
	cmd, err := src.RefCommand(ctx, "for-each-ref", "--format=%(refname:lstrip=2)%00%(creatordate:raw)", "refs/tags")
	if err != nil {
		return nil, 0, err
	}
	out, err := source.Run(cmd)
	for _, line := range strings.Split(string(out), "\n") {
		tag, date, ok := strings.Cut(line, "\x00")
		if !ok {
			continue
		}
		tag, _, _ = cleanText([]byte(tag))
		version, pre, ok := ParseVersionTag(tag)
		if !ok {
			other++
			continue
		}
		r := contribution.Release{Repository: src.Repository.Name, Tag: tag, Version: version, Prerelease: pre}
		if sec, _, ok := rawDate(date); ok {
			r.At = time.Unix(sec, 0).UTC()
		}
		releases = append(releases, r)
	}
	return releases, other, err
}

// A version tag is an optional prefix (a directory as Go's modules have, a name
// as "release-", a v), a version of at least two numbers or a year-like or
// v-marked one, and what may follow a version.
var (
	versionTag  = regexp.MustCompile(`^(?:.*[/@])?(?:[A-Za-z][A-Za-z0-9]*[._-])*?(?:[A-Za-z]+[-_.]?)?(\d+(?:[._-]\d+)+|\d+)([A-Za-z0-9.+_~-]*)$`)
	prerelease  = regexp.MustCompile(`(?i)(?:^|[._~-]|\d)(?:alpha|beta|rc|cr|pre|preview|dev|snapshot|nightly|canary|next|milestone|test|a|b|m|ea|insiders|experimental)[._-]?\d*(?:$|[._+-])`)
	postRelease = regexp.MustCompile(`(?i)^[._-]?(?:final|ga|release|post\d*|sp\d+|lts)$`)
)

// ParseVersionTag tells the version that a tag names, and whether it is one
// before a release. A lone number counts only behind a v or a name ("v8",
// "release-12").
func ParseVersionTag(tag string) (version string, pre, ok bool) {
	if len(tag) > 200 {
		return "", false, false
	}
	m := versionTag.FindStringSubmatchIndex(tag)
	if m == nil {
		return "", false, false
	}
	numbers, rest := tag[m[2]:m[3]], tag[m[4]:m[5]]
	lone := !strings.ContainsAny(numbers, "._-")
	if lone && m[2] == 0 || lone && len(numbers) > 4 {
		return "", false, false // a bare number: a date, a build, an issue
	}
	if lone && rest != "" && !strings.ContainsAny(rest[:1], "._-+~") && !prerelease.MatchString(numbers+rest) {
		return "", false, false // half a commit id, a name such as "v8engine"
	}
	if !strings.Contains(numbers, ".") {
		numbers = strings.NewReplacer("_", ".", "-", ".").Replace(numbers) // curl-7_88_0
	}
	return numbers + rest, !postRelease.MatchString(rest) && prerelease.MatchString(numbers+rest), true
}

// rawDate reads git's raw date "1787324032 +0200".
func rawDate(s string) (sec int64, zone int16, ok bool) {
	first, tz, _ := strings.Cut(s, " ")
	sec, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	zone, _ = parseZone(tz)
	return sec, zone, true
}

// parseZone reads "+0530" as minutes east of UTC. Zones that no place has are
// not believed and give 0.
func parseZone(tz string) (minutes int16, ok bool) {
	if len(tz) < 2 || tz[0] != '+' && tz[0] != '-' {
		return 0, false
	}
	n, err := strconv.Atoi(tz[1:])
	if err != nil || n%100 >= 60 || n > 1500 {
		return 0, false
	}
	n = n/100*60 + n%100
	if tz[0] == '-' {
		n = -n
	}
	return int16(n), true
}
