import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askFigure } from '../../dashboards/figures/ask.ts'
import type { Change } from '../../dashboards/figures/change.ts'
import { formatHalfUp, fractionOf } from '../../dashboards/figures/exact.ts'
import { readQuestion } from '../../dashboards/figures/question.ts'
import type { Relations } from '../../schemas/fold/source.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { referenceFold } from '../reference/fold.ts'
import { receivedEvents } from '../reference/histories.ts'
import { goldenWorlds } from '../unit/golden/golden-worlds.ts'
import { createFolded } from './figures-rows.ts'

const timezone = 'Asia/Shanghai'
const now = Date.UTC(2026, 0, 1)

let directory = ''
let store: Store
let relations: Relations
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'figures-'))
  store = await openEmbedded({ directory })
  const sent = goldenWorlds.flatMap(({ events }) =>
    events.map((wire) => ({ wire, receivedTime: now })),
  )
  relations = await createFolded(store, '', referenceFold(receivedEvents(sent), { timezone }))
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const printed = (change: number | null, decimals: number): string => {
  const { numerator, denominator } = fractionOf(change ?? Number.NaN)
  return formatHalfUp(numerator, denominator, decimals)
}

it.each(
  goldenWorlds.flatMap(({ id, questions }) =>
    questions.map((golden) => [id, golden.question.metric, golden] as const),
  ),
)('%s: %s', async (_, __, { question, monthStart = 1, rows, printedChange }) => {
  const answer = await askFigure(
    {
      store,
      relationsAt: async () => relations,
      watermark: () => now,
      now: () => now,
      settings: { timezone, monthStart, collectiveThreshold: 5 },
    },
    readQuestion(question, timezone),
  )
  expect(answer.rows).toHaveLength(rows.length)
  for (const [index, row] of rows.entries()) expect(answer.rows[index]).toMatchObject(row)
  if (printedChange !== undefined) {
    const yoy = answer.rows[0]?.['yoy'] as Change | undefined
    const decimals = [2, 1, 0].slice(0, printedChange.length)
    expect(decimals.map((n) => printed(yoy?.change ?? null, n))).toEqual(printedChange)
  }
})
