-- How many messages of a partition ended how, by the hour they were received in. Written once an hour
-- is closed, from log_positions; written again it says the same.
CREATE TABLE log_hours
(
    origin       LowCardinality(String),
    hour         DateTime64(3, 'UTC'), -- its beginning
    new_events   UInt64,
    duplicates   UInt64,
    conflicts    UInt64,
    dead_letters UInt64,
    closed_at    DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(closed_at)
ORDER BY (origin, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- What each reconciliation found.
CREATE TABLE reconciliations
(
    at     DateTime64(3, 'UTC'),
    gaps   Array(Tuple(kind String, found UInt64)), -- none: clean
    report String                                   -- all of it, as JSON
)
ENGINE = ReplacingMergeTree
ORDER BY at
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
