import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvParser } from '../../../producers/ledger/csv-parser.ts'

const read = (text: string, delimiter = ',', pieces = 1) => {
  const parser = csvParser(delimiter)
  const size = Math.max(1, Math.ceil(text.length / pieces))
  const records = []
  for (let at = 0; at < text.length; at += size)
    records.push(...parser.push(text.slice(at, at + size)))
  return [...records, ...parser.end()]
}

const cells = (text: string, delimiter?: string) => read(text, delimiter).map((row) => row.cells)

describe('CSV', () => {
  it('reads quoted delimiters, quotation marks and line breaks', () => {
    expect(cells('a,"b,1","c ""x""","d\r\ne"\r\n1,2,3,4')).toEqual([
      ['a', 'b,1', 'c "x"', 'd\r\ne'],
      ['1', '2', '3', '4'],
    ])
  })

  it('takes CR, LF and CRLF for line breaks, mixed too', () => {
    expect(cells('a,b\r\nc,d\ne,f\rg,h')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ])
  })

  it('keeps a quotation mark inside an unquoted cell as text', () => {
    expect(cells('pipe 5" wide,b\n')).toEqual([['pipe 5" wide', 'b']])
  })

  it('reads other delimiters', () => {
    expect(cells('a;"b;c"\n', ';')).toEqual([['a', 'b;c']])
    expect(cells('a\tb\n', '\t')).toEqual([['a', 'b']])
  })

  it('counts rows as a spreadsheet does: a quoted line break is one row, a blank line is one', () => {
    expect(read('a\n"x\ny"\n\nb\n').map(({ row, cells: [cell] }) => [row, cell])).toEqual([
      [1, 'a'],
      [2, 'x\ny'],
      [3, ''],
      [4, 'b'],
    ])
  })

  it('loses one line only to a quotation mark that is never closed', () => {
    const records = read('a,b\n"x,1\nc,d\ne,f\n')
    expect(records.map(({ row, broken }) => [row, broken !== undefined])).toEqual([
      [1, false],
      [2, true],
      [3, false],
      [4, false],
    ])
    expect(records[2]?.cells).toEqual(['c', 'd'])
  })

  it('loses one line only to text after a closing quotation mark', () => {
    const records = read('"a"b,c\nd,e\n')
    expect(records.map(({ broken }) => broken !== undefined)).toEqual([true, false])
  })

  it('refuses an endless line instead of filling the memory', () => {
    const parser = csvParser(',')
    expect(() => {
      for (let i = 0; i < 40; i += 1) parser.push('x'.repeat(1 << 16))
    }).toThrow('does not end')
  })

  it('agrees with csv-parse on well-formed text, cut into pieces anywhere', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '信', '"', ',', '\n', '\r\n', ' ', '𠮷'),
      maxLength: 6,
    })
    const table = fc.integer({ min: 2, max: 4 }).chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 40 }), (rows, pieces) => {
        const text = rows
          .map((row) => row.map((c) => `"${c.replaceAll('"', '""')}"`).join(','))
          .join('\r\n')
        const expected: string[][] = parse(text, { record_delimiter: '\r\n' })
        expect(read(text, ',', pieces).map((record) => [...record.cells])).toEqual(expected)
        expect(expected).toEqual(rows)
      }),
    )
  })
})
