-- A duty log as the second schema wrote it: names of people in clear. Never changes: the hashes were computed apart from the program.
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
CREATE INDEX log_by_queue ON log (queue, seq);
CREATE INDEX log_starts ON log (seq) WHERE kind = 'started';
INSERT INTO log VALUES (1, 1793588700001, 'started', NULL,
    '{"v":1,"record":{"fact":{"fact":"started","version":"0.1.0","boot_id":"boot-1","uptime":0,"config_hash":"c0ffee"}}}',
    x'130819d71e8e141805e168bc7b8a693df465aeba598d3dce18080d38957bf8cf');
INSERT INTO log VALUES (2, 1793588700002, 'configured', NULL,
    '{"v":1,"record":{"input":{"input":"configured","plan":{"queues":{},"pools":{"expert":{"people":["E01","E02"],"size":0,"keep":0,"own_desk":false,"size_by":{}}},"ladders":{},"feeds":{},"chain":[],"physical_seats":null}}}}',
    x'55c6baa60eb5a4435cbe8a699c600aeec91cd95ec39a322b97f494bebfe06faf');
INSERT INTO log VALUES (3, 1793588700003, 'answer', NULL,
    '{"v":1,"record":{"input":{"input":"answer","instruction":7,"by":{"name":"Lin","staff_no":"1042","role":"supervisor"},"answer":{"status":"done","seats":2,"people":["E01","E02"],"note":"E03 is ill"}}}}',
    x'c6b96d8312bb365da5d3400eea39f3c2285b69a66cccebcc2de5ce97d4f05b10');
INSERT INTO snapshots VALUES (3, 1793588700003, 1, CAST(
    '{"open":[{"seen_by":{"name":"Lin","staff_no":"1042","role":"supervisor"}}],"stack":[{"people":["E01","E02"]}]}' AS BLOB));
INSERT INTO meta VALUES (1, 2, 4, 1793588700003, 3, x'c6b96d8312bb365da5d3400eea39f3c2285b69a66cccebcc2de5ce97d4f05b10');
