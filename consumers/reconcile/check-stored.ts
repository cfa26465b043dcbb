import { identityDigestSql } from '../../schemas/log/positions.ts'
import type { Store } from '../../schemas/store/port.ts'
import { type Gap, NAMED, type NamedPosition } from './report.ts'

/**
 * A content of an identity as one number of 128 bits: two digests laid over each other. Grouping by
 * it takes a quarter of the time and memory of grouping by both.
 */
const print = (identity: string, content: string): string =>
  `bitXor(reinterpretAsUInt128(${identity}), reinterpretAsUInt128(${content}))`

const loggedPrint = print('identity', 'content')
const storedPrint = print(
  identityDigestSql,
  "CAST(substring(content_hash, 1, 16), 'FixedString(16)')",
)

/** Contents compared in one statement: about 100 bytes each. */
const CONTENTS_AT_ONCE = 2_000_000
/** Missing ones that are looked for again. */
const LOOKED_AT = 1_000

const literals = (prints: readonly string[]): string =>
  prints.map((value) => `toUInt128('${value}')`).join(', ')

/** Of those prints, the ones that no row of `case_events` has. */
const stillMissing = async (
  store: Pick<Store, 'query'>,
  prints: readonly string[],
): Promise<ReadonlySet<string>> => {
  const found = await store.query<{ print: string }>(
    `SELECT DISTINCT toString(${storedPrint} AS p) AS print FROM case_events WHERE p IN (${literals(prints)})`,
  )
  const there = new Set(found.map(({ print }) => print))
  return new Set(prints.filter((one) => !there.has(one)))
}

const againFrom = (found: number): string =>
  found === 1
    ? 'Set the group back to its position while it is stopped, if the log still has it: what is there already is not doubled.'
    : 'Set the group back to the first of their positions while it is stopped, if the log still has them: what is there already is not doubled.'

/**
 * Whether every event of the log is in `case_events`, by identity and content. Positions are stored
 * after what they hold, so this holds at any moment; the two tables are read at slightly different ones
 * though, so what is missing is looked for again. `name` finds out which event stands at a position.
 */
export const checkEvents = async (
  store: Pick<Store, 'query'>,
  name: (positions: readonly NamedPosition[]) => Promise<readonly NamedPosition[]>,
): Promise<readonly Gap[]> => {
  const [sizes] = await store.query<{ n: number }>(
    "SELECT (SELECT count() FROM log_positions WHERE kind = 'event') AS n",
  )
  const positions = sizes?.n ?? 0
  if (positions === 0) return []
  const shares = Math.ceil(positions / CONTENTS_AT_ONCE)
  let found = 0
  const prints: string[] = []
  for (let part = 0; part < shares; part++) {
    const share = (digest: string) => `reinterpretAsUInt64(${digest}) % ${shares} = ${part}`
    const [row] = await store.query<{ n: number; some: readonly string[] }>(`
      SELECT count() AS n, groupArray(${LOOKED_AT})(toString(p)) AS some FROM (
        SELECT p FROM (
          SELECT ${loggedPrint} AS p, toUInt8(1) AS side FROM log_positions WHERE kind = 'event' AND ${share('identity')}
          UNION ALL
          SELECT ${storedPrint} AS p, toUInt8(2) AS side FROM case_events WHERE ${share(identityDigestSql)})
        GROUP BY p HAVING max(side) = 1)`)
    found += row?.n ?? 0
    prints.push(...(row?.some ?? []).slice(0, LOOKED_AT - prints.length))
  }
  if (prints.length === 0) return []
  const missing = await stillMissing(store, prints)
  found -= prints.length - missing.size
  if (found === 0) return []
  const places = await store.query<NamedPosition>(
    `SELECT toString(origin) AS origin, position FROM log_positions FINAL
     WHERE kind = 'event' AND ${loggedPrint} IN (${literals([...missing])})
     ORDER BY origin, position LIMIT ${NAMED}`,
  )
  return [
    {
      kind: 'events',
      found,
      positions: await name(places),
      message: `${found === 1 ? 'One event of the log is' : `${found} events of the log are`} not in case_events any more. ${againFrom(found)}`,
    },
  ]
}

const missingLetters = `
  SELECT origin, position FROM (
    SELECT toString(origin) AS origin, position, toUInt8(1) AS side FROM log_positions WHERE kind = 'dead'
    UNION ALL SELECT toString(origin), position, toUInt8(2) FROM dead_letters)
  GROUP BY origin, position HAVING max(side) = 1`

const lookForLetters = async (store: Pick<Store, 'query'>) => {
  const [row] = await store.query<{ n: number; some: readonly (readonly [string, number])[] }>(
    `SELECT count() AS n, groupArray(${NAMED})((origin, position)) AS some FROM (${missingLetters} ORDER BY origin, position)
     SETTINGS output_format_json_named_tuples_as_objects = 0`,
  )
  return {
    found: row?.n ?? 0,
    places: (row?.some ?? []).map(([origin, position]) => ({ origin, position })),
  }
}

/** Whether every dead letter of the log is in `dead_letters`. */
export const checkLetters = async (store: Pick<Store, 'query'>): Promise<readonly Gap[]> => {
  // letters are parked before their positions are stored: what is missing is looked for again
  if ((await lookForLetters(store)).found === 0) return []
  const { found, places } = await lookForLetters(store)
  if (found === 0) return []
  return [
    {
      kind: 'letters',
      found,
      positions: places,
      message: `${found === 1 ? 'One dead letter is' : `${found} dead letters are`} not in dead_letters any more. ${againFrom(found)}`,
    },
  ]
}
