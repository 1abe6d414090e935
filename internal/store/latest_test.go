package store

import (
	"testing"
	"time"
)

// states asks for the commit of each repository as of a time.
func states(t *testing.T, db *DB, at time.Time) map[string]string {
	t.Helper()
	refs, err := db.Latest(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i, r := range refs {
		if i > 0 && refs[i-1].Repository >= r.Repository {
			t.Errorf("%s comes after %s", r.Repository, refs[i-1].Repository)
		}
		out[r.Repository] = r.Commit
	}
	return out
}

func TestTheStateIsWhatWasSeenLast(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		a := save(t, db, snapshot("r", "A", day(2)), true)
		save(t, db, snapshot("r", "B", day(4)), true)
		save(t, db, snapshot("r", "to compare with", day(5)), false)
		if err := db.Observe(t.Context(), a, day(6)); err != nil {
			t.Fatal(err)
		}
		save(t, db, snapshot("other", "X", day(3)), true)
		save(t, db, snapshot("aside", "Y", day(3)), false)
		for _, c := range []struct {
			at   time.Time
			want map[string]string
		}{
			{time.Time{}, nil},
			{day(1), nil},
			{day(2), map[string]string{"r": "A"}},
			{day(4).Add(-time.Millisecond), map[string]string{"r": "A", "other": "X"}},
			{day(4), map[string]string{"r": "B", "other": "X"}},
			{day(5), map[string]string{"r": "B", "other": "X"}},
			{day(6), map[string]string{"r": "A", "other": "X"}},
			{day(30).In(time.FixedZone("", 9*3600)), map[string]string{"r": "A", "other": "X"}},
		} {
			same(t, c.at.String(), c.want, states(t, db, c.at))
		}
	})
}

func TestSeeingTheSameStateAgainKeepsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		id := save(t, db, snapshot("r", "A", day(2)), true)
		for n := 3; n < 6; n++ {
			if err := db.Observe(t.Context(), id, day(n)); err != nil {
				t.Fatal(err)
			}
			save(t, db, snapshot("r", "A", day(n)), true)
		}
		if n := count(t, db, "observation"); n != 1 {
			t.Errorf("%d observations are kept, want 1", n)
		}
	})
}

func TestObservationsMayComeLate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		a := save(t, db, snapshot("r", "A", day(10)), true)
		b := save(t, db, snapshot("r", "B", day(6)), true) // from a machine that was offline
		if err := db.Observe(t.Context(), a, day(4)); err != nil {
			t.Fatal(err)
		}
		for at, want := range map[int]string{4: "A", 5: "A", 6: "B", 9: "B", 10: "A", 20: "A"} {
			same(t, day(at).String(), map[string]string{"r": want}, states(t, db, day(at)))
		}
		if err := db.Observe(t.Context(), b, day(6)); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "observation"); n != 3 {
			t.Errorf("%d observations are kept, want 3", n)
		}
	})
}

func TestTheLaterOfTwoObservationsOfOneMomentHolds(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		save(t, db, snapshot("r", "A", day(2)), true)
		save(t, db, snapshot("r", "B", day(2)), true)
		same(t, "state", map[string]string{"r": "B"}, states(t, db, day(2)))
	})
}

func TestProgramsAreKeptAsTheyChange(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		for _, p := range []struct {
			hash string
			at   int
		}{{"one", 2}, {"one", 3}, {"two", 4}, {"one", 6}, {"one", 7}} {
			if err := db.PutProgram(t.Context(), p.hash, []byte("files of "+p.hash), day(p.at)); err != nil {
				t.Fatal(err)
			}
		}
		if n := count(t, db, "program_version"); n != 3 {
			t.Errorf("%d versions are kept, want 3", n)
		}
		for at, want := range map[int]string{1: "", 2: "files of one", 3: "files of one", 4: "files of two", 5: "files of two", 6: "files of one", 9: "files of one"} {
			got, err := db.ProgramAt(t.Context(), day(at))
			if err != nil || string(got) != want || (want == "") != (got == nil) {
				t.Errorf("day %d: %q, %v; want %q", at, got, err, want)
			}
		}
	})
}
