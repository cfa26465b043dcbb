import type { ClickHouseSettings } from '@clickhouse/client'

/**
 * Every engine setting the figures or the durability rely on, stated because servers differ in
 * their defaults. Constant for all connections: the embedded adapter turns settings into SET on a
 * shared session, so nothing here may ever differ from call to call (what one call needs goes into
 * its SQL text as SETTINGS).
 */
export const sessionSettings = (limits: {
  readonly maxMemoryBytes: number
}): ClickHouseSettings => ({
  async_insert: 0, // an insert is answered when it is stored
  // whoever reads tells copies apart anyway: looking for them within each insert took a quarter of it
  optimize_on_insert: 0,
  max_memory_usage: String(limits.maxMemoryBytes),
  max_query_size: '67108864', // lists of matters travel in the text
  max_ast_elements: '5000000',
  max_expanded_ast_elements: '5000000',
  join_use_nulls: 0,
  union_default_mode: 'ALL',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 0,
  date_time_output_format: 'simple',
  session_timezone: 'UTC',
  do_not_merge_across_partitions_select_final: 1,
  // a statement that names a table twice reads it in one state: figures rest on it (live-rows.ts)
  enable_shared_storage_snapshot_in_query: 1,
  // with the fold's many aggregates, aggregation in order was measured fifty times slower than by hash
  optimize_aggregation_in_order: 0,
  // lazily evaluated branches were computed again for every use: the fold was twenty times slower.
  // So both branches of an if are computed, and must not throw on the rows of the other.
  short_circuit_function_evaluation: 'disable',
  // compiled aggregates compared times before 1970 as if they were after all others: max() of a
  // DateTime64 column gave 1900 (engine 26.7, found by the fold's property test)
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  // two rewrites of conditions that took 0.7 s of the 0.9 s it takes to analyse the fold
  optimize_and_compare_chain: 0,
  optimize_extract_common_expressions: 0,
})
