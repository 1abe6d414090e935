// Package storetest lends tests a real PostgreSQL.
//
// TRIBUTARY_TEST_POSTGRES names a server to use. Otherwise a server is started
// in a temporary directory from the binaries in PATH or in
// /usr/lib/postgresql, one for each test binary; it ends with the binary,
// however that ends. Where there are no binaries the test is skipped, or fails
// with TRIBUTARY_REQUIRE_POSTGRES=1.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// errNoBinaries says that there is no PostgreSQL on this machine.
var errNoBinaries = errors.New("no PostgreSQL here: neither TRIBUTARY_TEST_POSTGRES nor initdb and postgres in PATH or /usr/lib/postgresql (Debian: apt-get install postgresql)")

// server gives the one server of this test binary.
var server = sync.OnceValues(func() (dsn string, err error) {
	if dsn := os.Getenv("TRIBUTARY_TEST_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	return start()
})

// Postgres gives a DSN for an empty schema that is dropped after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	dsn, err := server()
	if errors.Is(err, errNoBinaries) && os.Getenv("TRIBUTARY_REQUIRE_POSTGRES") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	schema := "tributary_test_" + strings.ToLower(rand.Text())
	if err := execute(dsn, "CREATE SCHEMA "+schema); err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(dsn, "DROP SCHEMA "+schema+" CASCADE"); err != nil {
			t.Errorf("PostgreSQL: %v", err)
		}
	})
	own, err := withSchema(dsn, schema)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

func withSchema(dsn, schema string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "", fmt.Errorf("TRIBUTARY_TEST_POSTGRES is not of the form postgres://user@host/database")
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func execute(dsn, statement string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), statement)
	return err
}
