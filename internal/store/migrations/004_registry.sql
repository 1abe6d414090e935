-- What a registry told of a package, whole. Rows are only added, and only when
-- something changed, so that questions as of a date find what was known then.
CREATE TABLE registry_fact (
  id {{ID}},
  package {{TEXT}} NOT NULL,
  registry {{TEXT}} NOT NULL,
  observed {{TEXT}} NOT NULL,
  digest {{TEXT}} NOT NULL,
  -- Where the source lies, as JSON: what is asked of all packages at once.
  origin {{TEXT}} NOT NULL,
  body {{BLOB}} NOT NULL
) {{STRICT}};
CREATE INDEX registry_fact_by_package ON registry_fact (package, registry, observed, id);

-- When a package was last asked for, where, and what came of it: "" for an
-- answer, else what went wrong in words. This is what an interrupted refresh goes
-- on from.
CREATE TABLE registry_check (
  package {{TEXT}} NOT NULL,
  source {{TEXT}} NOT NULL,
  checked {{TEXT}} NOT NULL,
  versions {{TEXT}} NOT NULL,
  fault {{TEXT}} NOT NULL,
  PRIMARY KEY (package, source)
) {{STRICT}};
