-- Who got a partition of the log claims it in a row of its own; only what the holder of the greatest
-- claim writes counts as its watermark. A consumer that lost the partition and has not heard of it
-- may still write: without claims its promise would hold for events that the other stores later.
-- Repeated after a crash at any statement it ends in the same table.
ALTER TABLE log_progress ADD COLUMN IF NOT EXISTS claim UInt64 AFTER origin;

DROP TABLE IF EXISTS log_progress_next SYNC;

CREATE TABLE log_progress_next
(
    origin          String,
    claim           UInt64,               -- greater than any before; 0: before anybody claimed
    folded_position Int64,                -- every position below is stored and folded
    watermark       DateTime64(3, 'UTC'), -- everything received up to then from this partition is stored and folded
    written_at      DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(watermark)
ORDER BY (origin, claim)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

INSERT INTO log_progress_next (origin, claim, folded_position, watermark, written_at)
SELECT origin, claim, folded_position, watermark, written_at FROM log_progress;

EXCHANGE TABLES log_progress AND log_progress_next;

DROP TABLE log_progress_next SYNC;
