import { PulseError } from '../../schemas/errors.ts'
import type { Refusal, RefusalCode } from '../../schemas/events/reasons.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant, sqlString } from '../../schemas/store/sql-text.ts'
import { type LetterPlace, letterName } from './letter-name.ts'
import { withoutKeys } from './without-keys.ts'

export type LettersAsked = {
  readonly reason?: RefusalCode
  /** Epoch ms: parked from then on. */
  readonly since?: number
  readonly limit: number
}

/** One letter in a list. Stamps are RFC 3339 in UTC. */
export type LetterLine = {
  readonly letter: string
  readonly parkedAt: string
  readonly reason: string
  /** What is wrong, with how many more things. */
  readonly error: string
  /** How its last replay ended, '' where there was none. */
  readonly replay: string
}

/** All that may be shown of one letter. Keys of petitioners are left out of `original`. */
export type ShownLetter = LetterPlace & {
  readonly letter: string
  readonly parkedAt: string
  readonly receivedAt: string
  readonly reason: string
  readonly errors: readonly Refusal[]
  /** The matter, by the key of the message. */
  readonly key: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly bytes: number
  readonly original: string
  /** It can not be replayed: what makes the event is not there any more. */
  readonly identityRemoved: boolean
  readonly replays: readonly {
    readonly at: string
    readonly result: string
    readonly reason: string
  }[]
}

const ms = (column: string): string => `toUnixTimestamp64Milli(${column})`

const iso = (epochMs: number): string => new Date(epochMs).toISOString()

const firstError = (errors: readonly Refusal[]): string => {
  const [first, ...more] = errors
  if (first === undefined) return ''
  const said = first.field === '' ? first.message : `${first.field} ${first.message}`
  return more.length === 0 ? said : `${said} (and ${more.length} more)`
}

const readErrors = (text: string): readonly Refusal[] => JSON.parse(text) as readonly Refusal[]

/** The newest letters first, one a position however often it was parked. */
export const listLetters = async (
  store: Pick<Store, 'query'>,
  { reason, since, limit }: LettersAsked,
): Promise<readonly LetterLine[]> => {
  const rows = await store.query<{
    origin: string
    at: number
    parked: number
    why: string
    said: string
    replay: string
  }>(`
    SELECT origin, position AS at, ${ms('first_parked')} AS parked, why, said, replay
    FROM (
      SELECT origin, position, min(parked_at) AS first_parked, argMax(reason, parked_at) AS why, argMax(errors, parked_at) AS said
      FROM dead_letters GROUP BY origin, position
      HAVING ${since === undefined ? 'true' : `first_parked >= ${sqlInstant(since)}`}
        AND ${reason === undefined ? 'true' : `why = ${sqlString(reason)}`}
      ORDER BY first_parked DESC, origin, position LIMIT ${limit}
    ) AS l
    LEFT JOIN (
      SELECT origin, position, toString(argMax(result, replayed_at)) AS replay
      FROM dead_letter_replays GROUP BY origin, position
    ) AS r USING (origin, position)
    ORDER BY first_parked DESC, origin, position`)
  return rows.map(({ origin, at, parked, why, said, replay }) => ({
    letter: letterName({ origin, position: at }),
    parkedAt: iso(parked),
    reason: why,
    error: firstError(readErrors(said)),
    replay,
  }))
}

/** One letter. NOT_FOUND where none was parked there. */
export const showLetter = async (
  store: Pick<Store, 'query'>,
  { origin, position }: LetterPlace,
): Promise<ShownLetter> => {
  const where = `origin = ${sqlString(origin)} AND position = ${position}`
  const [row] = await store.query<{
    parked: number
    received: number
    why: string
    said: string
    key: string
    headers: readonly { name: string; value: string }[]
    base64: string
    removed: boolean
  }>(`
    SELECT ${ms('parked_at')} AS parked, ${ms('received_at')} AS received, reason AS why, errors AS said,
      toValidUTF8(key) AS key, arrayMap(h -> (toValidUTF8(h.1), toValidUTF8(h.2))::Tuple(name String, value String), headers) AS headers,
      base64Encode(original) AS base64, identity_removed AS removed
    FROM dead_letters WHERE ${where} ORDER BY parked_at DESC LIMIT 1
    SETTINGS output_format_json_named_tuples_as_objects = 1`)
  const letter = letterName({ origin, position })
  if (row === undefined)
    throw new PulseError(
      'NOT_FOUND',
      `No letter ${letter.slice(0, 128)} was parked. \`pulse dead-letters list\` shows those that were.`,
    )
  const replays = await store.query<{ at: number; result: string; reason: string }>(
    `SELECT ${ms('replayed_at')} AS at, toString(result) AS result, reason FROM dead_letter_replays WHERE ${where} ORDER BY replayed_at DESC LIMIT 100`,
  )
  const original = Buffer.from(row.base64, 'base64')
  return {
    letter,
    origin,
    position,
    parkedAt: iso(row.parked),
    receivedAt: iso(row.received),
    reason: row.why,
    errors: readErrors(row.said),
    key: row.key,
    headers: row.headers,
    bytes: original.length,
    original: withoutKeys(original),
    identityRemoved: row.removed,
    replays: replays.map(({ at, ...replay }) => ({ at: iso(at), ...replay })),
  }
}
