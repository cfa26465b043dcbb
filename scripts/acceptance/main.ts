import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askByCommand } from '../../test/proof/ask.ts'
import { sheetQuestions } from '../../test/proof/figure-sheet.ts'
import { proveVersions } from '../../test/proof/later-versions.ts'
import { editedLedger, readLedger } from '../../test/proof/ledger-versions.ts'
import { pulse } from '../../test/support/cli-child.ts'
import {
  type Coverage,
  compareGroups,
  compareMonths,
  compareTimes,
  compareWithin,
} from './against-truth.ts'
import { printedForms } from './printed-forms.ts'
import { compareRecount } from './recount.ts'
import { newTally, type Tally } from './tally.ts'
import { readTruth, type Truth } from './truth.ts'

const name = 'baltimore311_sample10k'
const mappingFile = new URL('../../examples/ledger/baltimore311.yaml', import.meta.url)
const env = { PULSE_TIMEZONE: 'UTC' }

/** The columns the mapping reads, the identity of a row apart. */
const columns = [
  ...['CreatedDate', 'DueDate', 'CloseDate', 'MethodReceived'],
  ...['CouncilDistrict', 'SRType', 'Agency'],
]

const say = (text: string): void => console.log(text)

const imported = async (
  file: string,
  mapping: string,
  data: string,
): Promise<readonly string[]> => {
  const from = Date.now()
  const ran = await pulse(['import', file, '--mapping', mapping, '--data', data], { env })
  if (ran.code !== 0) throw new Error(`pulse import ended with ${ran.code}: ${ran.notes}`)
  const { rows, events, published, rejected } = JSON.parse(ran.out)
  say(
    `imported ${rows} rows, ${events} events, ${published} published, ${rejected.length} rejected, ${((Date.now() - from) / 1000).toFixed(1)} s`,
  )
  return ['--data', data]
}

const blankAs = (blank: string) => (label: string) => (label === '(blank)' ? blank : label)

/** Another reading of the same file: its other columns as region, organisation and category. */
const otherColumns = (mapping: string): string => {
  const read = mapping
    .replace(
      'region: {column: CouncilDistrict, default: "0"}',
      'region: {column: Neighborhood, default: "0"}',
    )
    .replace('category: SRType', 'category: SRStatus')
    .replaceAll('org: Agency', 'org: {column: PoliceDistrict, default: "0"}')
    .replace('ledger: Baltimore 311', 'ledger: Baltimore 311, other columns')
  if (read.split('PoliceDistrict').length !== 5)
    throw new Error('The mapping has changed; mend this script.')
  return read
}

const compareAll = async (
  directory: string,
  work: string,
  truth: Truth,
  tally: Tally,
): Promise<void> => {
  const csv = join(directory, `${name}.csv`)
  const mapping = await readFile(mappingFile, 'utf8')
  const coverage: Coverage = {
    from: '2014-01-01',
    to: '2019-02-14',
    asOf: `${truth.as_of.replace(' ', 'T')}Z`,
  }
  const store = await imported(csv, mappingFile.pathname, join(work, 'store'))
  const ask = askByCommand(store, env)
  await compareGroups(ask, tally, coverage, {
    name: 'overall',
    by: '',
    groups: { '': truth.overall },
  })
  await compareMonths(ask, tally, coverage, truth)
  await compareTimes(ask, tally, coverage, truth)
  await compareWithin(ask, tally, coverage, truth)
  const groups = (column: string) => truth.by_dim[column] ?? {}
  const dimensions = [
    ['by agency', 'org', 'Agency', ''],
    ['by council district', 'region', 'CouncilDistrict', '0'],
    ['by type', 'category', 'SRType', ''],
  ] as const
  for (const [title, by, column, blank] of dimensions)
    await compareGroups(ask, tally, coverage, {
      name: title,
      by,
      groups: groups(column),
      keyOf: blankAs(blank),
    })
  await compareRecount(ask, tally, coverage, readLedger(await readFile(csv, 'utf8')))
  await printedForms(store, env, tally, coverage, truth)

  const other = join(work, 'other.yaml')
  await writeFile(other, otherColumns(mapping))
  const otherAsk = askByCommand(await imported(csv, other, join(work, 'other')), env)
  const others = [
    ['by neighbourhood', 'region', 'Neighborhood', '0'],
    ['by police district', 'org', 'PoliceDistrict', '0'],
    ['by status', 'category', 'SRStatus', ''],
  ] as const
  for (const [title, by, column, blank] of others)
    await compareGroups(otherAsk, tally, coverage, {
      name: title,
      by,
      groups: groups(column),
      keyOf: blankAs(blank),
    })
}

const versions = async (directory: string, work: string, tally: Tally): Promise<void> => {
  const first = readLedger(await readFile(join(directory, `${name}.csv`), 'utf8'))
  const edited = editedLedger(first, { columns, cells: 50, removed: 10, seed: 311 })
  const proof = await proveVersions({
    work,
    mapping: mappingFile.pathname,
    first,
    edited,
    timezone: 'UTC',
    questionsAt: (asOf) =>
      sheetQuestions({ from: '2014-01-01', to: '2020-01-01', asOf }, [
        '',
        'month',
        'region',
        'org',
      ]),
  })
  for (const report of proof.reports) say(JSON.stringify(report))
  say(`fifty cells edited and ten rows removed: ${proof.moved} answers are others than before`)
  for (let n = 0; n < proof.compared - proof.unequal.length; n += 1)
    tally.same('later versions', '', true, true)
  for (const text of proof.unequal) tally.same('later versions', text, false, true)
}

/**
 * Imports the public ledger of service requests and compares every figure its truth file can judge,
 * through the built command line. Argument: the directory of the two files.
 */
export const main = async ([directory]: readonly string[]): Promise<number> => {
  if (directory === undefined) {
    console.error(`Name the directory with ${name}.csv: npm run acceptance -- ../shared/data`)
    return 2
  }
  const truth = await readTruth(join(directory, `${name}.truth.json`))
  const work = await mkdtemp(join(tmpdir(), 'pulse-acceptance-'))
  const tally = newTally()
  try {
    await compareAll(directory, work, truth, tally)
    await versions(directory, work, tally)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  say(tally.report())
  return tally.failed() ? 1 : 0
}
