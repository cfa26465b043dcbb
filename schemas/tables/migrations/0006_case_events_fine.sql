-- The same events in finer steps. Events of a thousand matters scattered over ten million rows were
-- read in steps of 8,192 rows, which was the whole table; in steps of 256, laid in blocks of 4 KiB, a
-- twentieth of it. The index holds subjects only: what else sorts the rows picks nothing.
-- Repeated after a crash at any statement it ends in the same table.
DROP TABLE IF EXISTS case_events_next SYNC;

CREATE TABLE case_events_next
(
    subject          String CODEC(ZSTD(1)),
    source           LowCardinality(String),
    id               String CODEC(ZSTD(1)),
    content_hash     FixedString(32) CODEC(NONE),
    type_rank        UInt8,
    time             DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    recorded_at      DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at      DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    stored_at        DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),

    petition_id      String CODEC(ZSTD(1)),
    channel          LowCardinality(String),
    region           LowCardinality(String),
    category         LowCardinality(String),
    people           UInt32,
    received_level   UInt8,
    competent_level  UInt8,
    home_level       UInt8,
    org              LowCardinality(String),
    purpose          LowCardinality(String),
    petitioners      Array(String) CODEC(ZSTD(1)),
    flags            Array(LowCardinality(String)),
    supplement       Bool,
    leader_reception Bool,

    to_org           LowCardinality(String),
    -- mode of forwarded, route of accepted, outcome of closed, target of evaluated, stage of a
    -- review, cohort of a listing
    kind             LowCardinality(String),
    -- rating of evaluated, result of reviewDecided, reason of listed, voided, declined, reopened,
    -- withdrawn and retracted
    detail           LowCardinality(String),
    level            UInt8,
    notified_at      Nullable(DateTime64(3, 'UTC')),
    due_at           Nullable(DateTime64(3, 'UTC')),
    days             UInt8,
    campaign         LowCardinality(String),
    merged_into      String CODEC(ZSTD(1)),
    amount_fen       UInt64 CODEC(ZSTD(1)),
    retracts_source  LowCardinality(String),
    retracts_id      String CODEC(ZSTD(1)),

    -- the event as sent, canonical JSON, without receivedtime
    event            String CODEC(ZSTD(1)),

    -- grows as received_at gets earlier: of equal copies the earliest received stands
    earliness        UInt64 MATERIALIZED 10413791999999 - toUnixTimestamp64Milli(received_at)
)
ENGINE = ReplacingMergeTree(earliness)
PRIMARY KEY subject
ORDER BY (subject, source, id, content_hash)
-- an acknowledged event survives power loss: what is inserted, and what a merge makes of it, is
-- written through to disk before it takes the place of what it came from
SETTINGS index_granularity = 256, min_compress_block_size = 4096,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

INSERT INTO case_events_next SELECT * FROM case_events;

EXCHANGE TABLES case_events AND case_events_next;

DROP TABLE case_events_next SYNC;
