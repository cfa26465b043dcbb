import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { pseudonymizer } from '../../../producers/ledger/pseudonym.ts'
import { eventsOf, faultsOf, pseudonymKey, rowMapper } from './support.ts'

const header = [
  '编号',
  '时间',
  '形式',
  '属地',
  '类别',
  '人数',
  '办结',
  '状态',
  '证件号',
  '姓名',
  '登记于',
]

const registered = (data = '', more = '', top = '') => `
timezone: Asia/Shanghai
source: /offices/430100
row: 编号
${top}
events:
  - type: petition.registered.v1
    time: 时间
    subject: 编号
    ${more}
    data:
      petitionId: 编号
      channel: {column: 形式, map: {来信: letter, 来访: visit}, default: online}
      region: {column: 属地, default: "0"}
      category: 类别
      ${data}
`
const row = {
  编号: ' A-1 ',
  时间: '2024-03-05 09:30:15',
  形式: '来信',
  属地: '430102',
  类别: '劳动',
}
const one = (yaml: string, cells: Parameters<ReturnType<typeof rowMapper>>[0] = row) =>
  eventsOf(rowMapper(yaml, header)(cells))[0]

describe('a row becomes events', () => {
  it('takes columns, trimmed, and the time in the zone of the mapping', () => {
    expect(one(registered())).toMatchObject({
      specversion: '1.0',
      source: '/offices/430100',
      type: 'petition.registered.v1',
      subject: 'A-1',
      time: '2024-03-05T01:30:15.000Z',
      recordedtime: '2024-03-05T01:30:15.000Z',
      data: { petitionId: 'A-1', channel: 'letter', region: '430102', category: '劳动' },
    })
  })

  it('uses the default for an empty cell and for one the map does not list', () => {
    expect(one(registered(), { ...row, 形式: '', 属地: ' ' })?.data).toMatchObject({
      channel: 'online',
      region: '0',
    })
    expect(one(registered(), { ...row, 形式: '其他' })?.data).toMatchObject({ channel: 'online' })
  })

  it('leaves an optional field out where its cell is empty or not listed', () => {
    const org = registered('org: {column: 状态, map: {a: A局}}')
    expect(one(org, { ...row, 状态: 'a' })?.data).toMatchObject({ org: 'A局' })
    expect(one(org, { ...row, 状态: 'b' })?.data).not.toHaveProperty('org')
    expect(one(org)?.data).not.toHaveProperty('org')
  })

  it('refuses the row where a required cell is empty or not listed, naming the column', () => {
    const map = rowMapper(registered().replace(', default: online', ''), header)
    expect(faultsOf(map({ ...row, 类别: '', 形式: '其他' }))).toEqual([
      { column: '类别', reason: expect.stringContaining('is empty') },
      { column: '形式', reason: expect.stringContaining('does not list') },
    ])
  })

  it('converts whole numbers and truths, with or without `as`', () => {
    const yaml = registered(
      'people: {column: 人数, as: integer, default: 1}\n      supplement: 状态',
    )
    expect(one(yaml, { ...row, 人数: '12', 状态: '是' })?.data).toMatchObject({
      people: 12,
      supplement: true,
    })
    expect(one(yaml, { ...row, 人数: '1,200', 状态: 'No' })?.data).toMatchObject({
      people: 1200,
      supplement: false,
    })
    expect(one(yaml, { ...row, 人数: 3 })?.data).toMatchObject({ people: 3 })
    expect(one(yaml)?.data).toMatchObject({ people: 1 })
    const map = rowMapper(yaml, header)
    expect(faultsOf(map({ ...row, 人数: '3.5', 状态: 'constructor' }))).toEqual([
      { column: '人数', reason: 'is not a whole number' },
      { column: '状态', reason: expect.stringContaining('neither yes nor no') },
    ])
  })

  it('joins columns, without a separator for an empty one', () => {
    const yaml = registered().replace(
      'category: 类别',
      'category: {concat: [类别, 状态], separator: /}',
    )
    expect(one(yaml, { ...row, 状态: '社保' })?.data).toMatchObject({ category: '劳动/社保' })
    expect(one(yaml)?.data).toMatchObject({ category: '劳动' })
  })

  it('makes a matterId of joined columns whatever their characters, and the same for the same', () => {
    const yaml = registered().replace(
      'subject: 编号',
      'subject: {concat: [属地, 类别], separator: "|"}',
    )
    const subject = one(yaml)?.subject
    expect(subject).toMatch(/^430102\|:[0-9a-f]{16}$/)
    expect(one(yaml, { ...row, 编号: 'A-2' })?.subject).toBe(subject)
    expect(one(yaml, { ...row, 类别: '住房' })?.subject).not.toBe(subject)
    expect(one(yaml, { ...row, 类别: 'x' })?.subject).toBe('430102|x')
  })

  it('refuses a single column that is no matterId', () => {
    const map = rowMapper(registered(), header)
    expect(faultsOf(map({ ...row, 编号: '信访〔2024〕1号' }))[0]?.column).toBe('编号')
  })

  it('fills lists from several fields and leaves absent ones out', () => {
    const yaml = registered(
      'flags: [{column: 状态, map: {诉: litigation}}, {column: 姓名, map: {跨: crossRegion}}]',
    )
    expect(one(yaml, { ...row, 状态: '诉', 姓名: '跨' })?.data).toMatchObject({
      flags: ['litigation', 'crossRegion'],
    })
    expect(one(yaml, { ...row, 姓名: '跨' })?.data).toMatchObject({ flags: ['crossRegion'] })
    expect(one(yaml)?.data).not.toHaveProperty('flags')
  })

  it('records when the ledger says so, else at the time of the event', () => {
    const yaml = registered('', 'recordedtime: 登记于')
    expect(one(yaml, { ...row, 登记于: '2024-03-09' })?.recordedtime).toBe(
      '2024-03-08T16:00:00.000Z',
    )
    expect(one(yaml)?.recordedtime).toBe('2024-03-05T01:30:15.000Z')
  })

  it('tries the date patterns in order and always understands RFC 3339', () => {
    const yaml = registered('', '', 'datetime: ["dd/MM/yyyy", "MM/dd/yyyy", "yyyy-MM-dd HH:mm"]')
    const time = (text: string) => one(yaml, { ...row, 时间: text })?.time
    expect(time('03/04/2024')).toBe('2024-04-02T16:00:00.000Z')
    expect(time('03/14/2024')).toBe('2024-03-13T16:00:00.000Z')
    expect(time('2024-03-05T10:00:00.123456+01:00')).toBe('2024-03-05T09:00:00.123Z')
    expect(time('2024-03-05 10:00:00Z')).toBe('2024-03-05T10:00:00.000Z')
    const fault = faultsOf(rowMapper(yaml, header)({ ...row, 时间: '5 March' }))[0]
    expect(fault?.column).toBe('时间')
    expect(fault?.reason).toContain('dd/MM/yyyy | MM/dd/yyyy')
    expect(fault?.reason).not.toContain('March')
  })

  it('takes a case that closes before it opens as it is', () => {
    const yaml = `${registered()}
  - {type: matter.closed.v1, when: 办结, time: 办结, subject: 编号, data: {outcome: {const: supported}}}`
    const events = eventsOf(rowMapper(yaml, header)({ ...row, 办结: '2024-03-01 00:00:00' }))
    expect(events.map(({ time }) => time)).toEqual([
      '2024-03-05T01:30:15.000Z',
      '2024-02-29T16:00:00.000Z',
    ])
  })

  it('refuses the whole row when one of its events is wrong', () => {
    const yaml = `${registered()}
  - {type: matter.closed.v1, when: 办结, time: 办结, subject: 编号, data: {outcome: {const: supported}}}`
    const mapped = rowMapper(yaml, header)({ ...row, 办结: 'soon' })
    expect(mapped).toMatchObject({ ok: false, faults: [{ column: '办结' }] })
    expect(mapped.keys).toHaveLength(1)
  })

  it('blames the column that feeds a field the event refuses', () => {
    const map = rowMapper(registered('people: 人数'), header)
    const faults = faultsOf(map({ ...row, 人数: '0', 类别: '长'.repeat(129), 时间: '1899-12-31' }))
    expect(faults.map(({ column }) => column).sort()).toEqual(['人数', '时间', '类别'].sort())
    expect(faults.every(({ reason }) => reason.includes('petition.registered.v1'))).toBe(true)
  })

  it('refuses an identity number that a mapping lets through, without repeating it', () => {
    const faults = faultsOf(rowMapper(registered(), header)({ ...row, 类别: '联系 13812345678' }))
    expect(faults[0]?.column).toBe('类别')
    expect(JSON.stringify(faults)).not.toContain('13812345678')
  })
})

