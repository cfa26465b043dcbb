import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { Ledger } from './ledger-versions.ts'

const minute = 60_000
const day = 1440 * minute

/** Wall-clock text of a moment that is counted as if it were UTC. */
const wallClock = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/**
 * A ledger of matters, one row each: repeat registrations, limits of their own, matters still open,
 * a few that close before they open, and cells with quotes and line breaks.
 */
export const syntheticLedger = (rows: number, seed: number): Ledger => {
  const generator = xoroshiro128plus(seed)
  const between = (from: number, to: number) => uniformInt(generator, from, to)
  const chance = (percent: number) => between(1, 100) <= percent
  const pick = (items: readonly string[]) => items[between(0, items.length - 1)] ?? ''
  const lineOf = (number: number): string[] => {
    const registered = Date.UTC(2022, 0, 1) + between(0, 1000 * 1440) * minute
    const accepted = registered + between(0, 15) * day
    const closed = registered + between(chance(2) ? -1440 : 0, 80 * 1440) * minute
    return [
      `${number}`,
      `A${chance(10) ? between(1, rows) : number}`,
      wallClock(registered),
      pick(['来信', '来访', '来电', '网上', '其他']),
      pick(['430102001', '430102002', '430103', '430104005', '旧区', '']),
      pick(['城建/物业', '城建/拆迁', '劳动/欠薪', '环保"噪声"', '其他']),
      pick(['住建局', '人社局', '信访局,二科', '']),
      chance(70) ? '' : String(between(1, 40)),
      chance(92) ? wallClock(accepted) : '',
      chance(15) ? wallClock(accepted + between(5, 90) * day) : '',
      chance(85) ? wallClock(closed) : '',
      pick(['支持', '部分', '不支持', '转其他途径']),
      chance(20) ? '第一行\n第二行' : '',
    ]
  }
  return {
    header: [
      ...['登记编号', '事项编号', '登记时间', '形式', '属地', '类别', '单位', '人数'],
      ...['受理时间', '限办时间', '办结时间', '结果', '备注'],
    ],
    rows: Array.from({ length: rows }, (_, index) => lineOf(index + 1)),
  }
}

/** Its columns that say something, the identity of a row apart. */
export const syntheticColumns = [
  ...['事项编号', '登记时间', '形式', '属地', '类别', '单位', '人数'],
  ...['受理时间', '限办时间', '办结时间', '结果'],
]

export const syntheticMapping = `format: csv
timezone: Asia/Shanghai
datetime: ["yyyy-MM-dd HH:mm"]
source: /offices/430100
ledger: 合成台账
row: 登记编号
events:
  - type: petition.registered.v1
    time: 登记时间
    subject: 事项编号
    data:
      petitionId: 登记编号
      channel: {column: 形式, map: {来信: letter, 来访: visit, 来电: call, 网上: online}, default: letter}
      region: {column: 属地, default: "0"}
      category: 类别
      people: {column: 人数, as: integer, default: 1}
  - type: matter.accepted.v1
    when: 受理时间
    time: 受理时间
    subject: 事项编号
    data:
      org: {column: 单位, default: 信访局}
      dueAt: {column: 限办时间, as: datetime}
  - type: matter.closed.v1
    when: 办结时间
    time: 办结时间
    subject: 事项编号
    data:
      outcome: {column: 结果, map: {支持: supported, 部分: partly, 不支持: notSupported, 转其他途径: redirected}}
`
