import iconv from 'iconv-lite'
import { expect, it } from 'vitest'
import { loadMapping } from '../../../producers/ledger/load-mapping.ts'
import { sampleLedger } from '../../../producers/ledger/sample-ledger.ts'
import { suggestMapping } from '../../../producers/ledger/suggest-mapping.ts'
import { importFile, temporaryFile } from './support.ts'

const suggested = async (path: string): Promise<string> => suggestMapping(await sampleLedger(path))

it('guesses a Chinese ledger in gb18030 that then imports', async () => {
  const text =
    '信访台账,,,,,,,,,\n登记编号,登记时间,信访形式,问题属地,内容分类,来访人数,责任单位,受理时间,办结时间,办理结果,身份证号\n' +
    'X001,2024/1/5 9:05,网上投诉,430102,劳动社保,,人社局,2024/1/8,2024/2/1 10:00,予以支持,110101199003071234\n' +
    'X002,2024/11/15 19:05,来访,430103,城乡建设,12,住建局,,,,\n'
  const path = await temporaryFile('l.csv', iconv.encode(text, 'gb18030'))
  const yaml = await suggested(path)
  expect(loadMapping(yaml, 'm.yaml')).toMatchObject({ encoding: 'gb18030' })
  expect(yaml).toContain('# petitioners: [{hmac: [身份证号]}]')
  expect(yaml).not.toContain('110101199003071234')
  const { events, rejected } = await importFile(path, yaml)
  expect(rejected).toEqual([])
  expect(events.map(({ subject, type }) => [subject, type])).toEqual([
    ['X001', 'petition.registered.v1'],
    ['X001', 'matter.accepted.v1'],
    ['X001', 'matter.closed.v1'],
    ['X002', 'petition.registered.v1'],
  ])
  expect(events[0]?.data).toMatchObject({ channel: 'online', region: '430102', org: '人社局' })
  expect(events[3]?.data).toMatchObject({ channel: 'visit', people: 12 })
})

it('guesses an English ledger with another delimiter and half-day times', async () => {
  const path = await temporaryFile(
    'l.csv',
    'SRRecordID;SRType;MethodReceived;CreatedDate;DueDate;CloseDate;Agency;CouncilDistrict\n' +
      '18-1;Snow, ice;Phone;04/12/2018 11:11:26 AM;04/13/2018 11:11:26 AM;04/12/2018 12:45:47 PM;DOT;6\n' +
      '18-2;Rats;API;11/13/2018 01:06:56 PM;;;DPW;\n',
  )
  const yaml = await suggested(path)
  expect(yaml).toContain('datetime: ["MM/dd/yyyy hh:mm:ss a"]')
  const { events, rejected } = await importFile(path, yaml)
  expect(rejected).toEqual([])
  expect(events).toHaveLength(5)
  expect(events[0]?.data).toMatchObject({ channel: 'call', category: 'Snow, ice', region: '6' })
})

it('guesses the sheet of a workbook that holds the ledger', async () => {
  const path = 'test/fixtures/ledger/ledger.xlsx'
  const yaml = await suggested(path)
  expect(yaml).toContain('sheet: 2')
  const { events, rejected } = await importFile(path, yaml)
  expect(new Set(events.map(({ subject }) => subject))).toEqual(new Set(['A-1', 'A-2', 'A-3']))
  expect(rejected.map(({ row }) => row)).toEqual([7])
})

it('tells day and month apart by the dates that leave no doubt', async () => {
  const path = await temporaryFile(
    'l.csv',
    'id,created\n1,03/04/2024\n2,25/04/2024\n3,01/02/2024\n',
  )
  expect(await suggested(path)).toContain('datetime: ["d/M/yyyy"]')
})

it('takes a matter apart by what it has where no column of numbers is found', async () => {
  const path = await temporaryFile(
    'l.csv',
    '日期,街道,类别\n2024-01-05,甲街,供水\n2024-01-05,乙街,供水\n',
  )
  const { events, rejected } = await importFile(path, await suggested(path))
  expect(rejected).toEqual([])
  expect(new Set(events.map(({ subject }) => subject)).size).toBe(2)
})

it('says so where there is nothing to guess from', async () => {
  await expect(suggested(await temporaryFile('l.csv', '\n\n'))).rejects.toThrow('no rows')
  await expect(suggested(await temporaryFile('l.csv', 'a,b\n1,2\n'))).rejects.toThrow('No column')
})
