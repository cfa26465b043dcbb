import { refusal } from './exceptions.ts'

/** Names and values as text. */
export type EngineSettings = ReadonlyMap<string, string>

/** What every statement through a front runs under, whatever the engine's own defaults are. */
export const baseSettings = (limits: {
  readonly memoryBytes: number
  readonly resultBytes: number
  readonly executionSeconds: number
}): EngineSettings =>
  new Map([
    ['async_insert', '0'], // an insert is answered when it is stored
    ['session_timezone', 'UTC'],
    ['implicit_select', '0'], // `1 + 1` alone is no statement on a server
    // compiled aggregates compare times before 1970 wrongly (engine 26.7)
    ['compile_expressions', '0'],
    ['compile_aggregate_expressions', '0'],
    ['max_query_size', '67108864'], // lists of matters travel in the text
    ['max_ast_elements', '5000000'],
    ['max_expanded_ast_elements', '5000000'],
    ['max_memory_usage', String(limits.memoryBytes)],
    ['max_execution_time', String(limits.executionSeconds)],
    ['max_result_bytes', String(limits.resultBytes)],
    ['result_overflow_mode', 'throw'],
  ])

/** What a reader may set: the form of the answer, and what only limits the reader's own statement. */
const READERS = new RegExp(
  `^(?:${[
    '(?:output_format|format|date_time|bool)_.*',
    'extremes|join_use_nulls|union_default_mode|session_timezone|log_comment|log_queries|priority',
    'max_threads|max_block_size|limit|offset|transform_null_in|cast_keep_nullable',
    'max_result_rows|max_rows_to_read|max_bytes_to_read|(?:result|read)_overflow_mode',
    'use_query_cache|final|totals_mode|readonly',
  ].join('|')})$`,
)
/**
 * What a reader may lower. More than the base is taken as the base: drivers send their own time limit
 * with every statement, somewhat above the user's.
 */
const LOWERED = new Set(['max_execution_time', 'max_memory_usage', 'max_result_bytes'])

const lowered = (asked: string, base: string): string => {
  const value = Number(asked)
  return value > 0 && value < Number(base) ? asked : base
}

/** The settings of one statement: the base and what its request asks for. */
export const settingsFor = (base: EngineSettings, asked: EngineSettings): EngineSettings =>
  new Map([...base, ...[...asked].filter(([name]) => name !== 'readonly')])

/** The same for a reader. Throws what the server says of settings in read-only mode. */
export const readerSettingsFor = (base: EngineSettings, asked: EngineSettings): EngineSettings => {
  const taken = new Map<string, string>()
  for (const [name, value] of asked) {
    const limit = base.get(name)
    if (limit !== undefined && LOWERED.has(name)) taken.set(name, lowered(value, limit))
    else if (limit === value || READERS.test(name)) taken.set(name, value)
    else throw refusal('READONLY', `Cannot modify '${name}' setting in readonly mode.`)
  }
  return settingsFor(base, taken)
}
