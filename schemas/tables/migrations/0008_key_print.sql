-- A print of each folded row's identity, 16 bytes that need no decompressing: the rows of the large
-- part that were replaced since are left out by it (schemas/fold/live-rows.ts) at a third of the price of
-- FINAL. Rows written before are printed here; repeated after a crash it ends in the same.
ALTER TABLE matters ADD COLUMN IF NOT EXISTS key_print UInt128
    MATERIALIZED reinterpretAsUInt128(sipHash128(matter_id)) CODEC(NONE);

ALTER TABLE petitions ADD COLUMN IF NOT EXISTS key_print UInt128
    MATERIALIZED reinterpretAsUInt128(sipHash128(origin_matter, petition_id)) CODEC(NONE);

ALTER TABLE matters MATERIALIZE COLUMN key_print SETTINGS mutations_sync = 2;

ALTER TABLE petitions MATERIALIZE COLUMN key_print SETTINGS mutations_sync = 2;
