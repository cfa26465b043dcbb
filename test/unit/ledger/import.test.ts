import { readFile, stat } from 'node:fs/promises'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { loadMapping } from '../../../producers/ledger/load-mapping.ts'
import { createRejectsFile } from '../../../producers/ledger/rejects-file.ts'
import { importFile, temporaryFile } from './support.ts'

const yaml = (top = '') => `
timezone: Asia/Shanghai
source: /offices/430100
row: 登记编号
${top}
events:
  - type: petition.registered.v1
    time: 登记时间
    subject: 登记编号
    data:
      petitionId: 登记编号
      channel: {const: letter}
      region: 属地
      category: 类别
`
const header = '登记编号,登记时间,属地,类别\n'
const subjects = (events: readonly { subject: string }[]) => events.map(({ subject }) => subject)

describe('a CSV ledger', () => {
  it('is read with a byte order mark, CRLF, blank lines and line breaks in quotes', async () => {
    const path = await temporaryFile(
      'l.csv',
      `\uFEFF登记编号,登记时间,属地,类别\r\nA1,2024-01-05,4301,"劳动\n社保"\r\n\r\n,,,\r\nA2,2024-01-06,4301,x\r\n`,
    )
    const { events, rejected, counts } = await importFile(path, yaml())
    expect(subjects(events)).toEqual(['A1', 'A2'])
    expect(events[0]?.data).toMatchObject({ category: '劳动\n社保' })
    expect(rejected).toEqual([])
    expect(counts).toMatchObject({ rows: 2, events: 2, rejected: 0 })
  })

  it('is read in gb18030, with characters of two and four bytes cut anywhere', async () => {
    const rows = Array.from({ length: 3000 }, (_, n) => `A${n},2024-01-05,四川㐂𠮷,劳动社保\n`)
    const path = await temporaryFile('l.csv', iconv.encode(header + rows.join(''), 'gb18030'))
    const { events, rejected } = await importFile(path, yaml('encoding: gb18030'))
    expect(rejected).toEqual([])
    expect(events).toHaveLength(3000)
    expect(new Set(events.map(({ data }) => ('region' in data ? data.region : '')))).toEqual(
      new Set(['四川㐂𠮷']),
    )
  })

  it('says so when the encoding is another', async () => {
    const path = await temporaryFile('l.csv', iconv.encode(header, 'gb18030'))
    await expect(importFile(path, yaml())).rejects.toThrow('gb18030')
    const ascii = yaml()
      .replaceAll('登记编号', 'id')
      .replaceAll('登记时间', 'at')
      .replaceAll('属地', 'r')
      .replaceAll('类别', 'c')
    const cells = await temporaryFile(
      'm.csv',
      iconv.encode('id,at,r,c\nA1,2024-01-05,长沙,x\nA2,2024-01-05,x,x\n', 'gb18030'),
    )
    const { events, rejected } = await importFile(cells, ascii)
    expect(subjects(events)).toEqual(['A2'])
    expect(rejected).toMatchObject([
      { row: 2, column: 'r', reason: expect.stringContaining('encoding') },
    ])
  })

  it('finds the header below a title, and over two rows', async () => {
    const path = await temporaryFile(
      'l.csv',
      '2024年台账,,,\n登记编号,登记,,类别\n,登记时间,属地,\nA1,2024-01-05,4301,x\nA2,bad,4301,x\n',
    )
    const { events, rejected, header: found } = await importFile(path, yaml())
    expect(found).toEqual(['登记编号', '登记时间', '属地', '类别'])
    expect(subjects(events)).toEqual(['A1'])
    expect(rejected[0]?.row).toBe(5)
  })

  it('refuses rows that are torn, and takes the rest', async () => {
    const path = await temporaryFile(
      'l.csv',
      `${header}A1,2024-01-05,4301,x\nA2,2024-01-05,4301\nA3,2024-01-05,4301,x,y\nA4,2024-01-05,4301,x,\nA5,2024-01-05,"4301,x\nA6,2024-01-05,4301,x\n`,
    )
    const { events, rejected } = await importFile(path, yaml())
    expect(subjects(events)).toEqual(['A1', 'A4', 'A6'])
    expect(rejected.map(({ row, reason }) => [row, reason])).toEqual([
      [3, 'has 3 cells where the header has 4'],
      [4, 'has 5 cells where the header has 4'],
      [6, expect.stringContaining('quotation mark')],
    ])
  })

  it('reports a row once, with all that is wrong with it', async () => {
    const path = await temporaryFile('l.csv', `${header}A1,soon,,x\n`)
    const { rejected } = await importFile(path, yaml())
    expect(rejected).toHaveLength(1)
    expect(rejected[0]).toMatchObject({ row: 2, column: '登记时间' })
    expect(rejected[0]?.reason).toContain('属地 is empty')
  })

  it.each([
    ['a missing column', '登记编号,登记日间,属地,类别\n', '"登记时间" (did you mean "登记日间"?)'],
    [
      'a column that is there twice',
      '登记编号,登记时间,属地,类别,类别\nA,2024-01-05,1,x,y\n',
      'two columns',
    ],
    ['an empty file', '', 'is empty'],
  ])('says what is wrong with %s', async (_, text, message) => {
    const path = await temporaryFile('l.csv', text)
    await expect(importFile(path, yaml())).rejects.toThrow(message)
    await expect(importFile(path, yaml())).rejects.toMatchObject({ code: 'INPUT_INVALID' })
  })

  it('does not repeat data where there is no header', async () => {
    const path = await temporaryFile('l.csv', '张三,110101199003071234,13812345678,x\n')
    await expect(importFile(path, yaml())).rejects.toThrow(/^(?!.*(1101011990|138123))/)
  })

  it('is not taken where it cannot be opened, or is something else', async () => {
    await expect(importFile('/nowhere/l.csv', yaml())).rejects.toThrow('cannot be opened')
    const folder = await temporaryFile('l.csv', '')
    await expect(importFile(folder.replace(/l\.csv$/, ''), yaml())).rejects.toThrow('not a file')
    const old = await temporaryFile('l.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'))
    await expect(importFile(old, yaml())).rejects.toThrow('save it as .xlsx')
    const wide = await temporaryFile('l.csv', Buffer.from(`\uFEFF${header}`, 'utf16le'))
    await expect(importFile(wide, yaml())).rejects.toThrow('UTF-8')
  })

  it('counts an event that two rows give once', async () => {
    const path = await temporaryFile('l.csv', `${header}${'A1,2024-01-05,4301,x\n'.repeat(2)}`)
    const { events, counts } = await importFile(path, yaml())
    expect(events).toHaveLength(1)
    expect(counts).toMatchObject({ rows: 2, events: 2, duplicates: 1 })
  })
})

