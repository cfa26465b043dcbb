import { describe, expect, it } from 'vitest'
import { explain } from '../../../cli/explain.ts'
import type { Io } from '../../../cli/io.ts'
import { showProgress } from '../../../cli/progress.ts'
import { renderCsv, renderReport } from '../../../cli/render-report.ts'
import { PulseError } from '../../../schemas/errors.ts'

const drawn: string[] = []
const io = (terminal: boolean): Io => ({
  out: () => undefined,
  note: () => undefined,
  draw: (text) => drawn.push(text),
  stdin: (async function* () {})(),
  env: {},
  terminal,
  onStop: () => () => undefined,
})

describe('progress', () => {
  it('is drawn on a terminal, with a bar where the whole is known', () => {
    drawn.length = 0
    const progress = showProgress(io(true), 'importing', 'rows')
    progress.at(50, 100)
    progress.end()
    expect(drawn[0]).toContain('[############............] 50%')
    expect(drawn.at(-1)).toBe('\r\u001b[K')
  })

  it('is silent elsewhere', () => {
    drawn.length = 0
    const progress = showProgress(io(false), 'importing', 'rows')
    progress.at(50, 100)
    progress.end()
    expect(drawn).toEqual([])
  })
})

describe('a report', () => {
  const report = {
    rows: 2,
    events: 1,
    rejected: [{ line: 2, field: 'time', reason: 'is missing' }],
  }

  it('is one line of JSON', () => {
    expect(renderReport(report, 'json')).toBe(`${JSON.stringify(report)}\n`)
  })

  it('is a table for people', () => {
    expect(renderReport(report, 'table')).toBe(
      'rows      2\nevents    1\nrejected  1\n  line 2  field time  reason is missing\n',
    )
  })

  it('is one record as CSV', () => {
    expect(renderReport(report, 'csv')).toBe('rows,events\r\n2,1\r\n')
  })

  it('keeps a cell from becoming a formula, and quotes what needs it', () => {
    expect(renderCsv([{ a: '=1+1', b: 'x,"y"', c: -1 }])).toBe('a,b,c\r\n\'=1+1,"x,""y""",-1\r\n')
    expect(renderCsv([], ['a', 'b'])).toBe('a,b\r\n')
  })
})

describe('an error', () => {
  it('of ours is one message', () => {
    expect(explain(new PulseError('USAGE', 'Mend it.', { cause: new Error('x') }), false)).toBe(
      'error: Mend it.',
    )
  })

  it('of ours shows its causes when asked to', () => {
    const error = new PulseError('STORE_REJECTED', 'No.', { cause: new Error('why') })
    expect(explain(error, true)).toContain('because: why')
  })

  it('that nobody foresaw has no stack unless asked for', () => {
    expect(explain(new TypeError('odd'), false)).toBe(
      'error: unexpected: odd\nSet DEBUG=1 to see where; please report it.',
    )
    expect(explain(new TypeError('odd'), true)).toContain('    at ')
  })
})
