-- What is known of the history in one place. Several places may hold the same
-- repository (a clone, a mirror): their commits are the same by id. version counts
-- the writes, so that two runs that mine at once do not undo each other.
CREATE TABLE history (
  id {{ID}},
  location {{TEXT}} NOT NULL UNIQUE,
  repository {{TEXT}} NOT NULL,
  version {{INT}} NOT NULL,
  commits {{INT}} NOT NULL,
  mined_at {{TEXT}} NOT NULL,
  state {{TEXT}} NOT NULL,
  mailmap {{BLOB}} NOT NULL
) {{STRICT}};

-- Up to some thousand commits in columns, as they were mined, with the
-- identities that no earlier block of the history names. A million commits are
-- read from such blocks in a tenth of a second.
CREATE TABLE commit_block (
  history_id {{INT}} NOT NULL REFERENCES history (id),
  seq {{INT}} NOT NULL,
  commits {{INT}} NOT NULL,
  people {{BLOB}} NOT NULL,
  facts {{BLOB}} NOT NULL,
  lines {{BLOB}} NOT NULL,
  ids {{BLOB}} NOT NULL,
  PRIMARY KEY (history_id, seq)
) {{STRICT}};

-- The paths that the commits of a block touch: apart, for most questions do not
-- need them.
CREATE TABLE commit_paths (
  history_id {{INT}} NOT NULL REFERENCES history (id),
  seq {{INT}} NOT NULL,
  body {{BLOB}} NOT NULL,
  PRIMARY KEY (history_id, seq)
) {{STRICT}};

CREATE TABLE history_release (
  history_id {{INT}} NOT NULL REFERENCES history (id),
  tag {{TEXT}} NOT NULL,
  version {{TEXT}} NOT NULL,
  prerelease {{INT}} NOT NULL,
  released_at {{TEXT}} NOT NULL,
  PRIMARY KEY (history_id, tag)
) {{STRICT}};
CREATE INDEX history_release_by_time ON history_release (released_at, history_id);