describe('when', () => {
  const holds = (when: string, cells: Parameters<ReturnType<typeof rowMapper>>[0]) =>
    eventsOf(
      rowMapper(
        `
source: /s
events:
  - type: matter.terminated.v1
    when: ${when}
    time: 时间
    subject: 编号
`,
        header,
      )({ ...row, ...cells }),
    ).length === 1

  it.each([
    ['状态', { 状态: 'x' }, true],
    ['状态', { 状态: ' ' }, false],
    ['{column: 状态}', { 状态: 'x' }, true],
    ['{column: 状态, in: [撤回, 注销]}', { 状态: '撤回' }, true],
    ['{column: 状态, in: [撤回, 注销]}', { 状态: '在办' }, false],
    ['{column: 状态, in: [撤回, 注销]}', {}, false],
    ['{column: 状态, notIn: [撤回]}', { 状态: '在办' }, true],
    ['{column: 状态, notIn: [撤回]}', { 状态: '撤回' }, false],
    ['{column: 状态, notIn: [撤回]}', {}, true],
    ['{column: 状态, empty: true}', {}, true],
    ['{column: 状态, empty: true}', { 状态: 'x' }, false],
    ['{column: 状态, empty: false}', { 状态: 'x' }, true],
    ['{column: 状态, matches: "^重复"}', { 状态: '重复来信' }, true],
    ['{column: 状态, matches: "^重复"}', { 状态: '非重复' }, false],
    ['{column: 人数, in: [2]}', { 人数: 2 }, true],
    ['[办结, {column: 状态, in: [a]}]', { 办结: 'x', 状态: 'a' }, true],
    ['[办结, {column: 状态, in: [a]}]', { 办结: 'x', 状态: 'b' }, false],
    ['[办结, {column: 状态, in: [a]}]', { 状态: 'a' }, false],
  ])('%s with %j: %s', (when, cells, expected) => {
    expect(holds(when, cells)).toBe(expected)
  })
})

