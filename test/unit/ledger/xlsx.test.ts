import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { Cell } from '../../../producers/ledger/cell.ts'
import { xlsxRows } from '../../../producers/ledger/xlsx-rows.ts'
import { importFile, temporaryFile } from './support.ts'
import { type WorkbookParts, workbook, zip } from './workbook-writer.ts'

const rowsOf = async (content: Buffer) => {
  const rows = []
  const { batches } = await xlsxRows(await temporaryFile('l.xlsx', content), undefined)
  for await (const batch of batches) rows.push(...batch)
  return rows
}
const firstRow = async (parts: WorkbookParts): Promise<readonly Cell[]> =>
  (await rowsOf(workbook(parts)))[0]?.cells ?? []

const fixture = 'test/fixtures/ledger/ledger.xlsx'
const mapping = (sheet: string) => `
format: xlsx
sheet: ${sheet}
timezone: Asia/Shanghai
source: /offices/430100
row: 登记编号
events:
  - type: petition.registered.v1
    time: 登记时间
    subject: 登记编号
    data:
      petitionId: 登记编号
      channel: {column: 信访形式, map: {来信: letter, 来访: visit, 来电: call, 网上: online}}
      region: 属地
      category: 类别
      people: {column: 人数, default: 1}
  - type: matter.closed.v1
    when: 办结时间
    time: 办结时间
    subject: 登记编号
    data: {outcome: {const: supported}}
`

it.each(['台账', '2'])(
  'reads sheet %s of a workbook with a title above the header',
  async (sheet) => {
    const { events, rejected, counts } = await importFile(fixture, mapping(sheet))
    expect(
      events.map(({ subject, type, time }) => [subject, type, new Date(time).toISOString()]),
    ).toEqual([
      ['A-1', 'petition.registered.v1', '2024-03-05T01:30:15.000Z'],
      ['A-1', 'matter.closed.v1', '2024-03-31T16:00:00.000Z'],
      ['A-2', 'petition.registered.v1', '2024-03-06T15:59:59.000Z'],
      ['A-3', 'petition.registered.v1', '2024-03-06T16:00:00.000Z'],
      ['A-3', 'matter.closed.v1', '2024-02-29T16:00:00.000Z'],
    ])
    expect(events[0]?.data).toMatchObject({ region: '430102', people: 1, channel: 'letter' })
    expect(events[2]?.data).toMatchObject({ region: '430103', people: 12 })
    expect(rejected.map(({ row, column }) => [row, column])).toEqual([[7, '登记时间']])
    expect(rejected[0]?.reason).toContain('人数 is not a whole number')
    expect(counts).toMatchObject({ rows: 4, events: 5, rejected: 1 })
  },
)

it('names the sheets where the one wanted is not there', async () => {
  await expect(importFile(fixture, mapping('2023'))).rejects.toThrow('"说明", "台账"')
})

it('reads every kind of cell', async () => {
  const cells = await firstRow({
    rows:
      '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c>' +
      '<c r="D1" t="str"><f>A1&amp;"x"</f><v>f &lt; 1_x000D_</v></c><c r="E1" t="b"><v>1</v></c><c r="F1"><v>4.30102E5</v></c>' +
      '<c r="G1" s="1"><v>45356.395833333336</v></c><c r="H1" s="2"><v>7</v></c><c r="I1" s="3"><v>0.75</v></c>' +
      '<c r="J1" t="d"><v>2024-03-05T09:30:00</v></c><c r="K1" s="4"><v>45356</v></c><c r="AB1"><v>1.5</v></c></row>',
    sharedStrings:
      '<si><t>a</t></si><si><r><t>信</t></r><r><t>访</t></r><rPh><t>xin</t></rPh></si>',
    formats:
      '<numFmts><numFmt numFmtId="164" formatCode="000000"/><numFmt numFmtId="165" formatCode="h:mm:ss"/><numFmt numFmtId="166" formatCode="[$-804]yyyy&quot;年&quot;m&quot;月&quot;;@"/></numFmts>' +
      '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>',
  })
  expect(cells[0]).toBe('信访')
  expect(cells[1]).toBeUndefined()
  expect(cells.slice(2, 11)).toEqual([
    'in line',
    'f < 1\r',
    true,
    430102,
    new Date('2024-03-05T09:30:00Z'),
    '000007',
    '18:00:00',
    new Date('2024-03-05T09:30:00Z'),
    new Date('2024-03-05T00:00:00Z'),
  ])
  expect(cells[27]).toBe(1.5)
})

