-- A VEX document as it was read; digest is the hash of its bytes. Documents of
-- one name and author are versions of one another: the latest counts.
CREATE TABLE vex_document (
  id {{ID}},
  digest {{TEXT}} NOT NULL UNIQUE,
  name {{TEXT}} NOT NULL,
  format {{TEXT}} NOT NULL,
  author {{TEXT}} NOT NULL,
  source {{TEXT}} NOT NULL,
  version {{INT}} NOT NULL,
  stated_at {{TEXT}} NOT NULL,
  imported_at {{TEXT}} NOT NULL,
  problems {{TEXT}} NOT NULL
) {{STRICT}};
CREATE INDEX vex_document_by_name ON vex_document (name, author);

-- One statement of a document: a claim of its author. body holds it whole.
CREATE TABLE vex_claim (
  id {{ID}},
  document_id {{INT}} NOT NULL REFERENCES vex_document (id),
  seq {{INT}} NOT NULL,
  vulnerability {{TEXT}} NOT NULL,
  status {{TEXT}} NOT NULL,
  body {{TEXT}} NOT NULL,
  UNIQUE (document_id, seq)
) {{STRICT}};

-- The ids and aliases that a claim goes by, in upper case.
CREATE TABLE vex_claim_name (
  name {{TEXT}} NOT NULL,
  claim_id {{INT}} NOT NULL REFERENCES vex_claim (id),
  PRIMARY KEY (name, claim_id)
) {{STRICT}};

-- What an analysis of reachability found for one advisory in one module of one
-- commit.
CREATE TABLE reach (
  repository {{TEXT}} NOT NULL,
  commit_id {{TEXT}} NOT NULL,
  manifest {{TEXT}} NOT NULL,
  advisory {{TEXT}} NOT NULL,
  state {{TEXT}} NOT NULL,
  stack {{TEXT}} NOT NULL,
  analyzed_at {{TEXT}} NOT NULL,
  PRIMARY KEY (repository, commit_id, manifest, advisory)
) {{STRICT}};