describe('identities', () => {
  const yaml = registered('petitioners: [{hmac: [证件号]}, {hmac: [姓名, 状态]}]')
  const person = '110101199003071234'

  it('become HMAC-SHA-256 keys under the secret', () => {
    const expected = createHmac('sha256', Buffer.from(pseudonymKey, 'hex'))
      .update(person)
      .digest('hex')
    const event = one(yaml, { ...row, 证件号: ` ${person} ` })
    expect(event?.data).toMatchObject({ petitioners: [expected] })
    expect(JSON.stringify(event)).not.toContain(person)
  })

  it('are the same person however they are typed, and absent where a part is', () => {
    const keys = (cells: object) => {
      const data: object = one(yaml, { ...row, ...cells })?.data ?? {}
      return 'petitioners' in data ? data.petitioners : undefined
    }
    expect(keys({ 证件号: '11010119900307123x' })).toEqual(keys({ 证件号: '１１010119900307123X' }))
    expect(keys({ 姓名: '甲' })).toBeUndefined()
    expect(keys({ 姓名: '甲', 状态: 'x' })).toHaveLength(1)
  })

  it('make a matterId that is not the key itself', () => {
    const bySubject = registered().replace(
      'subject: 编号',
      'subject: {concat: [{hmac: [证件号]}, 类别]}',
    )
    const subject = one(bySubject, { ...row, 证件号: person })?.subject
    expect(subject).toMatch(/^p:[0-9a-f]{32}$/)
    expect(one(bySubject, { ...row, 编号: 'B', 证件号: person })?.subject).toBe(subject)
    expect(one(bySubject, { ...row, 证件号: person, 类别: 'x' })?.subject).not.toBe(subject)
  })

  it.each([undefined, '', 'xyz', 'ab'.repeat(31), `${'ab'.repeat(32)}00`])(
    'need a secret of 64 hexadecimal digits, not %j',
    (secret) => {
      expect(() => pseudonymizer(secret)).toThrow('PULSE_PSEUDONYM_KEY')
      expect(() => pseudonymizer(secret)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      )
      if (secret !== undefined && secret !== '')
        expect(() => pseudonymizer(secret)).not.toThrow(secret)
    },
  )
})

