import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import { askFigure } from '../../dashboards/figures/ask.ts'
import { readQuestion } from '../../dashboards/figures/question.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { receivedEvents } from '../reference/histories.ts'
import { goldenWorlds } from '../unit/golden/golden-worlds.ts'

const timezone = 'Asia/Shanghai'

let directory = ''
let store: Store
let pulse: Pulse
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-golden-'))
  store = await openEmbedded({ directory })
  pulse = await openPulse({ store, timezone, rests: false })
  const events = receivedEvents(
    goldenWorlds.flatMap(({ events: all }) =>
      all.map((wire) => ({ wire, receivedTime: Date.now() })),
    ),
  )
  // neither in the order they happened nor matter by matter: every seventh, from seven beginnings
  const shuffled = [0, 1, 2, 3, 4, 5, 6].flatMap((start) =>
    events.filter((_, index) => index % 7 === 6 - start),
  )
  for (let from = 0; from < shuffled.length; from += 9_000)
    await pulse.log.publish(shuffled.slice(from, from + 9_000))
}, 60_000)
afterAll(async () => {
  await pulse.close()
  await rm(directory, { recursive: true, force: true })
})

it.each(
  goldenWorlds.flatMap(({ id, questions }) =>
    questions.map((golden) => [id, golden.question.metric, golden] as const),
  ),
)('%s, told as events, is counted as printed: %s', async (_, __, golden) => {
  const { question, monthStart = 1, rows } = golden
  const answer = await askFigure(
    {
      store,
      relationsAt: pulse.relationsAt,
      watermark: pulse.watermark,
      now: Date.now,
      settings: { timezone, monthStart, collectiveThreshold: 5 },
    },
    readQuestion(question, timezone),
  )
  expect(answer.rows).toHaveLength(rows.length)
  for (const [index, row] of rows.entries()) expect(answer.rows[index]).toMatchObject(row)
})
