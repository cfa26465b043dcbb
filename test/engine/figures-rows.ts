import { readFile } from 'node:fs/promises'
import type { Relations } from '../../schemas/fold/source.ts'
import type { Store } from '../../schemas/store/port.ts'
import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'

const stamp = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Columns that hold instants, by the fold's own names. */
const isInstant = (name: string): boolean =>
  /(At|time|Times|opened|ended|due|^at)$/.test(name) && name !== 'petitionsAtAccepted'

/** A folded row as the engine's JSON reads it. */
const engineForm = (value: unknown, name: string): unknown => {
  if (Array.isArray(value)) return value.map((item) => engineForm(item, name))
  if (typeof value === 'number' && isInstant(name)) return stamp(value)
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [snake(key), engineForm(inner, key)]),
    )
  return value
}

/**
 * Creates `matters<suffix>` and `petitions<suffix>` as the migrations do and fills them by hand:
 * what a fold would have written, without one.
 */
export const createFolded = async (
  store: Store,
  suffix: string,
  rows: { readonly matters: readonly MatterRow[]; readonly petitions: readonly PetitionRow[] },
): Promise<Relations> => {
  const tables = [
    ['0002_matters.sql', 'matters', rows.matters],
    ['0003_petitions.sql', 'petitions', rows.petitions],
  ] as const
  for (const [file, name, values] of tables) {
    const sql = await readFile(`schemas/tables/migrations/${file}`, 'utf8')
    await store.command(sql.replace(`CREATE TABLE ${name}`, `CREATE TABLE ${name}${suffix}`))
    const lines = values.map((row) => JSON.stringify(engineForm(row, '')))
    if (lines.length > 0)
      await store.command(
        `INSERT INTO ${name}${suffix} SETTINGS input_format_skip_unknown_fields = 0 FORMAT JSONEachRow ${lines.join('\n')}`,
      )
  }
  return {
    matters: `(SELECT * FROM matters${suffix} FINAL)`,
    petitions: `(SELECT * FROM petitions${suffix} FINAL)`,
    held: async () => true,
  }
}

const nowhere: MatterRow = {
  matterId: '',
  present: true,
  mergedInto: '',
  voided: false,
  inScope: true,
  declinedAt: null,
  withdrawnAt: null,
  terminatedAt: null,
  registeredAt: null,
  petitionTimes: [],
  region: '',
  category: '',
  channel: '',
  purpose: '',
  flags: [],
  receivedLevel: 0,
  competentLevel: 0,
  homeLevel: 0,
  org: '',
  channelCount: 0,
  crossBoundary: false,
  forwardedAt: null,
  acceptedAt: null,
  route: '',
  notifiedAt: null,
  dueAt: null,
  closedAt: null,
  outcome: '',
  firstClosedAt: null,
  firstOutcome: '',
  petitionsAtAccepted: 0,
  petitionsAtFirstClosing: 0,
  returnedAt: null,
  leadLevel: 0,
  supervised: false,
  unitRating: '',
  officeRating: '',
  reviewRequestedAt: [],
  recheckRequestedAt: [],
  reviewDecidedAt: null,
  reviewResult: '',
  recheckDecidedAt: null,
  recheckResult: '',
  settledAt: null,
  settled: false,
  campaigns: [],
  relief: [],
  openSpells: [],
}

/** A matter in scope of which nothing is known but what is given. */
export const matter = (given: Partial<MatterRow> & { matterId: string }): MatterRow => ({
  ...nowhere,
  ...given,
})

/** A counted first letter of its own matter, but for what is given. */
export const petition = (
  given: Partial<PetitionRow> & { petitionId: string; time: number },
): PetitionRow => ({
  originMatter: given.matterId ?? `M-${given.petitionId}`,
  matterId: `M-${given.petitionId}`,
  present: true,
  channel: 'letter',
  region: '',
  category: '',
  org: '',
  purpose: 'appeal',
  flags: [],
  people: 1,
  receivedLevel: 0,
  competentLevel: 0,
  homeLevel: 0,
  leaderReception: false,
  supplement: false,
  voided: false,
  counted: true,
  repeat: false,
  ...given,
})