describe('event ids', () => {
  const ids = (yaml: string, ...rows: Parameters<ReturnType<typeof rowMapper>>[0][]) => {
    const map = rowMapper(yaml, header)
    return rows.flatMap((cells) => eventsOf(map(cells)).map(({ id }) => id))
  }

  it('are short, the same each time, and never look like an identity number', () => {
    const [id = ''] = ids(registered(), row)
    expect(ids(registered(), row)).toEqual([id])
    expect(id).toMatch(/^[0-9a-f]{12}\.[0-9a-f]{16}\.1-0\.[0-9a-f]{16}\.0$/)
  })

  it('depend on ledger, row and content, not on the order of the mapping’s fields', () => {
    const base = ids(registered(), row)
    expect(ids(registered('', '', 'ledger: other'), row)).not.toEqual(base)
    expect(ids(registered(), { ...row, 编号: 'A-2' })).not.toEqual(base)
    expect(ids(registered(), { ...row, 类别: 'x' })).not.toEqual(base)
    const swapped = registered()
      .replace('      petitionId: 编号\n', '')
      .replace('category: 类别', 'category: 类别\n      petitionId: 编号')
    expect(ids(swapped, row)).toEqual(base)
  })

  it('tell equal rows apart by their ordinal where rows have no identity', () => {
    const yaml = registered().replace('row: 编号', '')
    const [first, second, third] = ids(yaml, row, row, { ...row, 姓名: 'x' })
    expect(new Set([first, second, third]).size).toBe(3)
    expect(ids(yaml, row, row)).toEqual([first, second])
  })

  it('give an event with `id` once in a ledger with one row a step', () => {
    const yaml = `
source: /s
events:
  - type: petition.registered.v1
    id: [编号]
    time: 时间
    subject: 编号
    data: {petitionId: 编号, channel: {const: letter}, region: 属地, category: 类别}
  - {type: matter.closed.v1, when: {column: 状态, in: [办结]}, time: 办结, subject: 编号, data: {outcome: {const: supported}}}
`
    const step = { ...row, 状态: '受理', 办结: '2024-03-06 00:00:00' }
    const all = ids(yaml, step, { ...step, 状态: '办结', 办结: '2024-04-01 00:00:00' })
    expect(all).toHaveLength(3)
    expect(new Set(all).size).toBe(2)
  })

  it('refuse a row whose identity is empty', () => {
    expect(faultsOf(rowMapper(registered(), header)({ ...row, 编号: '' }))[0]).toMatchObject({
      column: '编号',
    })
  })
})
