import { describe, expect, it } from 'vitest'
import { errorCodes, exitCodeOf, PulseError } from '../../../schemas/errors.ts'
import { refusalCodes } from '../../../schemas/events/reasons.ts'
import { problemOf } from '../../../schemas/http/problem.ts'
import { settingNames } from '../../../schemas/settings/settings.ts'
import { read, repoFiles } from './repo-files.ts'

const migrations = repoFiles.filter((path) => /^schemas\/tables\/migrations\/.*\.sql$/.test(path))

/** Tables of a migration with their columns. */
const tablesOf = (sql: string): { table: string; columns: string[] }[] =>
  [...sql.matchAll(/^CREATE TABLE (\w+)\n\(\n([\s\S]*?)^\)/gm)].map(([, table, body]) => ({
    // a migration fills the new form of a table beside the old one
    table: (table ?? '').replace(/_next$/, ''),
    columns: [
      ...(body ?? '')
        .replace(/--.*$/gm, '')
        .replace(/\([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)/g, '')
        .matchAll(/(?:^|,)\s*(\w+) /g),
    ].map(([, column]) => column ?? ''),
  }))

const tables = migrations.flatMap((file) =>
  tablesOf(read(file)).map(({ table, columns }) => ({ file, table, columns })),
)

/** Words in backquotes: what a page names. */
const named = (page: string): ReadonlySet<string> =>
  new Set([...read(page).matchAll(/`([^`\n]+)`/g)].map(([, word]) => word ?? ''))

describe('every table', () => {
  it('is found in the migrations', () => {
    expect(tables.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['case_events', 'matters', 'petitions', 'folded', 'dead_letters']),
    )
    expect(tables.every(({ columns }) => columns.length > 1)).toBe(true)
  })

  it.each(tables)('$table has a page that names its migration and its columns', (made) => {
    const page = named(`docs/tables/${made.table}.md`)
    expect([...page]).toContain(made.file.split('/').at(-1))
    const elsewhere = made.table === 'folded' ? named('docs/tables/matters.md') : page
    expect(made.columns.filter((name) => !page.has(name) && !elsewhere.has(name))).toEqual([])
  })

  it.each(tables)('$table says how it is sorted and read', ({ table }) => {
    const page = read(`docs/tables/${table}.md`)
    expect(page).toMatch(/sorted/i)
    expect(page).toContain('```sql')
  })

  it.each(migrations)('%s is named by a page', (file) => {
    const pages = repoFiles.filter((path) => path.startsWith('docs/tables/'))
    expect(pages.some((page) => read(page).includes(file.split('/').at(-1) ?? ''))).toBe(true)
  })
})

describe('the page of durability', () => {
  it('names what the raw table is written through with', () => {
    const raw = read('schemas/tables/migrations/0001_case_events.sql')
    const settings = [...raw.matchAll(/\b(\w*fsync\w*) = 1/g)].map(([, name]) => name ?? '')
    expect(settings.length).toBeGreaterThan(0)
    expect(settings.filter((name) => !named('docs/durability.md').has(name))).toEqual([])
  })
})

describe('the page of errors', () => {
  const rows = new Map(
    [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| (\d) \| (\d+) \|/gm)].map(
      ([, code, exit, status]) => [code, { exit: Number(exit), status: Number(status) }],
    ),
  )

  it.each(errorCodes)('says of %s its exit code and its status', (code) => {
    const error = new PulseError(code, 'a message')
    expect(rows.get(code)).toEqual({ exit: exitCodeOf(error), status: problemOf(error).status })
  })

  it('names every reason of refusal', () => {
    const names = named('docs/errors.md')
    expect(refusalCodes.filter((code) => !names.has(code))).toEqual([])
  })
})

describe('the page of settings', () => {
  it('names every setting, and no other', () => {
    const first = read('docs/settings.md').matchAll(/^\| (`[^|]+) \|/gm)
    const names = [...first].flatMap(([, cell]) => (cell ?? '').match(/[A-Z]+_[A-Z_]+/g) ?? [])
    expect(names.sort()).toEqual([...settingNames].sort())
  })
})

describe('every dependency', () => {
  it('has a reason', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    const names = Object.keys({ ...dependencies, ...devDependencies })
    const given = named('docs/dependencies.md')
    expect(names.filter((name) => !given.has(name))).toEqual([])
  })
})
