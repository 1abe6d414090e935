package store

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// commitBlock is n commits of a day each, by these authors in turn.
func commitBlock(n int, authors ...uint32) contribution.Block {
	b := contribution.Block{IDSize: 20}
	for i := range n {
		who := authors[i%len(authors)]
		at := day(1).Unix() + int64(i)*86400
		b.IDs = append(b.IDs, fmt.Sprintf("%020d", i*100+int(who))...)
		b.Author, b.Committer = append(b.Author, who), append(b.Committer, 0)
		b.Authored, b.Committed = append(b.Authored, at-60), append(b.Committed, at)
		b.AuthorZone, b.CommitterZone = append(b.AuthorZone, -330), append(b.CommitterZone, 60)
		b.Parents = append(b.Parents, uint16(i%3))
	}
	b.Trailers = []contribution.TrailerRef{{Commit: 0, Kind: contribution.Reviewed.Code(), Who: 0}}
	return b
}

func minedHistory(location string) HistoryUpdate {
	return HistoryUpdate{
		History: contribution.History{Repository: "git.example.com/a/b", Location: location, Branch: "main", Tips: []string{"t1"}, Roots: []string{"r1"}, Commits: 3, MinedAt: day(2),
			People:  []people.Identity{{Name: "Ada \x00 \xff", Email: "ada@example.com"}, {Name: "Bo"}},
			Mailmap: []byte("Ada <ada@example.com>\n"), OtherTags: 2, Oddities: []contribution.Oddity{{Kind: contribution.OddNoEmail, Count: 1, Example: "x"}},
			Releases: []contribution.Release{{Repository: "git.example.com/a/b", Tag: "v1", Version: "1", At: day(1)}, {Repository: "git.example.com/a/b", Tag: "v2-rc1", Version: "2-rc1", Prerelease: true, At: day(2)}}},
		Blocks: []contribution.Block{commitBlock(3, 0, 1)},
		Paths:  []contribution.Paths{{Names: []string{"a/b", "a/c\xff"}, Touched: [][]uint32{{0, 1}, nil, {}}}},
	}
}

func saveHistory(t *testing.T, db *DB, base HistoryRef, u HistoryUpdate) HistoryRef {
	t.Helper()
	ref, err := db.SaveHistory(t.Context(), base, u)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// readBlocks gives all blocks of a history.
func readBlocks(t *testing.T, db *DB, h *contribution.History) (out []contribution.Block) {
	t.Helper()
	err := db.EachWholeBlock(t.Context(), h, func(_ int, b *contribution.Block) error {
		c := *b
		c.IDs, c.Author, c.Committer = bytes.Clone(b.IDs), append([]uint32(nil), b.Author...), append([]uint32(nil), b.Committer...)
		c.Authored, c.Committed = append([]int64(nil), b.Authored...), append([]int64(nil), b.Committed...)
		c.AuthorZone, c.CommitterZone = append([]int16(nil), b.AuthorZone...), append([]int16(nil), b.CommitterZone...)
		c.Parents, c.Trailers = append([]uint16(nil), b.Parents...), append([]contribution.TrailerRef(nil), b.Trailers...)
		out = append(out, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAHistoryComesBackAsItWasKept(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		if _, ref, err := db.History(t.Context(), "/a"); err != nil || ref.ID != 0 {
			t.Fatalf("%+v, %v", ref, err)
		}
		u := minedHistory("/a")
		ref := saveHistory(t, db, HistoryRef{}, u)
		h, again, err := db.History(t.Context(), "/a")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "history", u.History, h)
		same(t, "reference", ref, again)
		same(t, "blocks", u.Blocks, readBlocks(t, db, &h))
		same(t, "people", u.History.People, h.People)
		paths, err := db.Paths(t.Context(), "/a", 0)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "paths", u.Paths[0], paths)
		if paths.Touched[1] != nil || paths.Touched[2] == nil {
			t.Errorf("not known and none are mixed up: %#v", paths.Touched)
		}
	})
}

func TestLaterRunsAddBlocksAndNobodyTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := minedHistory("/a")
		ref := saveHistory(t, db, HistoryRef{}, u)
		more := HistoryUpdate{History: u.History, Blocks: []contribution.Block{commitBlock(2, 2)}, Paths: []contribution.Paths{{Touched: make([][]uint32, 2)}}}
		more.History.People = append(more.History.People[:2:2], people.Identity{Name: "Cy"})
		more.History.Releases = more.History.Releases[1:]
		more.History.Commits = 5
		ref = saveHistory(t, db, ref, more)
		h, again, err := db.History(t.Context(), "/a")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "reference", ref, again)
		same(t, "history", more.History, h)
		same(t, "blocks", append(u.Blocks, more.Blocks...), readBlocks(t, db, &h))

		anew := minedHistory("/a")
		anew.Replace = true
		saveHistory(t, db, ref, anew)
		if h, _, err = db.History(t.Context(), "/a"); err != nil {
			t.Fatal(err)
		}
		same(t, "replaced", anew.Blocks, readBlocks(t, db, &h))
		same(t, "people", anew.History.People, h.People)
	})
}

