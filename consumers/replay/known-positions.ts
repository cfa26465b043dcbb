import type { PositionKind } from '../../schemas/log/positions.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'

/** Positions of one partition, by its name in the tables, from one to before another. */
export type OriginSpan = { readonly origin: string; readonly from: number; readonly to: number }

/** How a position was stored: what it held (the column `content`), and when that was received, epoch ms. */
export type KnownPosition = {
  readonly kind: PositionKind
  readonly content: string
  readonly received: number
}

/** What is stored of a position: more than one thing where a topic was made anew. */
export type KnownPositions = (origin: string, position: number) => readonly KnownPosition[]

type Row = KnownPosition & { readonly origin: string; readonly position: number }

const keyOf = (origin: string, position: number): string => `${origin} ${position}`

/** What is stored of some runs of positions. */
export const knownPositions = async (
  store: Pick<Store, 'query'>,
  spans: readonly OriginSpan[],
): Promise<KnownPositions> => {
  const known = new Map<string, KnownPosition[]>()
  if (spans.length > 0) {
    const rows = await store.query<Row>(
      `SELECT toString(origin) AS origin, position, toString(kind) AS kind, lower(hex(content)) AS content, toUnixTimestamp64Milli(min(received_at)) AS received
       FROM log_positions WHERE ${spans.map(({ origin, from, to }) => `(origin = ${sqlString(origin)} AND position >= ${from} AND position < ${to})`).join(' OR ')}
       GROUP BY origin, position, kind, content`,
    )
    for (const { origin, position, ...one } of rows) {
      const key = keyOf(origin, position)
      const before = known.get(key)
      if (before === undefined) known.set(key, [one])
      else before.push(one)
    }
  }
  return (origin, position) => known.get(keyOf(origin, position)) ?? []
}
