import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { movedByLocalDays } from '../../schemas/fold/local-days.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { sqlString } from '../../schemas/store/sql-text.ts'
import { addLocalDays } from '../reference/local-time.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const HOUR = 3_600_000
const DAYS = [0, 1, 30, 60, 255]

/** A zone and a moment at which its clock changes. */
const changes: readonly (readonly [string, number])[] = [
  ['Asia/Shanghai', Date.UTC(1991, 3, 13, 18)],
  ['America/New_York', Date.UTC(2024, 2, 10, 7)],
  ['America/New_York', Date.UTC(2024, 10, 3, 6)],
  // the day begins at one o'clock; half an hour; a whole day is left out
  ['America/Sao_Paulo', Date.UTC(2018, 10, 4, 3)],
  ['Australia/Lord_Howe', Date.UTC(2024, 3, 6, 15)],
  ['Pacific/Apia', Date.UTC(2011, 11, 30, 10)],
]

describe('instants moved by local days', () => {
  const directory = temporaryDirectory('local-days')
  let store: Store
  beforeAll(async () => {
    store = await openEmbedded({ directory: directory.path() })
  })
  afterAll(() => store.close())

  it.each(changes)('in %s keep the time of the clock where it changes', async (zone, change) => {
    const instants = DAYS.flatMap((days) =>
      Array.from({ length: 56 }, (_, n) => change - days * 24 * HOUR + (n - 28) * HOUR - 1),
    )
    const moved = movedByLocalDays(
      "fromUnixTimestamp64Milli(at, 'UTC')",
      `arrayMap(d -> (d, d), [${DAYS.join(', ')}]::Array(UInt8))`,
      zone,
    )
    const rows = await store.query<{ at: number; moved: number[] }>(
      `SELECT at, arrayMap(x -> toUnixTimestamp64Milli(x.2), ${moved}) AS moved
       FROM (SELECT arrayJoin(JSONExtract(${sqlString(JSON.stringify(instants))}, 'Array(Int64)')) AS at)`,
    )
    expect(rows.length).toBe(instants.length)
    for (const { at, moved: found } of rows)
      expect([at, ...found]).toEqual([at, ...DAYS.map((days) => addLocalDays(at, days, zone))])
  })
})
