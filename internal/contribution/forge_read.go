package contribution

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/people"
)

// ForgeImport is what a file tells of issues and change requests, by repository.
type ForgeImport struct {
	Items map[string][]ForgeItem
	// Skipped counts entries that could not be understood, Problems tells the first.
	Skipped  int
	Problems []string
}

// Bounds of what a file may hold.
const (
	MaxForgeFile   = 2 << 30
	maxForgeItem   = 64 << 20
	maxForgeEvents = 20_000 // of an item
	maxProblems    = 10
	maxForgeText   = 500
)

// ReadForge reads issues and change requests in any of these forms, one object
// a line or all in one array: the neutral form that docs/metrics.md documents,
// what "gh issue list" and "gh pr list --json" print, GitHub's REST objects, and
// Perceval's items of GitHub (GrimoireLab). repository is for objects that do not
// tell their own. What can't be understood is counted and stops nothing else;
// the error is for a file that is no JSON at all.
func ReadForge(r io.Reader, repository string) (*ForgeImport, error) {
	in := bufio.NewReaderSize(io.LimitReader(r, MaxForgeFile), 64<<10)
	out := &ForgeImport{Items: map[string][]ForgeItem{}}
	first, err := firstByte(in)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, err
	}
	if first == '[' {
		err = out.arrays(in, repository)
	} else {
		err = out.lines(in, repository)
	}
	if err != nil && len(out.Items) == 0 {
		return nil, err
	}
	if err != nil {
		out.problem(err)
	}
	if len(out.Items) == 0 && len(out.Problems) > 0 {
		return nil, errors.New(out.Problems[0])
	}
	return out, nil
}

func firstByte(in *bufio.Reader) (byte, error) {
	if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, []byte("\ufeff")) {
		_, _ = in.Discard(3) // they are there
	}
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if b != ' ' && b != '\n' && b != '\r' && b != '\t' {
			return b, in.UnreadByte()
		}
	}
}

// arrays reads the objects of an array, or of several one after the other, as
// "gh api --paginate" writes them.
func (f *ForgeImport) arrays(in io.Reader, repository string) error {
	bounded := &boundedEntry{in: in, left: maxForgeItem}
	d := json.NewDecoder(bounded)
	for n := 1; ; {
		open, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if open != json.Delim('[') {
			return fmt.Errorf("after entry %d: no array of entries", n-1)
		}
		for ; d.More(); n++ {
			var raw json.RawMessage
			bounded.left = maxForgeItem
			if err := d.Decode(&raw); err != nil {
				return fmt.Errorf("entry %d: %w", n, err)
			}
			f.take(fmt.Sprintf("entry %d", n), raw, repository)
		}
		if _, err := d.Token(); err != nil {
			return fmt.Errorf("after entry %d: the array has no end: %w", n-1, err)
		}
	}
}

// boundedEntry ends where more is read than one entry may have: a decoder keeps
// all of an entry in memory.
type boundedEntry struct {
	in   io.Reader
	left int
}

func (b *boundedEntry) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("it is longer than %d MB", maxForgeItem>>20)
	}
	n, err := b.in.Read(p)
	b.left -= n
	return n, err
}

// lines reads an object a line. A line that is too long or no JSON is passed over.
func (f *ForgeImport) lines(in *bufio.Reader, repository string) error {
	for n := 1; ; n++ {
		line, err := readLine(in, maxForgeItem)
		if len(bytes.TrimSpace(line)) > 0 {
			f.take(fmt.Sprintf("line %d", n), line, repository)
		}
		if errors.Is(err, errLongLine) {
			f.problem(fmt.Errorf("line %d: is longer than %d MB", n, maxForgeItem>>20))
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, errLongLine):
			return err
		}
	}
}

var errLongLine = errors.New("the line is too long")

// readLine reads a line; of one that is too long nothing is kept.
func readLine(in *bufio.Reader, most int) (line []byte, err error) {
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > most; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case long && err == nil:
			return nil, errLongLine
		case long:
			return nil, fmt.Errorf("%w: %w", errLongLine, err)
		}
		return line, err
	}
}

