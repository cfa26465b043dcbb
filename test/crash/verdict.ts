import { openEmbedded } from '../../schemas/store/embedded.ts'
import { askByHttp } from '../proof/ask.ts'
import { figureSheet, sheetDifferences } from '../proof/figure-sheet.ts'
import { type CleanLoad, foldedRows } from './clean-load.ts'
import type { LogEntry } from './log-reader.ts'

export type Verdict = {
  /** Contents acknowledged to a client that are not in the log, or in the log and not stored. */
  readonly lost: readonly string[]
  /** Contents stored that are not in the log, or stored more than once where copies are collapsed. */
  readonly double: readonly string[]
  /** Figures and folded rows other than those of the clean load, each with both. */
  readonly unequal: readonly string[]
  /** Positions of the log accounted for otherwise than once, each with how. */
  readonly positions: readonly string[]
  readonly compared: number
}

/** Figures as a running process tells them, beside those of the clean load. */
export const unequalFigures = async (url: string, clean: CleanLoad): Promise<readonly string[]> =>
  sheetDifferences(await figureSheet(askByHttp(url), clean.questions), clean.sheet)

const missing = (from: ReadonlySet<string>, others: Iterable<string>): readonly string[] =>
  [...new Set(others)].filter((one) => !from.has(one))

const rowsBy = <R extends object>(
  rows: readonly R[],
  nameOf: (row: R) => string,
): ReadonlyMap<string, string> => new Map(rows.map((row) => [nameOf(row), JSON.stringify(row)]))

const unequalRows = (
  what: string,
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((name) => actual.get(name) !== expected.get(name))
    .map((name) => `${what} ${name}: ${actual.get(name)} instead of ${expected.get(name)}`)

type Stored = {
  readonly contents: readonly string[]
  /** `topic/3@17 event` or `dead`, one an account of a position. */
  readonly accounts: readonly string[]
  readonly parked: readonly string[]
}

/** What lies in a store nobody has open, copies collapsed where the table says so. */
const storedIn = async (directory: string): Promise<Stored> => {
  const store = await openEmbedded({ directory })
  try {
    const names = async (sql: string) =>
      (await store.query<{ name: string }>(sql)).map(({ name }) => name)
    return {
      contents: await names(
        `SELECT concat(subject, '\\n', toString(source), '\\n', id, '\\n', hex(content_hash)) AS name FROM case_events FINAL`,
      ),
      accounts: await names(
        `SELECT concat(toString(origin), '@', toString(position + n), ' ', toString(kind)) AS name FROM log_positions FINAL ARRAY JOIN range(span) AS n`,
      ),
      parked: await names(
        `SELECT DISTINCT concat(toString(origin), '@', toString(position)) AS name FROM dead_letters`,
      ),
    }
  } finally {
    await store.close()
  }
}

const repeated = (names: readonly string[]): readonly string[] => {
  const seen = new Set<string>()
  return names.filter((name) => seen.has(name) || !seen.add(name))
}

const positionFaults = (
  log: readonly LogEntry[],
  letters: readonly string[],
  { accounts, parked }: Stored,
): string[] => {
  const expected = log.map(
    ({ place, content }) => `${place} ${content === undefined ? 'dead' : 'event'}`,
  )
  const counted = accounts.filter((account) => !account.endsWith(' nothing'))
  const dead = log.filter(({ content }) => content === undefined).map(({ place }) => place)
  return [
    ...missing(new Set(counted), expected).map((one) => `not accounted for: ${one}`),
    ...missing(new Set(expected), counted).map((one) => `accounted for wrongly: ${one}`),
    ...repeated(counted).map((one) => `accounted for twice: ${one}`),
    ...missing(new Set(parked), dead).map((one) => `dead and not parked: ${one}`),
    ...missing(new Set(dead), parked).map((one) => `parked and not dead: ${one}`),
    ...missing(new Set(letters), dead).map((one) => `dead and not in the topic: ${one}`),
    ...missing(new Set(dead), letters).map((one) => `in the topic and not dead: ${one}`),
  ]
}

/**
 * What a store holds, of which no process is left, against what was acknowledged, what the log holds,
 * and the clean load.
 */
export const judgeStore = async (options: {
  readonly directory: string
  readonly acknowledged: ReadonlySet<string>
  readonly log: readonly LogEntry[]
  /** Places in the topic of dead letters. */
  readonly letters: readonly string[]
  readonly clean: CleanLoad
  readonly unequal: readonly string[]
}): Promise<Verdict> => {
  const { directory, acknowledged, log, letters, clean } = options
  const stored = await storedIn(directory)
  const rows = await foldedRows(directory)
  const contents = new Set(stored.contents)
  const logged = log.flatMap(({ content }) => (content === undefined ? [] : [content]))
  return {
    lost: missing(contents, [...acknowledged, ...logged]),
    double: [...missing(new Set(logged), contents), ...repeated(stored.contents)],
    unequal: [
      ...options.unequal,
      ...unequalRows(
        'matter',
        rowsBy(rows.matters, ({ matterId }) => matterId),
        rowsBy(clean.rows.matters, ({ matterId }) => matterId),
      ),
      ...unequalRows(
        'petition',
        rowsBy(rows.petitions, ({ originMatter, petitionId }) => `${originMatter} ${petitionId}`),
        rowsBy(
          clean.rows.petitions,
          ({ originMatter, petitionId }) => `${originMatter} ${petitionId}`,
        ),
      ),
    ],
    positions: positionFaults(log, letters, stored),
    compared: clean.questions.length + clean.rows.matters.length + clean.rows.petitions.length,
  }
}
