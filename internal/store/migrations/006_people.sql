-- What somebody told about people: an import, a decision, or that an earlier
-- entry is taken back. Rows are only added. detail holds a decision, or what an
-- import counted; body holds what an import says, whole.
CREATE TABLE people_entry (
  id {{ID}},
  kind {{TEXT}} NOT NULL,
  name {{TEXT}} NOT NULL,
  actor {{TEXT}} NOT NULL,
  made_at {{TEXT}} NOT NULL,
  digest {{TEXT}} NOT NULL,
  undoes {{INT}} NOT NULL,
  detail {{TEXT}} NOT NULL,
  body {{BLOB}} NOT NULL
) {{STRICT}};
CREATE INDEX people_entry_by_time ON people_entry (made_at, id);