func (f *ForgeImport) problem(err error) {
	f.Skipped++
	if len(f.Problems) < maxProblems {
		f.Problems = append(f.Problems, err.Error())
	}
}

func (f *ForgeImport) take(where string, raw []byte, repository string) {
	item, name, err := readForgeItem(raw, repository)
	if err != nil {
		f.problem(fmt.Errorf("%s: %w", where, err))
		return
	}
	slices.SortStableFunc(item.Events, func(a, b ForgeEvent) int { return a.At.Compare(b.At) })
	f.Items[name] = append(f.Items[name], item)
}

// readForgeItem tells the form of an object by its keys.
func readForgeItem(raw []byte, repository string) (item ForgeItem, name string, err error) {
	var head struct {
		Backend   *string `json:"backend_name"`
		Category  string  `json:"category"`
		Origin    string  `json:"origin"`
		Data      json.RawMessage
		RESTAt    *string `json:"created_at"`
		GHAt      *string `json:"createdAt"`
		NeutralAt *string `json:"created"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return item, "", fmt.Errorf("is no JSON object of a known form: %w", err)
	}
	switch {
	case head.Backend != nil:
		if head.Category != "issue" && head.Category != "pull_request" {
			return item, "", fmt.Errorf("category %.40q is neither issue nor pull_request", head.Category)
		}
		item, name, err = readREST(head.Data, head.Category == "pull_request")
		if r := repositoryOf(head.Origin); r != "" {
			name = r
		}
	case head.RESTAt != nil:
		item, name, err = readREST(raw, false)
	case head.GHAt != nil:
		item, name, err = readGH(raw)
	case head.NeutralAt != nil:
		item, name, err = readNeutral(raw)
	default:
		return item, "", errors.New("has neither created nor created_at nor createdAt: the form is not known")
	}
	if repository != "" {
		name = repository
	}
	switch {
	case err != nil:
		return item, "", err
	case name == "":
		return item, "", errors.New("does not tell its repository; name it with --repository")
	case item.ID == "" || len(item.ID) > maxForgeText:
		return item, "", errors.New("has no number")
	case item.Created.IsZero():
		return item, "", errors.New("the time at which it was opened can't be read")
	}
	if !item.Merged.IsZero() && item.Closed.IsZero() {
		item.Closed = item.Merged
	}
	return item, name, nil
}

// repositoryOf reads host/owner/name from the address of an item or repository.
func repositoryOf(address string) string {
	_, rest, ok := strings.Cut(address, "://")
	if !ok || len(address) > maxForgeText {
		return ""
	}
	host, path, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndexByte(host, '@')+1:] // without a password
	path = strings.TrimSuffix(strings.Trim(path, "/"), ".git")
	if host == "api.github.com" {
		host, path = "github.com", strings.TrimPrefix(path, "repos/")
	}
	for _, end := range []string{"/-/", "/issues", "/pull", "/merge_requests", "/pulls"} {
		path, _, _ = strings.Cut(path, end)
	}
	if host == "" || !strings.Contains(path, "/") {
		return ""
	}
	return strings.ToLower(host) + "/" + path
}

func account(host, login string, bot bool) Account {
	login = strings.TrimSpace(login)
	if login == "" || len(login) > maxForgeText {
		return Account{Bot: bot}
	}
	if !strings.Contains(login, "/") && !strings.Contains(login, "@") {
		bot = bot || people.LikelyBot(people.Identity{Name: login})
		login = host + "/" + login
	}
	return Account{Login: strings.ToLower(login), Bot: bot}
}

// forgeTime reads a time; what can't be is zero.
func forgeTime(s *string) time.Time {
	if s == nil || len(*s) > 40 {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, *s); err == nil && t.Unix() >= firstDay && t.Year() < 2200 {
			return t.UTC().Truncate(time.Second)
		}
	}
	return time.Time{}
}

func (i *ForgeItem) event(who Account, at *string, review bool) {
	if t := forgeTime(at); !t.IsZero() && len(i.Events) < maxForgeEvents {
		i.Events = append(i.Events, ForgeEvent{Who: who, At: t, Review: review})
	}
}
