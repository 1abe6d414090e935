package storetest

import (
	"database/sql"
	"testing"
)

func TestEachTestHasASchemaOfItsOwn(t *testing.T) {
	for range 2 {
		t.Run("", func(t *testing.T) {
			db, err := sql.Open("pgx", Postgres(t))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("CREATE TABLE mine (n INTEGER)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}
