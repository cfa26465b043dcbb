import { readFile } from 'node:fs/promises'
import { MAX_REFUSED_KEPT } from '../../producers/append/take-lines.ts'
import {
  importLedger,
  importPrefix,
  keyPrintOf,
  type LedgerImport,
} from '../../producers/ledger/import-ledger.ts'
import { loadMapping } from '../../producers/ledger/load-mapping.ts'
import type { Mapping } from '../../producers/ledger/mapping.ts'
import type { MissingRow, PriorLedgerEvent } from '../../producers/ledger/plan-import.ts'
import type { Reject } from '../../producers/ledger/reject.ts'
import { createRejectsFile, type RejectsFile } from '../../producers/ledger/rejects-file.ts'
import { PulseError } from '../../schemas/errors.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { withSending } from '../access/choose.ts'
import { storeExists } from '../access/data-directory.ts'
import type { CommandContext } from '../context.ts'
import type { Io } from '../io.ts'
import { showProgress } from '../progress.ts'
import { renderReport } from '../render-report.ts'
import { settingsFor } from './common-options.ts'
import type { ImportOptions } from './import.ts'
import { type Publish, sender } from './import-sender.ts'
import { outcomesNote } from './outcomes-note.ts'

/** What `import` prints (contract §5). `published` are all events sent that were new, retractions too. */
type ImportReport = {
  readonly rows: number
  readonly events: number
  readonly published: number
  readonly duplicates: number
  readonly conflicts: number
  readonly changed: number
  readonly retracted: number
  readonly missing: readonly MissingRow[]
  readonly rejected: readonly Reject[]
  readonly rejectedCount?: number
  readonly dryRun?: true
}

const readMapping = async (file: string): Promise<Mapping> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new PulseError(
      'INPUT_INVALID',
      code === 'ENOENT'
        ? `There is no mapping file ${file}. \`pulse import LEDGER --suggest\` writes a first one.`
        : `The mapping file ${file} cannot be read (${code}).`,
      { cause: error },
    )
  }
  return loadMapping(text, file)
}

const runThrough = async (
  ledger: LedgerImport,
  publish: Publish,
  rejects: RejectsFile | undefined,
  io: Io,
): Promise<ImportReport> => {
  const progress = showProgress(io, 'importing', 'rows')
  const rejected: Reject[] = []
  const out = sender(publish)
  try {
    for await (const batch of ledger.batches) {
      await rejects?.write(batch.rejected)
      for (const { row, column, reason } of batch.rejected)
        if (rejected.length < MAX_REFUSED_KEPT) rejected.push({ row, column, reason })
      await out.send(batch.events)
      const part = ledger.bytes > 0 ? batch.bytesRead / ledger.bytes : 1
      progress.at(batch.rows, part > 0 ? Math.round(batch.rows / part) : undefined)
    }
    await out.end()
  } finally {
    progress.end()
  }
  if (out.sum.outcomesUnknown === true) io.note(outcomesNote)
  const counts = ledger.counts()
  return {
    rows: counts.rows,
    events: counts.events,
    published: out.sum.published,
    duplicates: counts.duplicates + out.sum.duplicates,
    conflicts: out.sum.conflicts,
    changed: counts.changed,
    retracted: counts.retracted,
    missing: counts.missing,
    rejected,
    ...(counts.rejected > rejected.length ? { rejectedCount: counts.rejected } : {}),
  }
}

/** What is stored of a ledger, and whether an import of it came to its end. */
type Known = { readonly prior: readonly PriorLedgerEvent[]; readonly finishedBefore: boolean }

const nothingKnown: Known = { prior: [], finishedBefore: false }

/** What would be sent counts as published; nothing is. */
const pretend: Publish = async (events) => ({
  published: events.length,
  duplicates: 0,
  conflicts: 0,
})

const otherKey = (mapping: Mapping): PulseError =>
  new PulseError(
    'CONFIG_INVALID',
    `PULSE_PSEUDONYM_KEY is not the key that ledger "${mapping.ledger}" was imported with before: with this one every person in it would become somebody else. Nothing was stored. Set the earlier key; or, if the key was changed on purpose, add --new-key, and every petition of the ledger is corrected to the new pseudonyms.`,
  )

