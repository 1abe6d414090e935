package history

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/pattern"
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

var (
	// versionNumbers are looked for in this order: numbers joined by points, as
	// nearly everywhere, by underscores (curl-7_88_0), by hyphens, or one alone.
	versionNumbers = []func() *regexp.Regexp{
		pattern.Lazy(`\d+(?:\.\d+)+`), pattern.Lazy(`\d+(?:_\d+)+`), pattern.Lazy(`\d+(?:-\d+)+`), pattern.Lazy(`\d+`),
	}
	versionRest = pattern.Lazy(`^[A-Za-z0-9.+_~()-]*$`)
	prerelease  = pattern.Lazy(`(?i)(?:^|[._~-]|\d)(?:alpha|beta|rc|cr|pre|preview|dev|snapshot|nightly|canary|next|milestone|test|a|b|m|ea|insiders|experimental|internal)[._-]?\d*(?:$|[._+-])`)
	// before a version: rc-8_22_0-1, nightly/2026.01.31
	prereleaseBefore = pattern.Lazy(`(?i)(?:^|[./_-])(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary)[._/-]?$`)
	// what a number behind it counts is no version
	noVersionBefore = pattern.Lazy(`(?i)(?:issue|repro|bug|pull|pr|ticket|build|test)s?[._/#-]?$`)
	postRelease     = pattern.Lazy(`(?i)^[._-]?(?:final|ga|release|post\d*|sp\d+|lts)$`)
)

// ParseVersionTag tells the version that a tag names, and whether it is one
// before a release. Before the version may stand a directory as Go's modules
// have, a name as in "release-", or a v. A lone number counts only behind one of
// these ("v8", "release-12") or as a date ("20260131").
func ParseVersionTag(tag string) (version string, pre, ok bool) {
	if len(tag) > 200 {
		return "", false, false
	}
	for i, numbers := range versionNumbers {
		m := numbers().FindStringIndex(tag)
		if m == nil {
			continue
		}
		number, rest := tag[m[0]:m[1]], tag[m[1]:]
		if !versionRest().MatchString(rest) || strings.HasPrefix(rest, ".x") {
			return "", false, false // the name of a branch of releases, or something else
		}
		if i == len(versionNumbers)-1 && !loneVersion(tag[:m[0]], number, rest) {
			return "", false, false
		}
		number = strings.NewReplacer("_", ".", "-", ".").Replace(number)
		pre := prereleaseBefore().MatchString(tag[:m[0]]) || !postRelease().MatchString(rest) && prerelease().MatchString(number+rest)
		return number + rest, pre, true
	}
	return "", false, false
}

// loneVersion says whether a number without points is a version: not a build,
// an issue, a part of a name or of a commit id.
func loneVersion(before, number, rest string) bool {
	if before == "" && !isDay(number) || len(number) > 8 || strings.Contains(before, "issue") || noVersionBefore().MatchString(before) {
		return false
	}
	return rest == "" || prerelease().MatchString(number+rest) || postRelease().MatchString(rest)
}

// isDay says whether digits are a date as 20260131.
func isDay(digits string) bool {
	_, err := time.Parse("20060102", digits)
	return err == nil && digits >= "1990"
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
