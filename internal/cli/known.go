package cli

import (
	"context"
	"os"
	"strings"

	"github.com/tributary-oss/tributary/internal/work"
)

// addKnown adds what the store knows of licenses to scans that were made without
// it. A store that is not there is not made.
func (s *settings) addKnown(ctx context.Context, office *work.Office, snaps []work.Scanned) error {
	db := office.Store
	if db == nil {
		dsn, err := s.dsn()
		if err != nil {
			return nil // no home directory, hence no store
		}
		if !strings.Contains(dsn, "://") {
			if _, err := os.Stat(dsn); err != nil {
				return nil
			}
		}
		if db, err = s.openStore(ctx); err != nil {
			s.say("The store can not be read, so licenses that only registries tell are missing: %v", err)
			return nil
		}
		defer db.Close()
	}
	return office.WithKnown(ctx, db, snaps)
}
