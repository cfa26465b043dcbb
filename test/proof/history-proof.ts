import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { metrics } from '../../schemas/metrics/registry.ts'
import { disagreements } from '../reference/figure-agreement.ts'
import { foldedAt, type JsonRow, type RowsAt, referenceFigure } from '../reference/figures.ts'
import { pulse, type Ran, startServing } from '../support/cli-child.ts'
import { type Ask, askByCommand, askByHttp, figureArguments, inParallel } from './ask.ts'
import {
  type DeliveredWorld,
  deliveredWorld,
  receivedInWaves,
  type Wave,
} from './delivered-world.ts'
import { type DrawnQuestion, drawnQuestion } from './drawn-questions.ts'

export type HistoryOptions = {
  /** Empty directory to work in. */
  readonly work: string
  readonly seed: number
  readonly timezone: string
  readonly otherTimezone: string
  readonly monthStart: number
  readonly histories: number
  readonly matters: number
  /** Of each metric; a third of them again in the other zone, and after a replay. */
  readonly questions: number
  /** Asked through the command line, a process each. */
  readonly byCommand: number
}

export type HistoryProof = {
  readonly events: number
  readonly refused: number
  readonly compared: number
  /** Answers with at least one row whose value is neither null nor 0. */
  readonly telling: number
  readonly faults: readonly string[]
}

/** The parts of earlier rates, which the independent program does not give, are left out. */
const comparable = (rows: readonly object[]): JsonRow[] =>
  JSON.parse(JSON.stringify(rows), (key, value) => {
    if (key !== 'yoy' && key !== 'mom') return value
    const { numerator: _, denominator: __, ...rest } = value
    return rest
  }) as JsonRow[]

type Check = (
  asker: string,
  ask: Ask,
  questions: readonly DrawnQuestion[],
  zone: string,
) => Promise<void>

/** Appends every wave: files at once, standard input, and through a running `pulse up`. */
const appendWaves = async (
  waves: readonly Wave[],
  { work, data, env }: { work: string; data: string; env: Readonly<Record<string, string>> },
): Promise<{ ends: number[]; faults: string[] }> => {
  const ends: number[] = []
  const faults: string[] = []
  for (const [wave, { parts }] of waves.entries()) {
    const up = wave === 2 ? await startServing(['up', '--data', data], env) : undefined
    const ran = await Promise.all(
      parts.map(async ({ lines }, part): Promise<Ran> => {
        const text = `${lines.join('\n')}\n`
        if (part % 2 === 1) return pulse(['append', '-', '--data', data], { env, stdin: text })
        const file = join(work, `wave${wave}-part${part}.ndjson`)
        await writeFile(file, text)
        return pulse(['append', file, '--data', data], { env })
      }),
    )
    await up?.end('SIGTERM')
    for (const [part, { code, out, notes }] of ran.entries()) {
      const { lines, broken } = parts[part] ?? { lines: [], broken: 0 }
      const report = out === '' ? {} : JSON.parse(out)
      const { rows, events, published, duplicates, conflicts, rejected } = report
      const right =
        code === (broken > 0 ? 1 : 0) &&
        rows === lines.length &&
        events === lines.length - broken &&
        published + duplicates + conflicts === events &&
        rejected.length === broken
      if (!right)
        faults.push(`wave ${wave}, part ${part}: exit ${code}, ${out.slice(0, 300)} ${notes}`)
    }
    await sleep(20)
    ends.push(Date.now())
    await sleep(20)
  }
  return { ends, faults }
}

/**
 * Appends a random world through the command line and compares figures with the independent
 * program: over HTTP, through the command line, in another time zone, and after a replay.
 */
