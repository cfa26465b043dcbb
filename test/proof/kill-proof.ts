import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { pulse, startPulse, startServing } from '../support/cli-child.ts'
import { askByHttp, type FigureQuestionText } from './ask.ts'
import { type FigureSheet, figureSheet, sheetDifferences } from './figure-sheet.ts'
import { type StoredEvents, storedEvents } from './stored-events.ts'

/** Who is killed: the `pulse up` an import talks to, that import, or one that has the store itself. */
export type Victim = 'up' | 'client' | 'direct'

export type KillOptions = {
  /** Empty directory to work in. */
  readonly work: string
  readonly ledger: string
  readonly mapping: string
  readonly victim: Victim
  readonly kills: number
  readonly seed: number
  readonly timezone: string
  /** The figures to compare. */
  readonly questions: readonly FigureQuestionText[]
}

export type KillProof = {
  readonly kills: number
  /** Directories with a kill: an import that ends before it could be killed ends its round. */
  readonly rounds: number
  /** Events stored already when an import ran to its end after kills: how far the killed ones had come. */
  readonly foundStored: readonly number[]
  readonly lost: number
  readonly double: number
  readonly deadLetters: number
  readonly compared: number
  readonly faults: readonly string[]
}

type Ended = { code: number | null; out: string; notes: string }

const ended = (child: ChildProcess): Promise<Ended> => {
  const texts = { out: '', notes: '' }
  child.stdin?.end()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    texts.out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    texts.notes += text
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, ...texts }))
  })
}

type Report = { events: number; published: number; duplicates: number }

/**
 * Kills at random moments of an import until it has been done often enough, imports to the end, and
 * compares with a clean import: the figures, the events stored, and both again after a replay.
 */
export const proveKills = async (options: KillOptions): Promise<KillProof> => {
  const { work, ledger, mapping, victim, questions } = options
  const env = { PULSE_TIMEZONE: options.timezone }
  const generator = xoroshiro128plus(options.seed)
  const faults: string[] = []
  const importInto = (data: string) =>
    startPulse(['import', ledger, '--mapping', mapping, '--data', data], env)

  const sheetOf = async (data: string, replay: boolean): Promise<FigureSheet> => {
    const up = await startServing(['up', '--data', data], env)
    try {
      if (replay) {
        const { code, notes } = await pulse(['replay', '--data', data], { env })
        if (code !== 0) faults.push(`replay: exit ${code}: ${notes}`)
      }
      return await figureSheet(askByHttp(up.url), questions)
    } finally {
      await up.end('SIGTERM')
    }
  }

  const clean = join(work, 'clean')
  const cleanUp = victim === 'direct' ? undefined : await startServing(['up', '--data', clean], env)
  const started = Date.now()
  const first = await ended(importInto(clean))
  if (first.code !== 0) throw new Error(`The clean import failed: ${first.notes}`)
  const importMs = Date.now() - started
  await cleanUp?.end('SIGTERM')
  const expected = await sheetOf(clean, false)
  const stored = await storedEvents(clean)
  const cleanReport = JSON.parse(first.out) as Report
  if (cleanReport.events !== stored.contents.size)
    faults.push(`clean: ${cleanReport.events} events, ${stored.contents.size} stored`)

  let kills = 0
  /** One import that may be killed; its report when it came to its end. */
  const attempt = async (data: string): Promise<Report | undefined> => {
    const up = victim === 'direct' ? undefined : await startServing(['up', '--data', data], env)
    const child = importInto(data)
    const outcome = ended(child)
    const still = kills < options.kills
    // from before the first event to the last; later, and the import has ended by itself
    const timer = sleep(uniformFloat64(generator) * importMs).then(() => 'time' as const)
    const winner = still ? await Promise.race([timer, outcome]) : await outcome
    if (winner === 'time') {
      kills += 1
      if (victim === 'up') await up?.end('SIGKILL')
      else child.kill('SIGKILL')
    }
    const { code, out, notes } = await outcome
    const wasKilled = winner === 'time' && (victim !== 'up' || code !== 0)
    if (victim !== 'up' || winner !== 'time') await up?.end('SIGTERM')
    if (wasKilled) {
      if (victim === 'up' && (code !== 1 || !notes.startsWith('error: ')))
        faults.push(`the import that lost its server: exit ${code}: ${notes}`)
      return undefined
    }
    if (code !== 0) {
      faults.push(`an import that was not killed: exit ${code}: ${notes}`)
      return undefined
    }
    return JSON.parse(out) as Report
  }

  const proof = { rounds: 0, lost: 0, double: 0, deadLetters: 0, compared: 0 }
  const foundStored: number[] = []
  let tries = 0
  const compare = (what: string, actual: FigureSheet): void => {
    proof.compared += actual.size
    for (const text of sheetDifferences(actual, expected)) faults.push(`${what}: ${text}`)
  }
  const account = (found: StoredEvents): void => {
    for (const name of stored.contents) if (!found.contents.has(name)) proof.lost += 1
    for (const name of found.contents) if (!stored.contents.has(name)) proof.double += 1
    proof.double += found.contents.size - found.identities
    proof.deadLetters += found.deadLetters
  }
  while (kills < options.kills && faults.length === 0) {
    tries += 1
    const data = join(work, `round${tries}`)
    const before = kills
    let report: Report | undefined
    while (report === undefined && faults.length === 0) report = await attempt(data)
    if (report === undefined) break
    if (kills === before) continue
    proof.rounds += 1
    foundStored.push(report.duplicates)
    compare(`round ${proof.rounds}`, await sheetOf(data, false))
    compare(`round ${proof.rounds}, replayed`, await sheetOf(data, true))
    account(await storedEvents(data))
    const again = await attemptAgain(importInto(data))
    if (again.published !== 0 || again.duplicates !== cleanReport.events)
      faults.push(`round ${proof.rounds}, once more: ${JSON.stringify(again)}`)
  }
  return { kills, ...proof, foundStored, faults }
}

const attemptAgain = async (child: ChildProcess): Promise<Report> => {
  const { code, out, notes } = await ended(child)
  if (code !== 0) throw new Error(`pulse import: exit ${code}: ${notes}`)
  return JSON.parse(out) as Report
}
