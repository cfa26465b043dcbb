-- What else is kept of a message that could not be used. Letters parked before carried no key and no
-- headers, and their time of receipt is taken to be when they were parked.
ALTER TABLE dead_letters
    ADD COLUMN IF NOT EXISTS received_at DateTime64(3, 'UTC') DEFAULT parked_at,
    ADD COLUMN IF NOT EXISTS key String,
    ADD COLUMN IF NOT EXISTS headers Array(Tuple(name String, value String)),
    -- an identity was taken out of what makes the event: it cannot be replayed
    ADD COLUMN IF NOT EXISTS identity_removed Bool DEFAULT position(original, '[identity removed]') > 0;

-- Every attempt to use a letter after all, and how it ended. Append-only.
CREATE TABLE dead_letter_replays
(
    replayed_at DateTime64(3, 'UTC'),
    origin      LowCardinality(String), -- where the letter stands
    position    Int64,
    -- published: it passes now and was sent; refused: it still does not pass; withheld: its identity is gone
    result      Enum8('published' = 1, 'refused' = 2, 'withheld' = 3),
    reason      LowCardinality(String), -- first reason code, '' where it was published
    errors      String,                 -- every error: JSON array of {field, code, message}, no values
    subject     String,                 -- of the event published, '' otherwise
    source      String,
    event_id    String
)
ENGINE = ReplacingMergeTree
ORDER BY (origin, position, replayed_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
