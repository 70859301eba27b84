-- A duty log as the first schema wrote it. Never changes: the hashes were computed apart from the program.
PRAGMA application_id = 0x53555247;
CREATE TABLE meta (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    schema   INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    last_at  INTEGER,
    head_seq INTEGER NOT NULL,
    head     BLOB NOT NULL
) STRICT;
CREATE TABLE log (
    seq   INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    queue TEXT,
    body  TEXT NOT NULL,
    hash  BLOB NOT NULL
) STRICT;
CREATE TABLE readings (
    seq   INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    queue TEXT,
    body  TEXT NOT NULL
) STRICT;
CREATE TABLE snapshots (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state   BLOB NOT NULL
) STRICT;
INSERT INTO log VALUES (1, 1793588700001, 'started', NULL,
    '{"v":1,"record":{"fact":{"fact":"started","version":"0.1.0","boot_id":"boot-1","config_hash":"c0ffee"}}}',
    x'c1146a3f79636eb1b45a9d6831cf4fcdbcc3b0bdd8b7e528d74fb3869be6975a');
INSERT INTO log VALUES (2, 1793588700002, 'ladder_in_force', 'inbound',
    '{"v":1,"record":{"input":{"input":"ladder_in_force","queue":"inbound","ladder":"day"}}}',
    x'b4222569ad52860367991dc39104317ecd6888b98d595d5860d04ef8556b1313');
INSERT INTO readings VALUES (3, 1793588700003, 'reading', 'inbound',
    '{"v":1,"record":{"input":{"input":"reading","reading":{"queue":"inbound","waiting":7,"longest_wait":41000,"signed_in":46,"paused":2}}}}');
INSERT INTO meta VALUES (1, 1, 4, 1793588700003, 2, x'b4222569ad52860367991dc39104317ecd6888b98d595d5860d04ef8556b1313');