describe('refused rows', () => {
  it.each(['utf-8', 'gb18030'] as const)(
    'are written so that the mended file imports (%s)',
    async (encoding) => {
      const mapping = yaml(`encoding: ${encoding}\ndelimiter: ";"`)
      const text =
        '登记编号;登记时间;属地;类别\nA1;soon;四川;"a;""b""\nc"\nA2;2024-01-05;1;x\nA3;2024-01-05;1;x;=y\n'
      const path = await temporaryFile('l.csv', iconv.encode(text, encoding))
      const { rejected, header: columns } = await importFile(path, mapping)
      const out = `${path}.rejects.csv`
      const file = await createRejectsFile(out, path, loadMapping(mapping, 'm'), columns)
      await file.write(rejected)
      await file.close()
      expect((await stat(out)).mode & 0o777).toBe(0o600)
      const written = iconv.decode(await readFile(out), encoding)
      expect(written.split('\r\n')[0]).toBe('登记编号;登记时间;属地;类别;原因 reason')
      expect(written).toContain('A1;soon;四川;"a;""b""\nc";登记时间: fits none')
      const mended = await temporaryFile(
        'm.csv',
        iconv.encode(written.replace('soon', '2024-01-07').replace(/;=y/, ''), encoding),
      )
      const again = await importFile(mended, mapping)
      expect(again.rejected).toEqual([])
      expect(again.events.map(({ data }) => ('category' in data ? data.category : ''))).toEqual([
        'a;"b"\nc',
        'x',
      ])
    },
  )

  it('never overwrite the ledger, and leave nothing half written', async () => {
    const path = await temporaryFile('l.csv', header)
    const mapping = loadMapping(yaml(), 'm')
    await expect(createRejectsFile(path, path, mapping, [])).rejects.toThrow('the ledger itself')
    const file = await createRejectsFile(`${path}.r`, path, mapping, ['a'])
    await file.abandon()
    await expect(stat(`${path}.r`)).rejects.toThrow('ENOENT')
    await expect(stat(`${path}.r.part`)).rejects.toThrow('ENOENT')
  })
})
