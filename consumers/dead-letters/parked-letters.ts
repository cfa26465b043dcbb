import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant, sqlString } from '../../schemas/store/sql-text.ts'
import { chunked } from '../chunked.ts'
import type { LetterPlace } from './letter-name.ts'

/** A letter as it is to be replayed. */
export type ParkedLetter = LetterPlace & {
  readonly reason: string
  readonly identityRemoved: boolean
  /** It was replayed with success after it was parked. */
  readonly published: boolean
  readonly original: Uint8Array
}

/** Rows looked at in one step, and how much of their bytes is in memory at a time. */
const PAGE = 2_000
const CHUNK = { mostCount: 500, mostSize: 16 * 1024 ** 2 }

type Row = LetterPlace & {
  readonly reason: string
  readonly removed: boolean
  readonly parked: number
  readonly bytes: number
}

const byPlace = ({ origin, position }: LetterPlace): string => `(${sqlString(origin)}, ${position})`

/**
 * The rows behind a place, in order. One position may have several, parked again after a crash: what
 * it is now comes last.
 */
const pageAfter = (
  store: Pick<Store, 'query'>,
  after: LetterPlace | undefined,
  until: number,
): Promise<Row[]> =>
  store.query<Row>(`
    SELECT origin, position, reason, identity_removed AS removed, toUnixTimestamp64Milli(parked_at) AS parked, length(original) AS bytes
    FROM dead_letters
    WHERE parked_at <= ${sqlInstant(until)} ${after === undefined ? '' : `AND (origin, position) > ${byPlace(after)}`}
    ORDER BY origin, position, parked_at LIMIT ${PAGE}`)

/** Of each position the last row; a position that may go on behind the page is left to the next. */
const lastOfEach = (rows: readonly Row[]): Row[] => {
  const places = new Map<string, Row>()
  for (const row of rows) places.set(byPlace(row), row)
  const found = [...places.values()]
  return rows.length < PAGE || found.length === 1 ? found : found.slice(0, -1)
}

const withBytes = async (
  store: Pick<Store, 'query'>,
  rows: readonly Row[],
): Promise<ParkedLetter[]> => {
  const places = `(origin, position) IN (${rows.map(byPlace).join(', ')})`
  const originals = await store.query<LetterPlace & { base64: string; parked: number }>(
    `SELECT origin, position, toUnixTimestamp64Milli(parked_at) AS parked, base64Encode(original) AS base64 FROM dead_letters WHERE ${places}`,
  )
  const published = await store.query<LetterPlace & { at: number }>(
    `SELECT origin, position, toUnixTimestamp64Milli(max(replayed_at)) AS at FROM dead_letter_replays WHERE result = 'published' AND ${places} GROUP BY origin, position`,
  )
  const bytesOf = new Map(originals.map((row) => [`${byPlace(row)} ${row.parked}`, row.base64]))
  const publishedAt = new Map(published.map((row) => [byPlace(row), row.at]))
  return rows.map(({ origin, position, reason, removed, parked }) => ({
    origin,
    position,
    reason,
    identityRemoved: removed,
    published: (publishedAt.get(byPlace({ origin, position })) ?? -1) >= parked,
    original: Buffer.from(
      bytesOf.get(`${byPlace({ origin, position })} ${parked}`) ?? '',
      'base64',
    ),
  }))
}

/**
 * Every letter parked by `until` (epoch ms), of one reason where it is given, in the order of their
 * places and in chunks that memory holds.
 */
export const parkedLetters = async function* (
  store: Pick<Store, 'query'>,
  { reason, until }: { readonly reason?: string | undefined; readonly until: number },
): AsyncGenerator<readonly ParkedLetter[]> {
  let after: LetterPlace | undefined
  for (;;) {
    const rows = await pageAfter(store, after, until)
    const found = lastOfEach(rows)
    const wanted = found.filter((row) => reason === undefined || row.reason === reason)
    for (const chunk of chunked(wanted, ({ bytes }) => bytes, CHUNK))
      yield await withBytes(store, chunk)
    if (rows.length < PAGE) return
    after = found.at(-1)
  }
}
