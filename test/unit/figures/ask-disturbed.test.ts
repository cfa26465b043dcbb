import { describe, expect, it } from 'vitest'
import { askFigure } from '../../../dashboards/figures/ask.ts'
import { PulseError } from '../../../schemas/errors.ts'

/** A store whose tables hold one more row at every reading; `held` says what is told after each. */
const growing = (held: readonly boolean[]) => {
  const asked: boolean[] = []
  let readings = 0
  return {
    asked,
    deps: {
      store: { query: async <Row>() => [{ slice: 0, numerator: ++readings }] as Row[] },
      relationsAt: async (_cut: unknown, moving: boolean) => {
        asked.push(moving)
        return { matters: 'm', petitions: 'p', held: async () => held[asked.length - 1] ?? false }
      },
      watermark: () => Date.UTC(2025, 0, 20) + readings,
      now: () => Date.UTC(2025, 0, 21),
      settings: { timezone: 'UTC', monthStart: 1, collectiveThreshold: 5 },
    },
  }
}

const value = async (deps: ReturnType<typeof growing>['deps']) =>
  // the slice is found by its first instant
  (await askFigure(deps, { metric: 'petitions', from: '1970-01-01', to: '2025-01-01' })).rows[0]?.[
    'value'
  ]

describe('a figure read while rows are folded', () => {
  it('is the first reading where nothing was folded meanwhile', async () => {
    const { deps, asked } = growing([true])
    expect(await value(deps)).toBe(1)
    expect(asked).toEqual([false])
  })

  it('is read again where something was, and only the last reading counts', async () => {
    const { deps, asked } = growing([false, true])
    expect(await value(deps)).toBe(2)
    expect(asked).toEqual([false, false])
  })

  it('is read again by the watermark of then, and says so, unless a moment was asked for', async () => {
    const question = { metric: 'petitions', from: '1970-01-01', to: '2025-01-01' }
    const fresh = await askFigure(growing([false, true]).deps, question)
    expect(fresh.receivedBy).toContain('00:00:00.001')
    const receivedBy = Date.UTC(2025, 0, 20)
    const fixed = await askFigure(growing([false, true]).deps, { ...question, receivedBy })
    expect(Date.parse(fixed.receivedBy)).toBe(receivedBy)
  })

  it('is read again where the reading itself fails for it, and fails for any other reason', async () => {
    const failing = (type: string) => {
      const { deps, asked } = growing([true, true])
      const { query } = deps.store
      let first = true
      const store = {
        query: async <Row>(): Promise<Row[]> => {
          if (!first) return query<Row>()
          first = false
          throw new PulseError('STORE_REJECTED', 'no', { details: { type } })
        },
      }
      return { asked, deps: { ...deps, store } }
    }
    const moved = failing('FUNCTION_THROW_IF_VALUE_IS_NON_ZERO')
    expect(await value(moved.deps)).toBe(1)
    expect(moved.asked).toEqual([false, false])
    await expect(value(failing('UNKNOWN_IDENTIFIER').deps)).rejects.toThrow('no')
  })

  it('is at last read in the way that nothing disturbs', async () => {
    const { deps, asked } = growing([])
    expect(await value(deps)).toBe(4)
    expect(asked).toEqual([false, false, false, true])
  })
})
