-- Every petition by all events stored: one row for (origin_matter, petition_id), the last fold wins.
-- Written only by the fold, together with its matter; read with FINAL. Sorted by its identity, which
-- is what a fold replaces. A petition that is no longer known stays with present = false.
-- known_*, received_* and version are those of the matter it belongs to.
CREATE TABLE petitions
(
    origin_matter    String CODEC(ZSTD(1)),
    petition_id      String CODEC(ZSTD(1)),
    present          Bool,
    matter_id        String CODEC(ZSTD(1)),
    time             DateTime64(3, 'UTC'),
    channel          LowCardinality(String),
    region           LowCardinality(String),
    category         LowCardinality(String),
    org              LowCardinality(String),
    purpose          LowCardinality(String),
    flags            Array(LowCardinality(String)),
    people           UInt32,
    received_level   UInt8,
    competent_level  UInt8,
    home_level       UInt8,
    leader_reception Bool,
    supplement       Bool,
    voided           Bool,
    counted          Bool,
    repeat           Bool,
    known_from       DateTime64(3, 'UTC'),
    known_until      DateTime64(3, 'UTC'),
    received_from    DateTime64(3, 'UTC'),
    received_until   DateTime64(3, 'UTC'),
    version          UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (origin_matter, petition_id)
-- written through to disk like the events: after a power loss nothing here is older than its mark says
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
