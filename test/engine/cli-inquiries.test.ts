import { beforeAll, expect, it } from 'vitest'
import { pulse, startServing } from '../support/cli-child.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'

const KEY = 'deadbeefcafe0123'
let next = 0
const event = (type: string, subject: string, time: string, data: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id: `e${++next}`,
    source: '/offices/430102',
    type,
    subject,
    time: `${time}+08:00`,
    recordedtime: `${time}+08:00`,
    data,
  })
const registered = (subject: string, time: string, region: string): string =>
  event('petition.registered.v1', subject, time, {
    petitionId: `p-${subject}`,
    channel: 'visit',
    region,
    category: '城建',
    petitioners: [KEY],
  })

const events = [
  registered('m1', '2024-03-01T09:00:00', '430102'),
  event('matter.accepted.v1', 'm1', '2024-03-02T09:00:00', { org: '住建局' }),
  registered('m2', '2024-03-03T09:00:00', '430103'),
  registered('m3', '2024-03-04T09:00:00', '430103'),
  event('matter.backlogListed.v1', 'm2', '2024-03-05T09:00:00', {
    campaign: '清零',
    cohort: 'stock',
  }),
  event('matter.backlogResolved.v1', 'm2', '2024-03-20T09:00:00', { campaign: '清零' }),
].join('\n')

const march = ['--from', '2024-03-01', '--to', '2024-04-01']
const commands: readonly (readonly string[])[] = [
  ['cases', 'matters', ...march, '--limit', '2', '--events'],
  ['cases', 'matters', ...march, '--limit', '2', '--after', 'm2', '--where', 'region=430103'],
  ['rank', 'petitions', ...march, '--by', 'region@2'],
  ['campaign', '清零'],
  ['campaign', 'propose', '--as-of', '2024-06-01'],
  ['restate', 'petitions', ...march, '--then', '2024-03-03'],
]

const directory = temporaryDirectory('inquiries')
let data: string
beforeAll(async () => {
  data = directory.path()
  expect((await pulse(['append', '-', '--data', data], { stdin: events })).code).toBe(0)
})

const known = ['--as-of', '2024-07-01', '--received-by', '2025-01-01']
const answers = async (more: readonly string[] = []): Promise<readonly string[]> => {
  const found: string[] = []
  for (const command of commands) {
    const { code, out, notes } = await pulse([
      ...command,
      ...more,
      '--format',
      'json',
      '--data',
      data,
    ])
    expect({ command, code, notes }).toEqual({ command, code: 0, notes: '' })
    found.push(out)
  }
  return found
}

it('questions made of figures are answered by the directory and by who holds it, in the same words', async () => {
  const direct = await answers()
  const up = await startServing(['up', '--data', data])
  const served = await answers()
  await up.end('SIGTERM')
  const timeless = (all: readonly string[]) =>
    all.map((text) => text.replaceAll(/"(asOf|receivedBy)":"[^"]+"/g, ''))
  expect(timeless(served)).toEqual(timeless(direct))

  const [first, second, ranking, campaign, proposed, restated] = direct.map((text) =>
    JSON.parse(text),
  )
  expect(first).toMatchObject({
    metric: 'matters',
    next: 'm2',
    cases: [
      {
        matterId: 'm1',
        value: 1,
        state: { region: '430102', org: '住建局', acceptedAt: '2024-03-02T09:00:00+08:00' },
        petitions: [{ petitionId: 'p-m1', channel: 'visit', repeat: false }],
        events: [
          { type: 'petition.registered.v1', id: 'e1', time: '2024-03-01T09:00:00+08:00' },
          { type: 'matter.accepted.v1', id: 'e2', org: '住建局' },
        ],
      },
      { matterId: 'm2' },
    ],
  })
  expect(second).toMatchObject({ next: null, cases: [{ matterId: 'm3' }] })
  expect(ranking).toMatchObject({
    rows: [
      { 'region@2': '430102', value: 1, rank: 1 },
      { 'region@2': '430103', value: 2, rank: 2 },
    ],
  })
  expect(campaign).toMatchObject({ listed: 1, resolved: 1, rebound: 0, rate: 1 })
  expect(proposed).toMatchObject({ cases: [{ matterId: 'm1', value: 1, reason: 'overdue' }] })
  expect(restated).toMatchObject({
    metric: 'petitions',
    before: { value: 2, asOf: '2024-03-03T23:59:59.999+08:00' },
    after: { value: 3 },
    difference: 1,
    causes: [{ cause: 'new', contribution: 1, matters: 1, events: 1, matterIds: ['m3'] }],
  })
  expect(direct.join()).not.toContain(KEY)
})

it('they say what is wrong, and how to mend it', async () => {
  for (const [command, said] of [
    [['cases', 'matters', ...march, '--limit', '0'], '--limit is a whole number from 1 to 1000'],
    [['rank', 'petitions', ...march, '--by', 'month'], 'A ranking needs what is ranked'],
    [['rank', 'petitions', ...march, '--by', 'org', '--min', 'x'], '--min is a whole number'],
    [['restate', 'petitions', ...march, '--then', 'x'], '--then'],
    [['cases', 'mattres', ...march], 'Did you mean "matters"?'],
  ] as const) {
    const { code, notes } = await pulse([...command, '--data', data])
    expect(code).toBe(2)
    expect(notes).toContain(said)
  }
})

it('tables are for people', async () => {
  const { out } = await pulse(['cases', 'matters', ...march, ...known.slice(0, 2), '--data', data])
  expect(out).toMatch(/matterId\s+value\s+region/)
  expect(out).toMatch(/m1\s+1\s+430102\s+住建局/)

  const asked = ['restate', 'petitions', ...march, '--then', '2024-03-03', '--data', data]
  const restated = await pulse(asked)
  expect(restated.out).toMatch(/^then +2, as of 2024-03-03T23:59:59.999\+08:00/m)
  expect(restated.out).toMatch(/^difference +1 /m)
  expect(restated.out).toMatch(/new +1 +1 +1 +其后发生的事件 events since +m3/)
  expect((await pulse([...asked, '--format', 'csv'])).out).toMatch(/^cause,matters,events,/)
})
