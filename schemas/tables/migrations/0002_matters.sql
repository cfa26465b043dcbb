-- The state of every matter by all events stored, whatever their dates: one row a matter, the last
-- fold wins (version grows with what the fold saw). Written only by the fold; read with FINAL.
-- Sorted by matter_id: a fold replaces single matters, and FINAL needs the key first.
--
-- A figure as of T uses the rows whose known_until ≤ T as they stand, takes those whose known_from
-- > T as not there, and folds the rest from case_events with the cut; the same for received_*.
-- These four, and version, cover the events of every matter that ever pointed to this one.
CREATE TABLE matters
(
    matter_id            String CODEC(ZSTD(1)),
    present              Bool,
    merged_into          String CODEC(ZSTD(1)),
    voided               Bool,
    in_scope             Bool,
    declined_at          Nullable(DateTime64(3, 'UTC')),
    withdrawn_at         Nullable(DateTime64(3, 'UTC')),
    terminated_at        Nullable(DateTime64(3, 'UTC')),
    registered_at        Nullable(DateTime64(3, 'UTC')),
    petition_times       Array(DateTime64(3, 'UTC')),
    region               LowCardinality(String),
    category             LowCardinality(String),
    channel              LowCardinality(String),
    purpose              LowCardinality(String),
    flags                Array(LowCardinality(String)),
    received_level       UInt8,
    competent_level      UInt8,
    home_level           UInt8,
    org                  LowCardinality(String),
    channel_count        UInt8,
    cross_boundary       Bool,
    forwarded_at         Nullable(DateTime64(3, 'UTC')),
    accepted_at          Nullable(DateTime64(3, 'UTC')),
    route                LowCardinality(String),
    notified_at          Nullable(DateTime64(3, 'UTC')),
    due_at               Nullable(DateTime64(3, 'UTC')),
    closed_at            Nullable(DateTime64(3, 'UTC')),
    outcome              LowCardinality(String),
    first_closed_at      Nullable(DateTime64(3, 'UTC')),
    first_outcome        LowCardinality(String),
    petitions_at_accepted      UInt32,
    petitions_at_first_closing UInt32,
    returned_at          Nullable(DateTime64(3, 'UTC')),
    lead_level           UInt8,
    supervised           Bool,
    unit_rating          LowCardinality(String),
    office_rating        LowCardinality(String),
    review_requested_at  Array(DateTime64(3, 'UTC')),
    recheck_requested_at Array(DateTime64(3, 'UTC')),
    review_decided_at    Nullable(DateTime64(3, 'UTC')),
    review_result        LowCardinality(String),
    recheck_decided_at   Nullable(DateTime64(3, 'UTC')),
    recheck_result       LowCardinality(String),
    settled_at           Nullable(DateTime64(3, 'UTC')),
    settled              Bool,
    campaigns            Array(Tuple(campaign String, cohort String, reason String, listed_at DateTime64(3, 'UTC'), resolved_at Nullable(DateTime64(3, 'UTC')))),
    relief               Array(Tuple(at DateTime64(3, 'UTC'), amount_fen UInt64)),
    -- open at T where opened < T ≤ ended; due as it stood then
    open_spells          Array(Tuple(opened DateTime64(3, 'UTC'), ended DateTime64(3, 'UTC'), due Nullable(DateTime64(3, 'UTC')))),
    known_from           DateTime64(3, 'UTC'),
    known_until          DateTime64(3, 'UTC'),
    received_from        DateTime64(3, 'UTC'),
    received_until       DateTime64(3, 'UTC'),
    version              UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY matter_id
-- written through to disk like the events: after a power loss nothing here is older than its mark says
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
