import { describe, expect, it } from 'vitest'
import { createMergeRest } from '../../../../consumers/log/merge-rest.ts'
import { turn } from '../held-fold.ts'

const told = (kind: 'embedded' | 'server' = 'embedded', fails = false) => {
  const said: string[] = []
  const maintain = async (sql: string) => {
    said.push(sql)
    if (fails) throw new Error('the store is closed')
  }
  return { said, store: { kind, maintain } }
}

const stop = ['SYSTEM STOP MERGES case_events', 'SYSTEM STOP MERGES log_positions']
const start = ['SYSTEM START MERGES case_events', 'SYSTEM START MERGES log_positions']

describe('merging of the raw tables', () => {
  it('rests from when it is told until it is told otherwise', async () => {
    const { said, store } = told()
    const rest = createMergeRest(store)
    rest.end()
    rest.begin()
    rest.begin()
    await turn()
    expect(said).toEqual(stop)
    rest.end()
    rest.end()
    await turn()
    expect(said).toEqual([...stop, ...start])
  })

  it('goes on after so many batches, and rests again the next time', async () => {
    const { said, store } = told()
    const rest = createMergeRest(store, 2)
    rest.stored()
    rest.begin()
    rest.stored()
    await turn()
    expect(said).toEqual(stop)
    rest.stored()
    rest.stored()
    await turn()
    expect(said).toEqual([...stop, ...start])
    rest.end()
    rest.begin()
    await turn()
    expect(said).toEqual([...stop, ...start, ...stop])
  })

  it('of a server is left to it', async () => {
    const { said, store } = told('server')
    createMergeRest(store).begin()
    await turn()
    expect(said).toEqual([])
  })

  it('may fail to be told: that costs speed, nothing else', async () => {
    const { said, store } = told('embedded', true)
    const rest = createMergeRest(store)
    rest.begin()
    rest.end()
    await turn()
    expect(said).toHaveLength(4)
  })
})
