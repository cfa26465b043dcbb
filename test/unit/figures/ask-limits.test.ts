import { describe, expect, it } from 'vitest'
import { askFigure, type FigureDeps } from '../../../dashboards/figures/ask.ts'

const unasked: FigureDeps = {
  store: { query: () => Promise.reject(new Error('the store was asked')) },
  relationsAt: () => Promise.reject(new Error('the store was asked')),
  watermark: () => Date.UTC(2025, 0, 20),
  now: () => Date.UTC(2025, 0, 21),
  settings: { timezone: 'Asia/Shanghai', monthStart: 1, collectiveThreshold: 5 },
}
const question = { metric: 'petitions', from: '2024-01-01', to: '2025-01-01' }

describe('before the store is asked', () => {
  it('refuses a receivedBy after the watermark, naming it', async () => {
    await expect(
      askFigure(unasked, { ...question, receivedBy: Date.UTC(2025, 0, 20) + 1 }),
    ).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('2025-01-20T08:00:00+08:00'),
    })
  })

  it('refuses more rows than anybody reads, saying how to narrow it', async () => {
    await expect(
      askFigure(unasked, { ...question, from: '1900-01-01', to: '2300-01-01', by: ['day'] }),
    ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('--where') })
  })
})
