import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPulse, type Pulse } from '../../consumers/open.ts'
import { parseEvent } from '../../schemas/events/parse.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { codeBlocks, markdownFiles, read } from '../unit/repo/repo-files.ts'

const queries = markdownFiles.flatMap((page) =>
  codeBlocks(read(page), 'sql').map((sql) => ({ page, sql })),
)

const said = (type: string, id: string, time: string, data: object) => {
  const parsed = parseEvent(
    {
      specversion: '1.0',
      id,
      source: '/offices/430100',
      subject: 'X2024-0001',
      type,
      time,
      recordedtime: time,
      data,
    },
    { receivedTime: 'refused' },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return { ...parsed.event, receivedTime: Date.UTC(2024, 5, 1) }
}

describe('queries the documentation shows', () => {
  let directory: string
  let store: Store
  let pulse: Pulse
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pulse-docs-'))
    store = await openEmbedded({ directory })
    pulse = await openPulse({ store, timezone: 'Asia/Shanghai', rests: false })
    await pulse.log.publish([
      said('petition.registered.v1', 'e1', '2024-01-05T09:30:00+08:00', {
        petitionId: 'P1',
        channel: 'letter',
        region: '430102',
        category: '劳动和社会保障/工资福利',
      }),
      said('matter.accepted.v1', 'e2', '2024-01-08T00:00:00+08:00', {
        org: '人力资源和社会保障局',
      }),
      said('matter.closed.v1', 'e3', '2024-02-20T16:00:00+08:00', { outcome: 'supported' }),
    ])
  })
  afterAll(async () => {
    await pulse.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('are there for every table that can be read', () => {
    expect(queries.length).toBeGreaterThanOrEqual(7)
  })

  it.each(queries)('run as they stand in $page', async ({ sql }) => {
    expect(await store.query(sql)).toBeInstanceOf(Array)
  })

  it('give the life of the matter, its closing and its channel', async () => {
    const asked = (page: string, index: number) =>
      store.query(codeBlocks(read(`docs/tables/${page}.md`), 'sql')[index] ?? '')
    expect(await asked('case_events', 0)).toHaveLength(3)
    expect(await asked('matters', 0)).toEqual([
      { org: '人力资源和社会保障局', on_time: 1, closed: 1 },
    ])
    expect(await asked('petitions', 0)).toEqual([{ channel: 'letter', petitions: 1, repeats: 0 }])
  })
})
