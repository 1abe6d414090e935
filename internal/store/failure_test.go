package store

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestAStoreOfANewerProgramIsRefused(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			db := open(t, dsn)
			if err := db.exec(t.Context(), db.write, "INSERT INTO schema_version (version) VALUES (?)", 99); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), dsn)
			mention(t, err, "newer program", "99", "update tributary")
		})
	}
}

func TestOpeningAgainChangesNothing(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			id := save(t, open(t, dsn), snapshot("r", "c", day(1), unit("x.lock", "pkg:npm/a@1")), true)
			db := open(t, dsn)
			same(t, "snapshot", snapshot("r", "c", day(1), unit("x.lock", "pkg:npm/a@1")), load(t, db, id))
			files, err := migrations.ReadDir("migrations")
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, db, "schema_version"); n != len(files) {
				t.Errorf("%d migrations were run, want %d", n, len(files))
			}
		})
	}
}

func TestManyMayOpenANewStoreAtOnce(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			const n = 6
			errs := make(chan error, n)
			for range n {
				go func() {
					db, err := Open(context.Background(), dsn)
					if err == nil {
						err = db.Close()
					}
					errs <- err
				}()
			}
			for range n {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestWhatIsNoStoreIsRefusedInWords(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	foreign := filepath.Join(dir, "foreign.db")
	h, err := sql.Open("sqlite", "file:"+foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Exec("CREATE TABLE customer (id INTEGER)"); err != nil {
		t.Fatal(err)
	}
	h.Close()
	for name, c := range map[string]struct {
		dsn   string
		words []string
	}{
		"text":             {file("notes.txt", []byte(strings.Repeat("These are my notes.\n", 300))), []string{"notes.txt", "not a store", "--db"}},
		"another program":  {foreign, []string{"foreign.db", "another program", "customer", "--db"}},
		"directory":        {dir, []string{dir, "--db"}},
		"below a file":     {filepath.Join(file("plain", nil), "x.db"), []string{"cannot make its directory", "plain"}},
		"another's secret": {"mysql://me:secret@host/db", []string{"mysql://me:xxxxx@host/db"}},
		"another scheme":   {"mysql://host/db", []string{"mysql://host/db", "neither a file nor postgres"}},
		"no name":          {"", []string{"no name", "--db"}},
		"no server":        {"postgres://me:secret@127.0.0.1:1/db?password=secret", []string{"127.0.0.1", "can't be reached", "--db"}},
		"unwritable":       {"/proc/tributary.db", []string{"/proc/tributary.db", "can't be written", "--db"}},
		"no such postgres": {"postgres://[::", []string{"store postgres"}},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasPrefix(c.dsn, "/proc") && !isDir("/proc/self") {
				t.Skip("this system has no /proc, where nobody can write")
			}
			db, err := Open(t.Context(), c.dsn)
			if err == nil {
				db.Close()
			}
			mention(t, err, c.words...)
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the message tells the password: %v", err)
			}
		})
	}
}

func TestADamagedFileIsAnErrorInWords(t *testing.T) {
	dsn := newDSN(t, "SQLite")
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	var purls []string
	for i := range 2000 {
		purls = append(purls, fmt.Sprintf("pkg:npm/package-%d@1", i))
	}
	save(t, db, snapshot("r", "c", day(1), unit("x.lock", purls...)), true)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dsn)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i++ {
		b[i] = 0xee
	}
	if err := os.WriteFile(dsn, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err = Open(t.Context(), dsn)
	if err == nil {
		defer db.Close()
		_, err = db.WhereUsed(t.Context(), WhereUsedQuery{Package: "package-7", AsOf: day(2)})
	}
	mention(t, err, "damaged", "--db")
}

func TestPathsMayHoldAnyCharacters(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a b.db", "100%.db", "what?.db", "a#b.db", "déjà.db", "a&_pragma=x.db", "file:x.db"} {
		db := open(t, filepath.Join(dir, name))
		save(t, db, snapshot("r", "c", day(1)), true)
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	t.Chdir(dir)
	save(t, open(t, ":memory:"), snapshot("r", "c", day(1)), true)
	if _, err := os.Stat(":memory:"); err != nil {
		t.Error(err)
	}
}

