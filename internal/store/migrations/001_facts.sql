CREATE TABLE repository (
  id {{ID}},
  name {{TEXT}} NOT NULL UNIQUE,
  location {{TEXT}} NOT NULL,
  kind {{TEXT}} NOT NULL
) {{STRICT}};

CREATE TABLE snapshot (
  id {{ID}},
  repository_id {{INT}} NOT NULL REFERENCES repository (id),
  commit_id {{TEXT}} NOT NULL,
  revision {{TEXT}} NOT NULL,
  commit_time {{TEXT}} NOT NULL,
  scanned_at {{TEXT}} NOT NULL,
  scanner {{TEXT}} NOT NULL,
  files {{INT}} NOT NULL,
  bytes {{INT}} NOT NULL,
  licenses {{TEXT}} NOT NULL,
  problems {{TEXT}} NOT NULL,
  UNIQUE (repository_id, commit_id, scanner)
) {{STRICT}};

-- When a snapshot was found to be a repository's present state. A snapshot
-- without an observation was made to compare with.
CREATE TABLE observation (
  id {{ID}},
  repository_id {{INT}} NOT NULL REFERENCES repository (id),
  snapshot_id {{INT}} NOT NULL REFERENCES snapshot (id),
  seen_at {{TEXT}} NOT NULL
) {{STRICT}};
CREATE INDEX observation_by_repository ON observation (repository_id, seen_at, id);

-- What one reader made of one manifest with these surroundings; key is a hash
-- over all columns. body holds the usages whole.
CREATE TABLE unit (
  id {{ID}},
  key {{TEXT}} NOT NULL UNIQUE,
  reader {{TEXT}} NOT NULL,
  manifest {{TEXT}} NOT NULL,
  blob {{TEXT}} NOT NULL,
  inputs {{TEXT}} NOT NULL,
  own {{TEXT}} NOT NULL,
  problems {{TEXT}} NOT NULL,
  body {{BLOB}} NOT NULL
) {{STRICT}};
CREATE INDEX unit_by_content ON unit (blob, manifest, reader);

CREATE TABLE snapshot_unit (
  snapshot_id {{INT}} NOT NULL REFERENCES snapshot (id),
  seq {{INT}} NOT NULL,
  unit_id {{INT}} NOT NULL REFERENCES unit (id),
  PRIMARY KEY (snapshot_id, seq)
) {{STRICT}};
CREATE INDEX snapshot_unit_by_unit ON snapshot_unit (unit_id, snapshot_id);

CREATE TABLE component (
  id {{ID}},
  purl {{TEXT}} NOT NULL UNIQUE,
  base {{TEXT}} NOT NULL,
  full_name {{TEXT}} NOT NULL,
  last_name {{TEXT}} NOT NULL
) {{STRICT}};
CREATE INDEX component_by_base ON component (base, id);
CREATE INDEX component_by_full_name ON component (full_name, id);
CREATE INDEX component_by_last_name ON component (last_name, id);

-- The usages of a unit again, as rows, for questions across repositories.
-- chain is parted by spaces; "?" says that these columns can't tell the usage
-- and that it must be read from the unit's body.
CREATE TABLE usage (
  unit_id {{INT}} NOT NULL REFERENCES unit (id),
  seq {{INT}} NOT NULL,
  component_id {{INT}} NOT NULL REFERENCES component (id),
  manifest {{TEXT}} NOT NULL,
  line {{INT}} NOT NULL,
  relation {{TEXT}} NOT NULL,
  scope {{TEXT}} NOT NULL,
  requirement {{TEXT}} NOT NULL,
  license {{TEXT}} NOT NULL,
  chain {{TEXT}} NOT NULL,
  note {{TEXT}} NOT NULL,
  fixture {{INT}} NOT NULL,
  PRIMARY KEY (unit_id, seq)
) {{STRICT}};
CREATE INDEX usage_by_component ON usage (component_id, unit_id);

-- The content comes first in these keys: without statistics, as in a first
-- scan, PostgreSQL would look through all that a detector has seen.
CREATE TABLE blob_license (
  detector {{TEXT}} NOT NULL,
  blob {{TEXT}} NOT NULL,
  found {{BLOB}} NOT NULL,
  PRIMARY KEY (blob, detector)
) {{STRICT}};

CREATE TABLE tree_license (
  detector {{TEXT}} NOT NULL,
  tree {{TEXT}} NOT NULL,
  found {{BLOB}} NOT NULL,
  PRIMARY KEY (tree, detector)
) {{STRICT}};

CREATE TABLE license_text (
  hash {{TEXT}} PRIMARY KEY,
  content {{BLOB}} NOT NULL
) {{STRICT}};

CREATE TABLE package_license (
  id {{ID}},
  purl {{TEXT}} NOT NULL,
  key {{TEXT}} NOT NULL,
  kind {{TEXT}} NOT NULL,
  fact {{TEXT}} NOT NULL,
  observed {{TEXT}} NOT NULL,
  UNIQUE (purl, key)
) {{STRICT}};

CREATE TABLE program_version (
  id {{ID}},
  hash {{TEXT}} NOT NULL,
  files {{BLOB}} NOT NULL,
  recorded_at {{TEXT}} NOT NULL
) {{STRICT}};
CREATE INDEX program_version_by_time ON program_version (recorded_at, id);