export const proveHistories = async (options: HistoryOptions): Promise<HistoryProof> => {
  const { work, seed, timezone, monthStart } = options
  const data = join(work, 'store')
  const settings = (zone: string) => ({
    PULSE_TIMEZONE: zone,
    PULSE_MONTH_START: String(monthStart),
  })
  const world: DeliveredWorld = deliveredWorld({
    ...options,
    waves: 3,
    partsOfWave: 2,
  })
  const appended = await appendWaves(world.waves, { work, data, env: settings(timezone) })
  const faults = [...appended.faults]

  const events = receivedInWaves(
    world.waves,
    appended.ends.map((end) => end - 1),
  )
  const folded = new Map<string, RowsAt>()
  const rowsAt = (zone: string, receivedBy: number | undefined): RowsAt => {
    const key = `${zone} ${receivedBy}`
    const rows =
      folded.get(key) ??
      foldedAt(events, { timezone: zone, ...(receivedBy === undefined ? {} : { receivedBy }) })
    folded.set(key, rows)
    return rows
  }
  let compared = 0
  let telling = 0
  const check: Check = async (asker, ask, questions, zone) => {
    await inParallel(questions, 4, async ({ text, judged, wave }) => {
      const receivedBy = wave === undefined ? undefined : appended.ends[wave]
      const question = {
        ...text,
        ...(receivedBy === undefined ? {} : { receivedBy: new Date(receivedBy).toISOString() }),
      }
      const answer = await ask(question).catch((error: unknown) => ({ rows: [], error }))
      const expected = referenceFigure(rowsAt(zone, receivedBy), {
        ...judged,
        timezone: zone,
        monthStart,
      })
      const found =
        'error' in answer
          ? [String(answer.error)]
          : disagreements(comparable(answer.rows), comparable(expected))
      compared += 1
      if (expected.some(({ value }) => value !== null && value !== 0)) telling += 1
      if (found.length > 0)
        faults.push(
          `${asker}, ${zone}: ${figureArguments(question).join(' ')}: ${found.join('; ').slice(0, 600)}`,
        )
    })
  }
  const questionsFor = (zone: string, each: number, from: number): DrawnQuestion[] => {
    const instants = chosen([...world.instants, ...bulkInstants], seed)
    return metrics.flatMap((metric, index) =>
      fc.sample(drawnQuestion(metric, { timezone: zone, instants, waves: 3 }), {
        numRuns: each,
        seed: seed * 1000 + from + index,
      }),
    )
  }
  const questions = questionsFor(timezone, options.questions, 0)
  const few = questions.filter((_, index) => index % 3 === 0)
  const commands = questions.slice(0, options.byCommand)

  const up = await startServing(['up', '--data', data], settings(timezone))
  await check('http', askByHttp(up.url), questions, timezone)
  await check('command, served', askByCommand(['--data', data]), commands, timezone)
  const replayed = await pulse(['replay', '--data', data])
  if (replayed.code !== 0) faults.push(`replay: exit ${replayed.code}: ${replayed.notes}`)
  await check('http, replayed', askByHttp(up.url), few, timezone)
  await up.end('SIGTERM')
  await check('command', askByCommand(['--data', data], settings(timezone)), commands, timezone)

  const { otherTimezone } = options
  const other = await startServing(['up', '--data', data], settings(otherTimezone))
  const others = questionsFor(otherTimezone, options.questions, 500).filter(
    (_, index) => index % 3 === 0,
  )
  await check('http, other zone', askByHttp(other.url), others, otherTimezone)
  await other.end('SIGTERM')

  return {
    events: events.length,
    refused: world.waves.reduce(
      (sum, { parts }) => sum + parts.reduce((all, { broken }) => all + broken, 0),
      0,
    ),
    compared,
    telling,
    faults,
  }
}

const bulkInstants = [
  Date.UTC(2022, 10, 30, 23, 59, 59, 999),
  Date.UTC(2023, 4, 17, 3, 30, 7, 123),
  Date.UTC(2024, 1, 29, 10),
  Date.UTC(2024, 6, 31, 15, 59, 59, 999),
]

/** Some of the instants, other ones for another seed: each cut costs the plain program a whole fold. */
const chosen = (instants: readonly number[], seed: number): number[] => {
  const step = Math.max(1, Math.floor(instants.length / 8))
  return instants.filter((_, index) => index % step === seed % step)
}
