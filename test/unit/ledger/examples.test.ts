import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { loadMapping } from '../../../producers/ledger/load-mapping.ts'
import { importFile } from './support.ts'

const imported = async (name: string) =>
  importFile(`examples/ledger/${name}.csv`, await readFile(`examples/ledger/${name}.yaml`, 'utf8'))

it('imports the ledger with one row a matter', async () => {
  const { events, rejected } = await imported('office')
  expect(rejected).toEqual([])
  expect(events.map(({ subject, type }) => `${subject} ${type}`)).toEqual([
    'X2024-0001 petition.registered.v1',
    'X2024-0001 matter.accepted.v1',
    'X2024-0001 matter.closed.v1',
    'X2024-0002 petition.registered.v1',
    'X2024-0002 matter.accepted.v1',
    'X2024-0003 petition.registered.v1',
    'X2024-0003 matter.declined.v1',
  ])
  expect(events[3]?.data).toMatchObject({
    channel: 'visit',
    people: 12,
    category: '城乡建设/征地拆迁',
  })
  expect(JSON.stringify(events)).not.toContain('EXAMPLE-0')
})

it('imports the ledger with one row a step, registering each case once', async () => {
  const { events, rejected, counts } = await imported('steps')
  expect(rejected).toEqual([])
  expect(events.map(({ subject, type }) => `${subject} ${type}`)).toEqual([
    'S-1 petition.registered.v1',
    'S-1 matter.forwarded.v1',
    'S-1 matter.accepted.v1',
    'S-1 matter.closed.v1',
    'S-2 petition.registered.v1',
    'S-2 matter.accepted.v1',
  ])
  expect(counts).toMatchObject({ rows: 4, events: 8, duplicates: 2 })
})

it('has a mapping for the Baltimore 311 ledger that loads', async () => {
  const path = 'examples/ledger/baltimore311.yaml'
  const mapping = loadMapping(await readFile(path, 'utf8'), path)
  expect(mapping.events.map(({ type }) => type)).toEqual([
    'petition.registered.v1',
    'matter.accepted.v1',
    'matter.accepted.v1',
    'matter.closed.v1',
  ])
})
