package inventory

import (
	"strings"
	"time"
)

// Repository is something that was scanned: a git repository, a directory, an
// archive, an SBOM file.
type Repository struct {
	// Name identifies it everywhere: the remote URL without scheme, user and
	// ".git" ("github.com/prometheus/prometheus"), or the absolute path where
	// there is no remote.
	Name string
	// Location is where it was read from: a path or a URL without credentials.
	Location string
	// Kind is "git", "directory", "archive" or "sbom".
	Kind string
}

// PublicName is a repository's name for documents that leave the house: where
// the name is a path of this machine, its last part, without ".git".
func PublicName(name string) string {
	at := strings.LastIndexAny(strings.TrimRight(name, `/\`), `/\`)
	if !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, `\\`) && !(len(name) > 2 && name[1] == ':') {
		return name
	}
	base := strings.TrimSuffix(strings.Trim(name[at+1:], `/\`), ".git")
	if base == "" {
		return "repository"
	}
	return base
}

// Snapshot is everything that was found in one revision of one repository at
// one time. It is a fact: it is never edited.
type Snapshot struct {
	Repository Repository
	// Commit is the full commit id; for what has none, "content-" and a hash
	// over paths and contents; empty for an unborn branch.
	Commit string
	// Revision is what was asked for ("HEAD", "v1.2", a branch).
	Revision   string
	CommitTime time.Time // zero when unknown
	ScannedAt  time.Time
	// Scanner identifies the collectors ("packages/3 licenses/1/licensecheck"):
	// a snapshot of the same commit by other collectors is another snapshot.
	Scanner  string
	Units    []Unit
	Licenses *LicenseSummary // nil when licenses were not looked at
	Problems []Problem       // of the repository as a whole; units have their own
	Files    int
	Bytes    int64
}

// Unit is what one reader made of one manifest. It is keyed by content: the
// same manifest with the same surroundings in another commit is the same unit.
type Unit struct {
	Reader   string // "npm-lock/2": name and version of the reader
	Manifest string // path
	Blob     string // content id of the manifest
	// Inputs lists everything else that the reader looked at, so that a later
	// scan can tell without reading whether the answer still holds.
	Inputs   []Input
	Usages   []Usage
	Problems []Problem
	// Own lists first-party packages that the manifest declares (workspace
	// members, root projects), as purls; they are not third-party usages.
	Own []string
}

// Input is one look of a reader at its surroundings.
type Input struct {
	// Path is a file, or a glob with the prefix "glob:".
	Path string
	// Blob is the content id seen, "" for an absent file; for a glob a hash of
	// the matching paths.
	Blob string
}

// LicenseSummary is what the files of a repository say of its licensing.
type LicenseSummary struct {
	// Primary is the expression for the repository as a whole with its
	// evidence; empty when nothing tells.
	Primary  string
	Declared []LicenseFact // manifests' own fields of the root projects
	Files    []LicenseFact // root license files and REUSE/DEP-5
	Sets     []LicenseSet  // own files by expression, most first
	Vendored []LicenseSet  // files in directories of third-party copies (vendor, third_party…)
	Fixtures []LicenseSet  // tests, and files in test data and samples
	// Notices lists every license, copying and notice file in the tree: the
	// evidence for packages whose copies lie in it.
	Notices   []NoticeFile
	Looked    int // files read for licenses
	NoFinding int // of these, files that say nothing
}

// NoticeFile is one license, copying or notice file.
type NoticeFile struct {
	Path       string
	Blob       string // content id; its text is kept under TextHash
	Expression string // "" when nothing was recognized
	TextHash   string
	Copyrights []string
}

// LicenseSet counts the files that carry one expression.
type LicenseSet struct {
	Expression string
	Files      int
	Examples   []string // up to three paths, sorted
}

// FactKind keeps apart who says what a license is. They stay apart for ever.
type FactKind string

// Declared is what the author's metadata says, detected what the text says,
// concluded what a person decided.
const (
	Declared  FactKind = "declared"
	Detected  FactKind = "detected"
	Concluded FactKind = "concluded"
)

// LicenseFact is one statement on the license of one thing, with evidence.
type LicenseFact struct {
	Kind FactKind
	// Expression is an SPDX expression where the statement could be
	// understood, else empty; Raw is the statement as written.
	Expression string
	Raw        string
	// Source says in words where it comes from: "package-lock.json",
	// "go module cache", "vendor directory", "conclusions.yaml".
	Source string
	// File, FirstLine and LastLine locate the text; lines are 0 when unknown.
	File                string
	FirstLine, LastLine int
	// TextHash is the hex SHA-256 of the matched text, "" when there is none.
	TextHash   string
	Copyrights []string
	Observed   time.Time
}
