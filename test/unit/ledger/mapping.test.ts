import { describe, expect, it } from 'vitest'
import { loadMapping } from '../../../producers/ledger/load-mapping.ts'
import { PulseError } from '../../../schemas/errors.ts'

const problemsOf = (yaml: string): Record<string, string> => {
  try {
    loadMapping(yaml, 'm.yaml')
  } catch (error) {
    if (!(error instanceof PulseError)) throw error
    expect(error.code).toBe('INPUT_INVALID')
    expect(error.message).toContain('m.yaml')
    const problems = error.details['problems'] as { path: string; message: string }[]
    return Object.fromEntries(problems.map(({ path, message }) => [path, message]))
  }
  throw new Error('the mapping was taken')
}

const closed = (more: string) => `
source: /offices/1
events:
  - type: matter.closed.v1
    time: 办结时间
    subject: 编号
    data: {outcome: {const: supported}}
${more}`

describe('a mapping file', () => {
  it('has the defaults of the contract', () => {
    const mapping = loadMapping(closed(''), 'm.yaml')
    expect(mapping).toMatchObject({
      format: 'csv',
      encoding: 'utf-8',
      timezone: 'Asia/Shanghai',
      delimiter: ',',
      ledger: '/offices/1',
    })
    expect(loadMapping(closed(''), 'm.yaml', { timezone: 'UTC' }).timezone).toBe('UTC')
  })

  it('keeps codes with leading zeros as written', () => {
    const mapping = loadMapping(
      `
source: /offices/1
events:
  - type: petition.registered.v1
    time: t
    subject: s
    when: {column: k, in: [01, 1.0]}
    data:
      petitionId: p
      channel: {column: c, map: {01: letter, 2: visit}}
      region: {const: 0101}
      category: {column: k, default: 007}
`,
      'm.yaml',
    )
    const [event] = mapping.events
    expect([...(event?.when[0]?.in ?? [])]).toEqual(['01', '1.0'])
    const field = (name: string) => event?.data.find((data) => data.name === name)?.items[0]
    expect([...(field('channel')?.map?.keys() ?? [])].sort()).toEqual(['01', '2'])
    expect(field('region')?.from).toEqual({ kind: 'const', text: '0101' })
    expect(field('category')?.default).toBe('007')
  })

  it('reports every mistake with its place and how to mend it', () => {
    const problems = problemsOf(`
format: ods
encoding: latin1
timezone: Asia/Peking
datetime: [yyyy-MM-DD]
delimiter: "::"
sheet: 0
suorce: x
events:
  - type: petition.registred.v1
    time: t
    subject: s
  - type: petition.registered.v1
    time: {colum: t}
    subject: {column: s, concat: [a]}
    when: {column: c, in: x, between: 3}
    data:
      petitionId: p
      channel: {column: c, map: {a: lettre}, default: fax}
      region: {hmac: [x]}
      people: {column: n, as: number, default: many}
      petitoners: []
  - type: matter.reclassified.v1
    time: t
    subject: s
`)
    expect(problems).toMatchObject({
      format: expect.stringContaining('csv, xlsx'),
      encoding: expect.stringContaining('gb18030'),
      timezone: expect.stringContaining('Asia/Shanghai'),
      'datetime[0]': expect.stringContaining('"DD"'),
      delimiter: expect.stringContaining('one character'),
      sheet: expect.stringContaining('counted from 1'),
      suorce: expect.stringContaining('did you mean "source"'),
      source: expect.stringContaining('text'),
      'events[0].type': expect.stringContaining('did you mean "petition.registered.v1"'),
      'events[1].time': expect.stringContaining('{column: …}'),
      'events[1].subject': expect.stringContaining('one of these only'),
      'events[1].when.in': expect.stringContaining('list'),
      'events[1].when.between': expect.stringContaining('known are'),
      'events[1].data.channel.map.a': expect.stringContaining('letter, visit'),
      'events[1].data.channel.default': expect.stringContaining('letter, visit'),
      'events[1].data.region': expect.stringContaining('petitioners'),
      'events[1].data.people.as': expect.stringContaining('integer'),
      'events[1].data.people.default': expect.stringContaining('1 to 100000'),
      'events[1].data.petitoners': expect.stringContaining('did you mean "petitioners"'),
      'events[1].data.category': expect.stringContaining('required'),
      'events[2].data': expect.stringContaining('at least one of region'),
    })
  })

  it.each([
    ['a: [', 'line 1, column 5'],
    ['a: 1\na: 2', 'line 2, column 1'],
    ['', ''],
    ['- x', ''],
    ['x', ''],
  ])('refuses %j as a whole', (yaml, path) => {
    expect(Object.keys(problemsOf(yaml))).toEqual([path])
  })

  it('refuses a source that no event could carry', () => {
    expect(problemsOf(closed('').replace('/offices/1', '长沙 局'))['source']).toContain('URI')
  })

  it('refuses aliases that expand without end', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
    for (let i = 1; i < 9; i += 1) {
      const last = String.fromCharCode(96 + i)
      const next = String.fromCharCode(97 + i)
      bomb.push(`${next}: &${next} [${Array(9).fill(`*${last}`).join(',')}]`)
    }
    expect(problemsOf(bomb.join('\n'))['']).toContain('aliases')
  })
})