func TestTwoRunsAtOnceDoNotUndoEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := minedHistory("/a")
		ref := saveHistory(t, db, HistoryRef{}, u)
		if _, err := db.SaveHistory(t.Context(), HistoryRef{}, u); !errors.Is(err, ErrHistoryMoved) {
			t.Errorf("a second first run: %v", err)
		}
		saveHistory(t, db, ref, HistoryUpdate{History: u.History})
		if _, err := db.SaveHistory(t.Context(), ref, u); !errors.Is(err, ErrHistoryMoved) {
			t.Errorf("a run on what was: %v", err)
		}
		if n := count(t, db, "commit_block"); n != 1 {
			t.Errorf("%d blocks", n)
		}
	})
}

func TestLinesAreKeptByBlock(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := minedHistory("/a")
		ref := saveHistory(t, db, HistoryRef{}, u)
		want := []contribution.LineCount{{Added: 3, Removed: 70000, Patch: 1 << 63}, {Added: -1}, {}}
		if err := db.PutLines(t.Context(), &ref, &u.History, 0, want, day(3)); err != nil {
			t.Fatal(err)
		}
		h, again, err := db.History(t.Context(), "/a")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "lines", want, readBlocks(t, db, &h)[0].Lines)
		same(t, "version", ref.Version, again.Version)
	})
}

func TestHistoriesAreListedByRepository(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		for _, place := range []string{"/b", "/a"} {
			saveHistory(t, db, HistoryRef{}, minedHistory(place))
		}
		list, err := db.Histories(t.Context())
		if err != nil || len(list) != 2 || list[0].Location != "/a" || list[1].Location != "/b" {
			t.Errorf("%+v, %v", list, err)
		}
		releases, err := db.Releases(t.Context(), "/a")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "releases", minedHistory("/a").History.Releases, releases)
	})
}

func TestColumnsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const crowd = 50
		b := contribution.Block{IDSize: 20}
		n := rapid.IntRange(0, 30).Draw(t, "commits")
		for i := range n {
			b.Author = append(b.Author, rapid.Uint32Range(0, crowd-1).Draw(t, "author"))
			b.Committer = append(b.Committer, rapid.Uint32Range(0, crowd-1).Draw(t, "committer"))
			b.Authored = append(b.Authored, rapid.Int64Range(-1<<61, 1<<61).Draw(t, "authored"))
			b.Committed = append(b.Committed, rapid.Int64Range(-1<<61, 1<<61).Draw(t, "committed"))
			b.AuthorZone = append(b.AuthorZone, rapid.Int16().Draw(t, "zone"))
			b.CommitterZone = append(b.CommitterZone, rapid.Int16().Draw(t, "zone"))
			b.Parents = append(b.Parents, rapid.Uint16().Draw(t, "parents"))
			for range rapid.IntRange(0, 2).Draw(t, "trailers") {
				b.Trailers = append(b.Trailers, contribution.TrailerRef{Commit: uint32(i), Kind: contribution.KindCode(rapid.IntRange(0, 6).Draw(t, "kind")), Who: rapid.Uint32Range(0, crowd-1).Draw(t, "who")})
			}
		}
		got := contribution.Block{IDSize: 20}
		if err := decodeFacts(encodeFacts(&b), crowd, true, &got); err != nil {
			t.Fatal(err)
		}
		same(t, "block", b, got)
	})
}

func FuzzBlocks(f *testing.F) {
	b := commitBlock(3, 0, 1)
	u := minedHistory("/a")
	f.Add(encodeFacts(&b), encodePeople(u.History.People))
	f.Add(encodePaths(&u.Paths[0]), encodeLines([]contribution.LineCount{{Added: 1, Patch: 7}}))
	f.Fuzz(func(t *testing.T, facts, other []byte) {
		var got contribution.Block
		if decodeFacts(facts, 3, len(other)%2 == 0, &got) == nil {
			for i := range got.Len() {
				if got.Author[i] >= 3 || len(got.Committer) > 0 && got.Committer[i] >= 3 {
					t.Fatal("an identity that is not there")
				}
			}
		}
		if p, err := decodePaths(facts); err == nil {
			for _, list := range p.Touched {
				for _, n := range list {
					_ = p.Names[n]
				}
			}
		}
		_, _ = decodePeople(other, nil)
		_, _ = decodeLines(other, 3)
	})
}
