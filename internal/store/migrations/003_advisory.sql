-- One source of advisories as it was last read. mark identifies the whole
-- content, so that an unchanged source is not read again.
CREATE TABLE advisory_feed (
  id {{ID}},
  name {{TEXT}} NOT NULL UNIQUE,
  kind {{TEXT}} NOT NULL,
  location {{TEXT}} NOT NULL,
  ecosystems {{TEXT}} NOT NULL,
  mark {{TEXT}} NOT NULL,
  checked {{TEXT}} NOT NULL,
  newest {{TEXT}} NOT NULL,
  made {{TEXT}} NOT NULL,
  records {{INT}} NOT NULL,
  problems {{INT}} NOT NULL,
  partial {{INT}} NOT NULL,
  fault {{TEXT}} NOT NULL
) {{STRICT}};

-- One record. score is ten times the CVSS score, below 0 where there is none;
-- changed is when this mirror last learned something of it; raw is the record
-- as its source wrote it, compressed. Shown columns stand before raw.
CREATE TABLE advisory (
  id {{ID}},
  osv_id {{TEXT}} NOT NULL UNIQUE,
  modified {{TEXT}} NOT NULL,
  published {{TEXT}} NOT NULL,
  withdrawn {{TEXT}} NOT NULL,
  kind {{TEXT}} NOT NULL,
  note {{TEXT}} NOT NULL,
  names {{TEXT}} NOT NULL,
  level {{TEXT}} NOT NULL,
  score {{INT}} NOT NULL,
  vector {{TEXT}} NOT NULL,
  summary {{TEXT}} NOT NULL,
  problems {{TEXT}} NOT NULL,
  changed {{TEXT}} NOT NULL,
  raw {{BLOB}} NOT NULL
) {{STRICT}};
CREATE INDEX advisory_by_change ON advisory (changed, id);

-- Which file of a feed holds which record, and the content that was read
-- (mark); advisory_id is 0 for a file that was not understood.
CREATE TABLE advisory_file (
  feed_id {{INT}} NOT NULL REFERENCES advisory_feed (id),
  name {{TEXT}} NOT NULL,
  mark {{TEXT}} NOT NULL,
  advisory_id {{INT}} NOT NULL,
  problem {{TEXT}} NOT NULL,
  PRIMARY KEY (feed_id, name)
) {{STRICT}};
CREATE INDEX advisory_file_by_advisory ON advisory_file (advisory_id, feed_id);

CREATE TABLE advisory_name (
  name {{TEXT}} NOT NULL,
  advisory_id {{INT}} NOT NULL,
  PRIMARY KEY (name, advisory_id)
) {{STRICT}};

-- Packages by name, ready to be matched: what kind of list, the hash of the
-- name, and all names with that hash.
CREATE TABLE advisory_shard (
  kind {{TEXT}} NOT NULL,
  shard {{INT}} NOT NULL,
  body {{BLOB}} NOT NULL,
  PRIMARY KEY (kind, shard)
) {{STRICT}};
