import { describe, expect, it } from 'vitest'
import { createTidier } from '../../../consumers/projector/tidy.ts'
import { turn } from './held-fold.ts'

const tables = (rows: number, kind: 'embedded' | 'server' = 'embedded', fails = false) => {
  const said: string[] = []
  return {
    said,
    store: {
      kind,
      query: async <Row>() => [{ n: rows }] as Row[],
      maintain: async (sql: string) => {
        said.push(sql)
        if (fails) throw new Error('the disk is full')
      },
    },
  }
}

const both = ['OPTIMIZE TABLE matters FINAL', 'OPTIMIZE TABLE petitions FINAL']

describe('merging the folded tables', () => {
  it('begins when a quarter was replaced, and not again before another is', async () => {
    const { store, said } = tables(200_000)
    const tidier = createTidier(store)
    tidier.folded(49_999)
    tidier.start()
    await tidier.idle()
    expect(said).toEqual([])
    tidier.folded(1)
    tidier.start()
    tidier.start()
    await tidier.idle()
    expect(said).toEqual(both)
    tidier.start()
    await tidier.idle()
    expect(said).toEqual(both)
  })

  it('is not for few matters, nor for a server', async () => {
    const small = tables(10)
    const server = tables(10, 'server')
    for (const [{ store }, matters] of [
      [small, 19_999],
      [server, 1_000_000],
    ] as const) {
      const tidier = createTidier(store)
      tidier.folded(matters)
      tidier.start()
      await tidier.idle()
    }
    expect([...small.said, ...server.said]).toEqual([])
  })

  it('that fails is told and stops nothing', async () => {
    const { store, said } = tables(10, 'embedded', true)
    const told: unknown[] = []
    const tidier = createTidier(store, (error) => told.push(error))
    tidier.folded(20_000)
    tidier.start()
    await tidier.idle()
    await turn()
    expect(said).toHaveLength(1)
    expect(String(told[0])).toContain('the disk is full')
  })
})
