package advisory

import (
	"strconv"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
	gocvss40 "github.com/pandatix/go-cvss/40"
)

var unknownSeverity = Severity{Level: LevelUnknown, Score: -1}

// ParseCVSS computes the score of a CVSS vector, version 2, 3.0, 3.1 or 4.0.
func ParseCVSS(vector string) (Severity, error) {
	s := Severity{Vector: vector}
	switch {
	case strings.HasPrefix(vector, "CVSS:4.0/"):
		v, err := gocvss40.ParseVector(vector)
		if err != nil {
			return unknownSeverity, err
		}
		s.Score = v.Score()
	case strings.HasPrefix(vector, "CVSS:3.1/"):
		v, err := gocvss31.ParseVector(vector)
		if err != nil {
			return unknownSeverity, err
		}
		s.Score = v.BaseScore()
	case strings.HasPrefix(vector, "CVSS:3.0/"):
		v, err := gocvss30.ParseVector(vector)
		if err != nil {
			return unknownSeverity, err
		}
		s.Score = v.BaseScore()
	default:
		v, err := gocvss20.ParseVector(strings.Trim(strings.TrimPrefix(vector, "CVSS2#"), "()"))
		if err != nil {
			return unknownSeverity, err
		}
		s.Score = v.BaseScore()
		s.Level = levelOf2(s.Score)
		return s, nil
	}
	s.Level = LevelOf(s.Score)
	return s, nil
}

// LevelOf puts a score of CVSS 3 or 4 into words (first.org/cvss/v4.0,
// "Qualitative Severity Rating Scale").
func LevelOf(score float64) Level {
	switch {
	case score < 0:
		return LevelUnknown
	case score == 0:
		return LevelNone
	case score < 4:
		return Low
	case score < 7:
		return Medium
	case score < 9:
		return High
	}
	return Critical
}

// levelOf2 puts a score of CVSS 2 into NVD's words for it; it has no critical.
func levelOf2(score float64) Level {
	switch {
	case score < 4:
		return Low
	case score < 7:
		return Medium
	}
	return High
}

// ParseLevel reads the words of databases: GitHub's MODERATE, Debian's
// unimportant.
func ParseLevel(word string) Level {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "critical":
		return Critical
	case "high", "important":
		return High
	case "medium", "moderate":
		return Medium
	case "low", "minor":
		return Low
	case "none", "negligible", "unimportant":
		return LevelNone
	}
	return LevelUnknown
}

// worst collects severities and keeps the worst. Scores win over words, for
// words are made from scores.
type worst struct{ Severity }

func (w *worst) vectors(r *Record, list []wireSeverity) {
	for _, s := range list[:min(len(list), 100)] {
		parsed, err := ParseCVSS(s.Score)
		if err != nil {
			score, notNumber := strconv.ParseFloat(s.Score, 64)
			switch {
			case notNumber == nil && 0 <= score && score <= 10:
				parsed = Severity{Level: LevelOf(score), Score: score}
			case ParseLevel(s.Score) != LevelUnknown: // Ubuntu's own type
				w.word(s.Score)
				continue
			default:
				r.note("severity %q is no CVSS vector: %v", clip(s.Score, 100), err)
				continue
			}
		}
		if parsed.Score > w.Score {
			w.Severity = parsed
		}
	}
}

func (w *worst) word(word string) {
	if level := ParseLevel(word); w.Score < 0 && level != LevelUnknown && (w.Level == LevelUnknown || level.Rank() < w.Level.Rank()) {
		w.Level = level
	}
}

// Rank is the position of a level in [Levels].
func (l Level) Rank() int {
	for i, x := range Levels {
		if x == l {
			return i
		}
	}
	return LevelUnknown.Rank()
}

// Worse gives the worse of two severities: known before unknown, then by score,
// then by word.
func Worse(a, b Severity) Severity {
	switch {
	case b.Level == LevelUnknown || b.Level == "":
		return a
	case a.Level == LevelUnknown || a.Level == "":
		return b
	case a.Score != b.Score && a.Score >= 0 && b.Score >= 0:
		if a.Score > b.Score {
			return a
		}
		return b
	case a.Level.Rank() != b.Level.Rank():
		if a.Level.Rank() < b.Level.Rank() {
			return a
		}
		return b
	case b.Score > a.Score || b.Score == a.Score && b.Vector < a.Vector:
		return b
	}
	return a
}
