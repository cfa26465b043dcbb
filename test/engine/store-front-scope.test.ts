import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import type { Store } from '../../schemas/store/port.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { scratchFront } from './scratch-front.ts'

const KEY = 'deadbeefcafe0123'
const directory = await mkdtemp(join(tmpdir(), 'pulse-scope-'))
let store: Store
beforeAll(async () => {
  store = await openEmbedded({ directory, readers: 1 })
  await migrate(store)
  await store.command(
    `INSERT INTO case_events (subject, petitioners, event) SELECT 'm', ['${KEY}'], '{"petitioners":["${KEY}"]}'`,
  )
  await store.command(`INSERT INTO matters (matter_id, present, version) SELECT 'm', 1, 1`)
})
const { ask } = scratchFront({ mode: 'read-only', directory, readable: ['matters', 'petitions'] })
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

describe('a front whose readers may read matters and petitions', () => {
  it.each([
    ['SELECT count() FROM matters FINAL WHERE present', '1\n'],
    ['SELECT matter_id FROM matters AS m LEFT JOIN petitions AS p USING matter_id', 'm\n'],
    ['WITH a AS (SELECT matter_id FROM matters) SELECT count() FROM a', '1\n'],
    ['SELECT count() FROM matters WHERE matter_id IN (SELECT matter_id FROM petitions)', '0\n'],
    ['SELECT sum(number) FROM numbers(4)', '6\n'],
    ['SELECT (SELECT count() FROM matters) + 1', '2\n'],
    [
      "SELECT name FROM system.columns WHERE database = 'pulse' AND table = 'matters' LIMIT 1",
      'matter_id\n',
    ],
    ['SELECT 1 UNION ALL SELECT count() FROM matters', '1\n1\n'],
    ["SELECT '岳麓' AS case_event, matter_id FROM matters FORMAT CSV", '"岳麓","m"\n'],
    ["SELECT 'case_events'", 'case_events\n'],
  ])('answers %s', async (sql, text) => {
    expect(await ask('', sql)).toMatchObject({ status: 200, text })
  })

  it.each([
    'SELECT petitioners FROM case_events',
    'SELECT petitioners FROM pulse.case_events',
    'SELECT petitioners FROM `case_events`',
    'SELECT petitioners FROM "case_events"',
    'SELECT petitioners FROM case_events FORMAT JSON',
    'SELECT count() FROM matters WHERE matter_id IN case_events',
    'SELECT count() FROM matters WHERE matter_id IN (SELECT subject FROM case_events)',
    'SELECT (SELECT any(petitioners) FROM case_events), matter_id FROM matters',
    'SELECT (SELECT toUInt8(any(petitioners[1])) FROM case_events)',
    'WITH a AS (SELECT petitioners FROM case_events) SELECT * FROM a',
    'SELECT 1 UNION ALL SELECT length(petitioners) FROM case_events',
    'SELECT x FROM matters ARRAY JOIN (SELECT groupArray(event) FROM case_events) AS x',
    "SELECT * FROM merge('pulse', '^case')",
    "SELECT * FROM merge('^case')",
    "SELECT * FROM numbers(1), merge('pulse', '^case')",
    "SELECT (SELECT toUInt8(any(petitioners[1])) FROM numbers(1), merge('pulse', '^case'))",
    "SELECT (SELECT groupArray(x) FROM merge('pulse', '^case'))",
    'SELECT * FROM loop(pulse.case_events) LIMIT 1',
    "SELECT * FROM mergeTreeIndex('pulse', 'case_events')",
    "SELECT * FROM remote('127.0.0.1', 'pulse', 'case_events')",
    "SELECT * FROM cluster('default', 'pulse', 'case_events')",
    'SELECT * FROM view(SELECT petitioners FROM case_events)',
    'SELECT * FROM (EXPLAIN SELECT petitioners FROM case_events)',
    'EXPLAIN QUERY TREE SELECT (SELECT any(petitioners[1]) FROM case_events)',
    'EXPLAIN SYNTAX SELECT (SELECT any(petitioners[1]) FROM case_events)',
    'EXPLAIN SELECT matter_id FROM matters',
    'DESCRIBE (SELECT (SELECT any(petitioners[1]) FROM case_events))',
    'SHOW PROCESSLIST',
    'SELECT query FROM system.processes',
    'SELECT * FROM system.parts',
    'SELECT * FROM dead_letters',
    'SELECT * FROM marks',
    'SELECT * FROM folded',
    'SELECT (SELECT groupArray(matter_id) FROM matters)',
  ])('refuses %s, and says nothing of what it holds', async (sql) => {
    const { status, text } = await ask('', sql)
    expect(status).not.toBe(200)
    expect(text).not.toContain(KEY)
    expect(text).toMatch(
      /Not enough privileges|Cannot execute query in readonly mode|UNKNOWN_TABLE|CLUSTER_DOESNT_EXIST/,
    )
  })

  it('refuses a name given as a value', async () => {
    for (const name of ['case_events', 'pulse.case_events', '`case_events`']) {
      const { status, text } = await ask({ param_t: name, query: 'SELECT * FROM {t:Identifier}' })
      expect(status).not.toBe(200)
      expect(text).not.toContain(KEY)
    }
    expect(
      await ask({ param_t: 'matters', query: 'SELECT matter_id FROM {t:Identifier}' }),
    ).toMatchObject({ status: 200, text: 'm\n' })
  })

  it('says what is wrong with a statement as the engine does', async () => {
    const { text } = await ask('', 'SELECT nothing_of_the_kind FROM matters')
    expect(text).toContain('UNKNOWN_IDENTIFIER')
    expect(text).not.toContain('EXPLAIN QUERY TREE')
  })
})