const importInto = async (
  settings: Settings,
  io: Io,
  file: string,
  mapping: Mapping,
  options: ImportOptions,
): Promise<ImportReport> => {
  const importTime = Date.now()
  const work = async (known: Known, publish: Publish): Promise<ImportReport> => {
    const ledger = await importLedger({
      path: file,
      mapping,
      pseudonymKey: settings.pseudonymKey,
      ...known,
      importTime,
      removeMissing: options.removeMissing ?? false,
    })
    const rejects =
      options.rejects === undefined
        ? undefined
        : await createRejectsFile(options.rejects, file, mapping, ledger.header)
    try {
      const report = await runThrough(ledger, publish, rejects, io)
      await rejects?.close()
      return report
    } catch (error) {
      await rejects?.abandon()
      throw error
    }
  }
  const dry = options.dryRun === true
  // a rehearsal makes no store: where there is none yet, nothing was imported before
  if (dry && !(await storeExists(settings)))
    return { ...(await work(nothingKnown, pretend)), dryRun: true }
  // what is wrong with the file or the secret is found before a store is opened, or made, for it
  if (!dry) await checkLedger(file, mapping, settings)
  return withSending({ settings, io }, async (access) => {
    const ledger = [mapping.source, importPrefix(mapping)] as const
    // asked first: an import of it that ends meanwhile has all its events in the second answer
    const { finished: finishedBefore = false, keyPrint: firstKey } = await access.ledgerState(
      ...ledger,
    )
    const keyPrint = keyPrintOf(mapping, settings.pseudonymKey)
    if (keyPrint !== undefined && firstKey !== undefined && keyPrint !== firstKey)
      if (options.newKey !== true) throw otherKey(mapping)
    const known = { finishedBefore, prior: await access.priorLedgerEvents(...ledger) }
    if (dry) return { ...(await work(known, pretend)), dryRun: true }
    if (keyPrint !== undefined && keyPrint !== firstKey)
      await access.noteLedger(...ledger, { keyPrint })
    const report = await work(known, access.publish)
    await access.settled()
    await access.noteLedger(...ledger, { finished: true })
    return report
  })
}

const checkLedger = async (file: string, mapping: Mapping, settings: Settings): Promise<void> => {
  const { batches } = await importLedger({
    path: file,
    mapping,
    pseudonymKey: settings.pseudonymKey,
    prior: [],
    importTime: 0,
  })
  await batches[Symbol.asyncIterator]().return?.()
}

/** `pulse import`: a ledger's events into the store, and the report of contract §5. */
export const runImport = async (
  { io, exitWith }: CommandContext,
  file: string,
  options: ImportOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  if (options.suggest === true) {
    const [{ sampleLedger }, { suggestMapping }] = await Promise.all([
      import('../../producers/ledger/sample-ledger.ts'),
      import('../../producers/ledger/suggest-mapping.ts'),
    ])
    io.out(suggestMapping(await sampleLedger(file), { timezone: settings.timezone }))
    return
  }
  if (options.mapping === undefined)
    throw new PulseError(
      'USAGE',
      'Give a mapping file with --mapping, or --suggest to have a first one printed.',
    )
  const mapping = await readMapping(options.mapping)
  const report = await importInto(settings, io, file, mapping, options)
  io.out(renderReport(report, options.format))
  if (report.missing.length > 0 && options.removeMissing !== true)
    io.note(
      `${report.missing.length} rows of earlier versions are no longer in the ledger (\`missing\`); --remove-missing retracts their events.`,
    )
  const refused = report.rejectedCount ?? report.rejected.length
  if (refused > 0) {
    io.note(
      `${refused} of ${report.rows} rows were refused; \`rejected\` says why. ${options.dryRun === true || refused === report.rows ? 'Nothing was stored.' : 'The rest is stored.'}`,
    )
    exitWith(1)
  }
}