func TestACanceledWriteLeavesTheOldState(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		old := snapshot("r", "c", day(1), unit("x.lock", "pkg:npm/a@1"))
		id := save(t, db, old, true)
		ctx, cancel := context.WithCancel(t.Context())
		err := db.transact(ctx, func(tx *sql.Tx) error {
			for _, table := range []string{"snapshot_unit", "usage", "observation"} {
				if err := db.exec(ctx, tx, "DELETE FROM "+table); err != nil {
					return err
				}
			}
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that it was canceled", err)
		}
		if _, err := db.SaveSnapshot(ctx, snapshot("r", "c", day(2)), true); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that it was canceled", err)
		}
		same(t, "snapshot", old, load(t, db, id))
		same(t, "state", map[string]string{"r": "c"}, states(t, db, day(1)))
		// The handle serves on.
		save(t, db, snapshot("r", "d", day(3)), true)
	})
}

func TestAFailedWriteLeavesTheOldState(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		old := snapshot("r", "c", day(1), unit("x.lock", "pkg:npm/a@1"))
		id := save(t, db, old, true)
		failure := errors.New("the lights went out")
		err := db.transact(t.Context(), func(tx *sql.Tx) error {
			if err := db.exec(t.Context(), tx, "DELETE FROM snapshot_unit"); err != nil {
				return err
			}
			return failure
		})
		if !errors.Is(err, failure) {
			t.Errorf("error %v", err)
		}
		same(t, "snapshot", old, load(t, db, id))
	})
}

// roleVariable makes this test binary, run again, play a part in a test.
const roleVariable = "TRIBUTARY_STORE_TEST_ROLE"

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(m.Run())
	case "writer":
		os.Exit(report(playWriter(os.Args[len(os.Args)-2], os.Args[len(os.Args)-1])))
	case "victim":
		os.Exit(report(playVictim(os.Args[len(os.Args)-1])))
	}
	os.Exit(2)
}

func report(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func play(t *testing.T, role string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	return cmd
}

const snapshotsOfAWriter = 20

func playWriter(name, dsn string) error {
	db, err := Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for i := range snapshotsOfAWriter {
		s := snapshot(name, fmt.Sprint(i), day(i+1), unit("shared.lock", "pkg:npm/shared@1"), unit(fmt.Sprintf("%d.lock", i), "pkg:npm/shared@1", fmt.Sprintf("pkg:npm/own-%d@1", i)))
		if _, err := db.SaveSnapshot(context.Background(), s, true); err != nil {
			return err
		}
	}
	return nil
}

func TestProcessesShareAStore(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			var running []*exec.Cmd
			for _, name := range []string{"a", "b", "c"} {
				cmd := play(t, "writer", name, dsn)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				running = append(running, cmd)
			}
			for _, cmd := range running {
				if err := cmd.Wait(); err != nil {
					t.Error(err)
				}
			}
			db := open(t, dsn)
			hits, err := db.WhereUsed(t.Context(), WhereUsedQuery{Package: "shared", AsOf: day(30)})
			if err != nil || len(hits) != 6 {
				t.Errorf("%d hits, %v; want 6", len(hits), err)
			}
			if s, u := count(t, db, "snapshot"), count(t, db, "unit"); s != 3*snapshotsOfAWriter || u != 1+snapshotsOfAWriter {
				t.Errorf("%d snapshots, %d units; want %d, %d", s, u, 3*snapshotsOfAWriter, 1+snapshotsOfAWriter)
			}
		})
	}
}

// playVictim changes everything in one transaction, says so, and waits for its end.
func playVictim(dsn string) error {
	db, err := Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	ctx := context.Background()
	return db.transact(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"snapshot_unit", "usage", "observation"} {
			if err := db.exec(ctx, tx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		var purls []string
		for i := range 20000 {
			purls = append(purls, fmt.Sprintf("pkg:npm/package-%d@1", i))
		}
		if _, err := db.saveUnits(ctx, tx, []inventory.Unit{unit("new.lock", purls...)}); err != nil {
			return err
		}
		fmt.Println("written")
		time.Sleep(time.Hour)
		return nil
	})
}

func TestAProcessKilledInMidWriteLeavesTheOldState(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			dsn := newDSN(t, engine)
			db := open(t, dsn)
			old := snapshot("r", "c", day(1), unit("x.lock", "pkg:npm/a@1"))
			id := save(t, db, old, true)
			cmd := play(t, "victim", dsn)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "written\n" {
				t.Errorf("the victim says %q, %v", line, err)
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // it was killed, which is its error
			for _, db := range []*DB{db, open(t, dsn)} {
				same(t, "snapshot", old, load(t, db, id))
				same(t, "state", map[string]string{"r": "c"}, states(t, db, day(1)))
				if n := count(t, db, "unit"); n != 1 {
					t.Errorf("%d units are kept, want 1", n)
				}
			}
			save(t, db, snapshot("r", "d", day(2)), true)
		})
	}
}

// mention fails unless an error says all the words.
func mention(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", words)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
