-- Where a fold is inserted. Keeps nothing: its two views hand each row to matters and to petitions,
-- so that one pass over the events writes both. The views copy and replace, they never count: doing
-- it again changes nothing.
CREATE TABLE folded
(
    matter_id String, present Bool, merged_into String, voided Bool, in_scope Bool,
    declined_at Nullable(DateTime64(3, 'UTC')), withdrawn_at Nullable(DateTime64(3, 'UTC')),
    terminated_at Nullable(DateTime64(3, 'UTC')), registered_at Nullable(DateTime64(3, 'UTC')),
    petition_times Array(DateTime64(3, 'UTC')),
    region LowCardinality(String), category LowCardinality(String), channel LowCardinality(String),
    purpose LowCardinality(String), flags Array(LowCardinality(String)),
    received_level UInt8, competent_level UInt8, home_level UInt8, org LowCardinality(String),
    channel_count UInt8, cross_boundary Bool,
    forwarded_at Nullable(DateTime64(3, 'UTC')), accepted_at Nullable(DateTime64(3, 'UTC')),
    route LowCardinality(String), notified_at Nullable(DateTime64(3, 'UTC')),
    due_at Nullable(DateTime64(3, 'UTC')), closed_at Nullable(DateTime64(3, 'UTC')),
    outcome LowCardinality(String), first_closed_at Nullable(DateTime64(3, 'UTC')),
    first_outcome LowCardinality(String),
    petitions_at_accepted UInt32, petitions_at_first_closing UInt32,
    returned_at Nullable(DateTime64(3, 'UTC')), lead_level UInt8, supervised Bool,
    unit_rating LowCardinality(String), office_rating LowCardinality(String),
    review_requested_at Array(DateTime64(3, 'UTC')), recheck_requested_at Array(DateTime64(3, 'UTC')),
    review_decided_at Nullable(DateTime64(3, 'UTC')), review_result LowCardinality(String),
    recheck_decided_at Nullable(DateTime64(3, 'UTC')), recheck_result LowCardinality(String),
    settled_at Nullable(DateTime64(3, 'UTC')), settled Bool,
    campaigns Array(Tuple(campaign String, cohort String, reason String, listed_at DateTime64(3, 'UTC'), resolved_at Nullable(DateTime64(3, 'UTC')))),
    relief Array(Tuple(at DateTime64(3, 'UTC'), amount_fen UInt64)),
    open_spells Array(Tuple(opened DateTime64(3, 'UTC'), ended DateTime64(3, 'UTC'), due Nullable(DateTime64(3, 'UTC')))),
    known_from DateTime64(3, 'UTC'), known_until DateTime64(3, 'UTC'),
    received_from DateTime64(3, 'UTC'), received_until DateTime64(3, 'UTC'), version UInt64,
    petition_rows Array(Tuple(
        origin_matter String, petition_id String, present Bool, matter_id String,
        time DateTime64(3, 'UTC'), channel String, region String, category String, org String,
        purpose String, flags Array(LowCardinality(String)), people UInt32, received_level UInt8,
        competent_level UInt8, home_level UInt8, leader_reception Bool, supplement Bool,
        voided Bool, counted Bool, repeat Bool))
)
ENGINE = Null;

CREATE MATERIALIZED VIEW folded_to_matters TO matters AS
SELECT * EXCEPT petition_rows FROM folded;

CREATE MATERIALIZED VIEW folded_to_petitions TO petitions AS
SELECT
    p.1 AS origin_matter, p.2 AS petition_id, p.3 AS present, p.4 AS matter_id, p.5 AS time,
    p.6 AS channel, p.7 AS region, p.8 AS category, p.9 AS org, p.10 AS purpose, p.11 AS flags,
    p.12 AS people, p.13 AS received_level, p.14 AS competent_level, p.15 AS home_level,
    p.16 AS leader_reception, p.17 AS supplement, p.18 AS voided, p.19 AS counted, p.20 AS repeat,
    known_from, known_until, received_from, received_until, version
FROM folded ARRAY JOIN petition_rows AS p;
