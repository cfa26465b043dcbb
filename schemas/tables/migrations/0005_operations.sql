-- What could not be used, with its reason and the original bytes, so that it can be mended and sent
-- again. Read newest first.
CREATE TABLE dead_letters
(
    parked_at   DateTime64(3, 'UTC'),
    origin      LowCardinality(String), -- topic/partition of the log, or the name of the door
    position    Int64,                  -- offset in the log, or line
    reason      LowCardinality(String), -- first reason code
    errors      String,                 -- every error: JSON array of {field, code, message}, no values
    original    String CODEC(ZSTD(3))   -- the bytes as received
)
ENGINE = ReplacingMergeTree
ORDER BY (origin, position, parked_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Settings the folded rows rest on, and marks of progress: one row a key, the last stands.
CREATE TABLE marks
(
    key   String,
    value String,
    at    DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY key
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
