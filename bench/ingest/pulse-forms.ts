import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { runPulse } from '../pulse-process.ts'
import { HISTORY } from './city-events.ts'
import {
  type AskRows,
  differing,
  nameOf,
  probe,
  SHEET_AS_OF,
  type SheetQuestion,
  sheetOf,
  TIMEZONE,
} from './figure-sheet.ts'
import { allCommitted } from './group-progress.ts'
import { type MeasuredProcess, startCommand } from './measured-process.ts'
import { type Form, limitMs, measure } from './measuring.ts'
import { type Prepared, TOPIC } from './prepare.ts'

const PROBE_MS = 100

const asked = ({ metric, by }: SheetQuestion) => ({
  metric,
  ...HISTORY,
  asOf: new Date(SHEET_AS_OF).toISOString(),
  ...(by.length === 0 ? {} : { by: by.join(',') }),
})

const askOverHttp =
  (url: string): AskRows =>
  async (question) => {
    const { metric, ...query } = asked(question)
    const address = new URL(`/api/v1/figures/${metric}?${new URLSearchParams(query)}`, url)
    const response = await fetch(address)
    const body = (await response.json()) as { rows?: readonly object[] }
    if (body.rows === undefined) throw new Error(`${address}: ${JSON.stringify(body)}`)
    return body.rows
  }

const askByCommand =
  (env: Readonly<Record<string, string>>): AskRows =>
  async (question) => {
    const { metric, from, to, asOf, by } = asked(question)
    const options = ['--from', from, '--to', to, '--as-of', asOf, '--format', 'json']
    const ran = await runPulse(
      ['figure', metric, ...options, ...(by === undefined ? [] : ['--by', by])],
      env,
    )
    return (JSON.parse(ran.out) as { rows: readonly object[] }).rows
  }

/** Resolves when a figure counts the last event of the log. */
const untilRight = async (
  prepared: Prepared,
  groupId: string,
  processes: readonly MeasuredProcess[],
  ask: AskRows,
): Promise<void> => {
  const stillGoing = () => {
    for (const process of processes) process.stillGoing()
  }
  const limit = limitMs(prepared.events)
  const { brokers } = prepared.broker
  await allCommitted({ brokers, topic: TOPIC, groupId, limitMs: limit, stillGoing })
  const expected = prepared.expected[nameOf(probe)]
  for (const until = Date.now() + limit; ; await sleep(PROBE_MS)) {
    stillGoing()
    const actual = JSON.stringify(await ask(probe))
    if (actual === expected) return
    if (Date.now() > until)
      throw new Error(`${nameOf(probe)} is ${actual} instead of ${expected} with all committed`)
  }
}

const checkSheet = async (prepared: Prepared, ask: AskRows): Promise<void> => {
  const wrong = differing(await sheetOf(ask), prepared.expected)
  if (wrong.length > 0) throw new Error(`wrong in the end: ${wrong.join(', ')}`)
}

const settingsFor = ({ broker }: Prepared, groupId: string) => ({
  PULSE_TIMEZONE: TIMEZONE,
  KAFKA_BROKERS: broker.brokers.join(','),
  KAFKA_GROUP_ID: groupId,
})

export const together: Form = {
  name: 'up',
  what: '(a) pulse up on Kafka: checks, dead letters, fold, until figures are right',
  run: (prepared, directory) =>
    measure(async () => {
      const groupId = `up-${randomUUID()}`
      const args = ['up', '--data', directory, '--port', '0']
      const up = startCommand(args, settingsFor(prepared, groupId))
      const [, url = ''] = await up.said(/ is up at (http:\S+?)\/ /)
      const ask = askOverHttp(url)
      return {
        processes: [up],
        done: () => untilRight(prepared, groupId, [up], ask),
        check: () => checkSheet(prepared, ask),
      }
    }),
}

export const apart: Form = {
  name: 'consume',
  what: '(a′) pulse consume, and pulse store over HTTP with the unmodified client: the same',
  run: (prepared, directory) =>
    measure(async () => {
      const groupId = `consume-${randomUUID()}`
      const settings = settingsFor(prepared, groupId)
      const store = startCommand(['store', '--data', directory, '--port', '0'], {})
      const [, url = ''] = await store.said(/ is up at (http:\S+?)\/ /)
      const env = { ...settings, CLICKHOUSE_URL: url }
      await runPulse(['migrate'], env)
      const consumer = startCommand(['consume', '--port', '0'], env)
      const ask = askByCommand(env)
      return {
        processes: [store, consumer],
        done: () => untilRight(prepared, groupId, [store, consumer], ask),
        check: () => checkSheet(prepared, ask),
      }
    }),
}
