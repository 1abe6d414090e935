-- Issues and change requests of one repository, as imported: all of them in one
-- body, for every question on them is about the project as a whole. repository is
-- its key (lower case on known forges), through the last moment that they tell of.
CREATE TABLE forge_data (
  repository {{TEXT}} PRIMARY KEY,
  items {{INT}} NOT NULL,
  through {{TEXT}} NOT NULL,
  imported_at {{TEXT}} NOT NULL,
  body {{BLOB}} NOT NULL
) {{STRICT}};
