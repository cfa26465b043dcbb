import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pulse, startServing } from '../support/cli-child.ts'
import { askByHttp, type FigureQuestionText } from './ask.ts'
import { type FigureSheet, figureSheet, sheetDifferences } from './figure-sheet.ts'
import { type Edited, type Ledger, ledgerText } from './ledger-versions.ts'

export type VersionsProof = {
  /** Figures compared, and what was not equal. */
  readonly compared: number
  readonly unequal: readonly string[]
  /** Answers that the edit changed: none would prove nothing. */
  readonly moved: number
  readonly reports: readonly Readonly<Record<string, unknown>>[]
}

export type VersionsOptions = {
  /** Empty directory to work in. */
  readonly work: string
  readonly mapping: string
  readonly first: Ledger
  readonly edited: Edited
  readonly timezone: string
  /** The figures to compare, as known at a moment. */
  readonly questionsAt: (asOf: string) => readonly FigureQuestionText[]
}

const AFTER_ALL = '2190-01-01'

/**
 * Imports a ledger, its edited version, and the first again, and compares the figures with those of
 * clean imports: the latest at each step, and earlier ones by --as-of.
 */
export const proveVersions = async (options: VersionsOptions): Promise<VersionsProof> => {
  const { work, mapping, questionsAt } = options
  const env = { PULSE_TIMEZONE: options.timezone }
  const at = (name: string) => join(work, name)
  await writeFile(at('first.csv'), ledgerText(options.first))
  await writeFile(at('edited.csv'), ledgerText(options.edited.ledger))

  const reports: Record<string, unknown>[] = []
  const load = async (file: string, data: string): Promise<void> => {
    const ran = await pulse(
      ['import', at(file), '--mapping', mapping, '--data', at(data), '--remove-missing'],
      { env },
    )
    if (ran.code !== 0) throw new Error(`pulse import ${file}: exit ${ran.code}: ${ran.notes}`)
    const { missing, ...report } = JSON.parse(ran.out) as { missing: unknown[] }
    reports.push({ file, data, ...report, missing: missing.length })
  }
  const sheets = async (data: string, moments: readonly string[]): Promise<FigureSheet[]> => {
    const up = await startServing(['up', '--data', at(data)], env)
    try {
      const found: FigureSheet[] = []
      for (const moment of moments)
        found.push(await figureSheet(askByHttp(up.url), questionsAt(moment)))
      return found
    } catch (error) {
      throw new Error(`The server said: ${up.notes()}`, { cause: error })
    } finally {
      await up.end('SIGTERM')
    }
  }
  /** A moment at which what was done is known and what follows is not. */
  const moment = async (): Promise<string> => {
    await sleep(5)
    const now = new Date().toISOString()
    await sleep(5)
    return now
  }

  await load('first.csv', 'versions')
  const whenFirst = await moment()
  const before = await sheets('versions', [whenFirst, AFTER_ALL])
  await load('edited.csv', 'versions')
  const whenEdited = await moment()
  const between = await sheets('versions', [whenFirst, whenEdited, AFTER_ALL])
  await load('first.csv', 'versions')
  const after = await sheets('versions', [whenFirst, whenEdited, AFTER_ALL])
  await load('first.csv', 'clean-first')
  const cleanFirst = await sheets('clean-first', [whenFirst, AFTER_ALL])
  await load('edited.csv', 'clean-edited')
  const cleanEdited = await sheets('clean-edited', [whenEdited, AFTER_ALL])

  const pairs = [
    ['the first import', before[0], cleanFirst[0]],
    ['the first import, later', before[1], cleanFirst[1]],
    ['edited, as of the first', between[0], cleanFirst[0]],
    ['edited', between[1], cleanEdited[0]],
    ['edited, later', between[2], cleanEdited[1]],
    ['returned, as of the first', after[0], cleanFirst[0]],
    ['returned, as of the edit', after[1], cleanEdited[0]],
    ['returned', after[2], cleanFirst[1]],
  ] as const
  const none: FigureSheet = new Map()
  return {
    compared: pairs.reduce((sum, [, sheet]) => sum + (sheet?.size ?? 0), 0),
    unequal: pairs.flatMap(([name, actual, expected]) =>
      sheetDifferences(actual ?? none, expected ?? none).map((text) => `${name}: ${text}`),
    ),
    moved: sheetDifferences(between[2] ?? none, before[1] ?? none).length,
    reports,
  }
}
