-- How every position of the log ended, and how far each partition is stored and folded.
--
-- One row a position, written beside what it holds and before it is folded; the same position again
-- replaces its row. An identity's first position is new; a later one of the same content is a
-- duplicate, one of other content a conflict: derived when it is read, never compared when it is
-- stored. Sorted by where a position stands, so that gaps and hours are found by walking a partition.
CREATE TABLE log_positions
(
    origin      LowCardinality(String),                 -- topic/partition
    position    Int64 CODEC(Delta, ZSTD(1)),            -- offset
    -- positions from this one on that the row speaks for: more than one only where there is nothing
    span        UInt32 DEFAULT 1,
    -- nothing: records of transactions and offsets the log left out
    kind        Enum8('event' = 1, 'dead' = 2, 'nothing' = 3),
    identity    FixedString(16) CODEC(NONE),            -- MD5 of subject, source and id, zero bytes between; zeros unless an event
    content     FixedString(16) CODEC(NONE),            -- the first half of content_hash; zeros unless an event
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    stored_at   DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(stored_at)
ORDER BY (origin, position)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- A row a partition. The greatest watermark stands, whoever wrote it and when: it never goes back.
CREATE TABLE log_progress
(
    origin          String,
    folded_position Int64,                -- every position below is stored and folded
    watermark       DateTime64(3, 'UTC'), -- everything received up to then from this partition is stored and folded
    written_at      DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(watermark)
ORDER BY origin
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
