-- Every event ever accepted, as sent. Append-only; facts are corrected by further facts.
--
-- One row a content: (subject, source, id, content_hash). The same event stored again is the same
-- key; a merge of parts keeps one row, with the earliest time of receipt. Until parts merge, copies
-- stand side by side: read through the fold, or GROUP BY these four columns.
-- Sorted by subject, then source and id, so that the fold of one matter reads one run of rows, a
-- rebuild walks ranges of matters in bounded memory, and copies and conflicts are neighbours.
-- Times are UTC with milliseconds. 0, '' and NULL stand for "not given".
CREATE TABLE case_events
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
ORDER BY (subject, source, id, content_hash)
-- an acknowledged event survives power loss: what is inserted, and what a merge makes of it, is
-- written through to disk before it takes the place of what it came from
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
