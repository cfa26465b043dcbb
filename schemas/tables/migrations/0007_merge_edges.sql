-- Who was ever merged into whom: what ties matters together for good (a merge component). Written
-- before the events themselves, so none is ever missing; an edge whose event was not stored after
-- all only makes a component larger, which changes no figure. Small: read whole by every fold, which
-- would otherwise look for the merges among all events.
CREATE TABLE merge_edges
(
    subject String,
    into    String
)
ENGINE = ReplacingMergeTree
ORDER BY (subject, into)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

INSERT INTO merge_edges SELECT DISTINCT subject, merged_into FROM case_events WHERE type_rank = 20;
