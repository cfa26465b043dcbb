import { describe, expect, it } from 'vitest'
import {
  checkQuestion,
  type FigureQuestion,
  parseInstant,
  readQuestion,
} from '../../../dashboards/figures/question.ts'
import { parseWhere } from '../../../dashboards/figures/where-text.ts'
import { zoneOf } from '../../../schemas/periods/zone.ts'

describe('--where', () => {
  it.each([
    ['region=4301', [{ key: 'region', values: ['4301'] }]],
    ['channel=visit|call', [{ key: 'channel', values: ['visit', 'call'] }]],
    [
      'region = 4301 , channel=visit | call',
      [
        { key: 'region', values: ['4301'] },
        { key: 'channel', values: ['visit', 'call'] },
      ],
    ],
    ['category="a,b|c=d"|"say ""hi"""', [{ key: 'category', values: ['a,b|c=d', 'say "hi"'] }]],
    ['region=', [{ key: 'region', values: [''] }]],
    ['region=|4301', [{ key: 'region', values: ['', '4301'] }]],
    ['category=" 土地 "', [{ key: 'category', values: [' 土地 '] }]],
  ])('%s', (text, expected) => {
    expect(parseWhere(text)).toEqual(expected)
  })

  it.each(['', 'region', '=4301', 'region=4301,', 'category="a', 'a=b=c', 'a="b"c', 'a|b=c'])(
    'refuses "%s" with the right way to write it',
    (text) => {
      expect(() => parseWhere(text)).toThrow(/Write key=value/)
    },
  )
})

describe('an instant', () => {
  const zone = zoneOf('Asia/Shanghai')
  it('given as a date is the end of that local day', () => {
    expect(parseInstant('2025-01-20', '--as-of', zone)).toBe(
      Date.parse('2025-01-20T23:59:59.999+08:00'),
    )
  })
  it('is read with its own offset; a plus that became a space in a query string is a plus', () => {
    const instant = Date.parse('2025-01-20T10:00:00+05:30')
    expect(parseInstant('2025-01-20T10:00:00+05:30', '--as-of', zone)).toBe(instant)
    expect(parseInstant('2025-01-20T10:00:00 05:30', '--as-of', zone)).toBe(instant)
  })
  it.each(['2025-01-20T10:00:00', 'yesterday', '', '2025-13-01T00:00:00Z'])(
    'refuses "%s"',
    (text) => {
      expect(() => parseInstant(text, '--as-of', zone)).toThrow(/^--as-of must be/)
    },
  )
})

describe('a question', () => {
  const ask = (given: Partial<FigureQuestion>) => () =>
    checkQuestion({ metric: 'petitions', from: '2024-01-01', to: '2025-01-01', ...given })

  it('is read from texts', () => {
    expect(
      readQuestion(
        {
          metric: 'petitions',
          from: '2024-01-01',
          to: '2025-01-01',
          by: 'month, region@2',
          where: ['region=4301', 'channel=visit|call'],
          compare: 'yoy,mom',
          asOf: '2025-01-20',
        },
        'UTC',
      ),
    ).toEqual({
      metric: 'petitions',
      from: '2024-01-01',
      to: '2025-01-01',
      by: ['month', 'region@2'],
      where: [
        { key: 'region', values: ['4301'] },
        { key: 'channel', values: ['visit', 'call'] },
      ],
      compare: ['yoy', 'mom'],
      asOf: Date.parse('2025-01-20T23:59:59.999Z'),
    })
  })

  it('needs its period', () => {
    expect(() => readQuestion({ metric: 'petitions', from: '2024-01-01' }, 'UTC')).toThrow(
      /needs its period/,
    )
  })

  it.each([
    [{ metric: 'petition' }, 'NOT_FOUND', 'Did you mean "petitions"'],
    [{ metric: 'constructor' }, 'NOT_FOUND', 'There is no metric "constructor"'],
    [{ by: ['regoin'] }, 'USAGE', 'Did you mean "region"'],
    [{ by: ['outcome'] }, 'USAGE', 'petitions has no dimension "outcome"'],
    [{ by: ['toString'] }, 'USAGE', 'no dimension "toString"'],
    [{ by: ['region@5'] }, 'USAGE', 'region@2'],
    [{ by: ['region@0'] }, 'USAGE', 'region@2'],
    [{ by: ['category@0'] }, 'USAGE', 'category@1'],
    [{ by: ['months'] }, 'USAGE', 'Time keys are day, week, month, quarter, half, year'],
    [{ by: ['month', 'year'] }, 'USAGE', 'month and year'],
    [{ by: ['region', 'region'] }, 'USAGE', '"region" twice'],
    [{ where: [{ key: 'route', values: ['petition'] }] }, 'USAGE', 'no dimension "route"'],
    [{ where: [{ key: 'month', values: ['2024-01'] }] }, 'USAGE', '--from and --to'],
    [{ metric: 'closure_rate', compare: ['share'] }, 'USAGE', 'it is for counts'],
    [{ compare: ['decade'] }, 'USAGE', '--compare takes yoy, mom, ytd, lunar, share'],
    [{ from: '2024-02-30' }, 'USAGE', '--from 2024-02-30'],
    [{ to: '2024-01-01' }, 'USAGE', 'must lie after --from'],
  ] as const)('%j is refused', (given, code, message) => {
    const asking = ask(given as Partial<FigureQuestion>)
    expect(asking).toThrow(message)
    expect(asking).toThrow(expect.objectContaining({ code }))
  })
})
