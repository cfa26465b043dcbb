import { describe, expect, it } from 'vitest'
import type { FigureAnswer } from '../../../dashboards/figures/answer.ts'
import { byCodePoint } from '../../../dashboards/figures/answer.ts'
import { displayWidth } from '../../../dashboards/figures/display-width.ts'
import { renderFigure } from '../../../dashboards/figures/render.ts'

const answer = (given: Partial<FigureAnswer>): FigureAnswer => ({
  metric: 'closure_rate',
  unit: '件',
  basis: 'R',
  from: '2024-01-01',
  to: '2025-01-01',
  asOf: '2025-01-20T00:00:00+08:00',
  receivedBy: '2025-01-20T00:00:00+08:00',
  rows: [
    {
      month: '2024-01',
      category: '土地',
      numerator: 1384,
      denominator: 1413,
      value: 1384 / 1413,
      yoy: { numerator: 1, denominator: 8, value: 0.125, change: -0.125, unit: 'pp' },
    },
    {
      month: '2024-02',
      category: '=1+1,"x"',
      numerator: 0,
      denominator: 0,
      value: null,
      yoy: { numerator: 0, denominator: 0, value: null, change: null, unit: 'pp' },
    },
  ],
  ...given,
})

describe('a figure as text', () => {
  it('is the answer itself as JSON', () => {
    expect(JSON.parse(renderFigure(answer({}), 'json'))).toEqual(answer({}))
  })

  it('lines up Chinese in a table', () => {
    expect(renderFigure(answer({}), 'table', 'zh')).toMatchInlineSnapshot(`
      "办结率 (closure_rate, 件, R)
      2024-01-01 至 2025-01-01（不含），统计时点 2025-01-20T00:00:00+08:00，接收截至 2025-01-20T00:00:00+08:00

      月       类别      分子  分母    数值  上年同期          同比
      -------  --------  ----  ----  ------  --------  ------------
      2024-01  土地      1384  1413  97.95%    12.50%  -0.13pp 下降
      2024-02  =1+1,"x"     0     0       —         —             —
      "
    `)
    const lines = renderFigure(answer({}), 'table', 'zh').trimEnd().split('\n').slice(3)
    expect(new Set(lines.map(displayWidth)).size).toBe(1)
  })

  it('quotes CSV by RFC 4180 and keeps a spreadsheet from running a text', () => {
    expect(renderFigure(answer({}), 'csv')).toBe(
      [
        'month,category,numerator,denominator,value,yoy,yoy_change_pp',
        '2024-01,土地,1384,1413,97.95%,12.50%,-0.13',
        '2024-02,"\'=1+1,""x""",0,0,—,—,—',
        '',
      ].join('\r\n'),
    )
  })

  it('shows days with two decimals in a table, six in CSV, halves up', () => {
    const days = answer({
      metric: 'median_days_to_close',
      unit: 'days',
      basis: 'E',
      rows: [{ value: 1.005, excluded: 3, mom: { value: 2, change: 12.345, unit: '%' } }],
    })
    expect(renderFigure(days, 'table').split('\n').at(-2)).toBe(' 1.01         3  2.00     +12.35%')
    expect(renderFigure(days, 'csv').split('\r\n')[1]).toBe('1.005000,3,2.000000,12.35')
  })

  it('says so where there is nothing', () => {
    expect(renderFigure(answer({ rows: [] }), 'table')).toContain('nothing in this period')
    expect(renderFigure(answer({ rows: [] }), 'csv')).toBe('numerator,denominator,value\r\n')
  })
})

describe('the order of rows', () => {
  it('is that of code points, as in UTF-8', () => {
    const words = ['a', '\u{10000}', '\uffff', '', '土', 'ab']
    const bytes = (text: string) => Buffer.from(text, 'utf8')
    expect([...words].sort(byCodePoint)).toEqual(
      [...words].sort((a, b) => Buffer.compare(bytes(a), bytes(b))),
    )
  })
})