it('counts days from 1904 in workbooks that say so, and skips the 29 February 1900 that never was', async () => {
  const formats = '<cellXfs><xf numFmtId="14"/></cellXfs>'
  const rows = '<row r="1"><c r="A1"><v>59</v></c><c r="B1"><v>61</v></c></row>'
  expect(await firstRow({ rows, formats })).toEqual([
    new Date('1900-02-28T00:00:00Z'),
    new Date('1900-03-01T00:00:00Z'),
  ])
  const properties = '<x:workbookPr date1904="1"/>'
  expect((await firstRow({ rows, formats, properties }))[0]).toEqual(
    new Date('1904-02-29T00:00:00Z'),
  )
})

it('joins a date cell and a time cell', async () => {
  const path = await temporaryFile(
    'l.xlsx',
    workbook({
      rows:
        '<row><c t="str"><v>id</v></c><c t="str"><v>date</v></c><c t="str"><v>clock</v></c></row>' +
        '<row><c><v>1</v></c><c s="1"><v>45356</v></c><c s="2"><v>0.5</v></c></row>',
      formats: '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="21"/></cellXfs>',
    }),
  )
  const yaml = `
format: xlsx
timezone: UTC
datetime: M/d/yyyy
source: /s
events:
  - {type: matter.terminated.v1, time: {concat: [date, clock], separator: " "}, subject: id}
`
  const { events } = await importFile(path, yaml)
  expect(events.map(({ time }) => new Date(time).toISOString())).toEqual([
    '2024-03-05T12:00:00.000Z',
  ])
})

it('refuses a row for an error in a cell it needs, and for no other', async () => {
  const path = await temporaryFile(
    'l.xlsx',
    workbook({
      rows:
        '<row r="1"><c t="str"><v>id</v></c><c t="str"><v>at</v></c><c t="str"><v>note</v></c></row>' +
        '<row r="2"><c><v>1</v></c><c t="e"><v>#N/A</v></c></row>' +
        '<row r="3"><c><v>2</v></c><c t="str"><v>2024-01-05</v></c><c t="e"><v>#REF!</v></c></row>',
    }),
  )
  const yaml =
    'format: xlsx\nsource: /s\nevents: [{type: matter.terminated.v1, time: at, subject: id}]'
  const { events, rejected } = await importFile(path, yaml)
  expect(rejected).toMatchObject([
    { row: 2, column: 'at', reason: expect.stringContaining('#N/A') },
  ])
  expect(events.map(({ subject }) => subject)).toEqual(['2'])
})

it.each([
  ['no archive', Buffer.from('PK\x03\x04nonsense'), 'not a ZIP archive'],
  ['no workbook', zip({ 'a.txt': 'x' }), 'xl/workbook.xml is missing'],
  ['a damaged sheet', workbook({ rows: '<row><c><v>1</v></c></wor>' }), 'damaged'],
  [
    'an entity of a document type',
    workbook({ rows: '<row><c t="str"><v>&bomb;</v></c></row>' }),
    'damaged',
  ],
])('says what is wrong with %s', async (_, content, message) => {
  const yaml =
    'format: xlsx\nsource: /s\nevents: [{type: matter.terminated.v1, time: t, subject: s}]'
  const path = await temporaryFile('l.xlsx', content)
  await expect(importFile(path, yaml)).rejects.toThrow(message)
  await expect(importFile(path, yaml)).rejects.toMatchObject({ code: 'INPUT_INVALID' })
})

it('refuses a part that unpacks to more than its limit before unpacking it', async () => {
  const content = workbook({ rows: '' })
  const name = Buffer.from('xl/styles.xml')
  const entry = content.lastIndexOf(name) - 46
  content.writeUInt32LE(0xfffffff0, entry + 24)
  await expect(rowsOf(content)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
})

it('stops at a part that unpacks to more than it says', async () => {
  const content = workbook({ rows: '<row><c><v>1</v></c></row>'.repeat(1000) })
  const entry = content.lastIndexOf(Buffer.from('xl/worksheets/sheet1.xml')) - 46
  content.writeUInt32LE(100, entry + 24)
  await expect(rowsOf(content)).rejects.toThrow('damaged')
})

it('asks for format: xlsx where a workbook comes with a mapping for CSV', async () => {
  const yaml = 'source: /s\nevents: [{type: matter.terminated.v1, time: t, subject: s}]'
  const path = await temporaryFile('l.csv', readFileSync(fixture))
  await expect(importFile(path, yaml)).rejects.toThrow('format: xlsx')
})
