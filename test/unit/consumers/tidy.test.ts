import { describe, expect, it } from 'vitest'
import { createTidier } from '../../../consumers/projector/tidy.ts'
import { turn } from './held-fold.ts'

/** Folded tables with so many rows in the large part, and more beside it as they are folded. */
const tables = (large: number, kind: 'embedded' | 'server' = 'embedded', fails = false) => {
  const said: string[] = []
  const parts = { large, beside: 0, asked: 0 }
  return {
    said,
    parts,
    store: {
      kind,
      query: async <Row>() => {
        parts.asked++
        return [{ beside: parts.beside, large: parts.large }] as Row[]
      },
      maintain: async (sql: string) => {
        said.push(sql)
        if (fails) throw new Error('the disk is full')
        parts.beside = 0
      },
    },
  }
}

const both = ['OPTIMIZE TABLE matters FINAL', 'OPTIMIZE TABLE petitions FINAL']

describe('merging the folded tables', () => {
  it('begins when enough rows lie beside the large part, and not again before they do', async () => {
    const { store, said, parts } = tables(1_000_000)
    const tidier = createTidier(store)
    const fold = async (matters: number) => {
      parts.beside += matters
      tidier.folded(matters)
      tidier.start()
      tidier.start()
      await tidier.idle()
    }
    await fold(40_000)
    await fold(39_999)
    expect(said).toEqual([])
    await fold(20_001)
    expect(said).toEqual(both)
    await fold(40_000)
    expect(said).toEqual(both)
  })

  it('counts what was folded before it began', async () => {
    const { store, said, parts } = tables(1_000_000)
    parts.beside = 200_000
    const tidier = createTidier(store)
    tidier.folded(1)
    tidier.start()
    await tidier.idle()
    expect(said).toEqual(both)
  })

  it('does not ask again before much was folded', async () => {
    const { store, parts } = tables(1_000_000)
    const tidier = createTidier(store)
    for (let n = 0; n < 20; n++) {
      tidier.folded(1_000)
      tidier.start()
      await tidier.idle()
    }
    expect(parts.asked).toBe(1)
  })

  it('is not for few matters, nor for a server', async () => {
    const small = tables(10)
    const server = tables(10, 'server')
    small.parts.beside = 19_999
    server.parts.beside = 1_000_000
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
    const { store, said, parts } = tables(10, 'embedded', true)
    parts.beside = 20_000
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
