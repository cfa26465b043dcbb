import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

const header =
  '登记编号,登记时间,信访形式,属地,大类,小类,人数,证件号,受理时间,状态,责任单位,限办日期,办结时间,办理结果'

const two = (n: number): string => String(n).padStart(2, '0')

/** Local wall-clock text, to the minute or only the day. */
const at = (epochMs: number, day = false): string => {
  const when = new Date(epochMs).toISOString()
  return day ? when.slice(0, 10) : `${when.slice(0, 10)} ${when.slice(11, 16)}`
}

/** Writes a CSV ledger for `examples/ledger/office.yaml`: about three events a row. */
export const writeOfficeLedger = async (path: string, rows: number): Promise<void> => {
  const random = xoroshiro128plus(1)
  const upTo = (greatest: number): number => uniformInt(random, 0, greatest)
  const pick = (values: readonly string[]): string => values[upTo(values.length - 1)] ?? ''
  const file = createWriteStream(path)
  file.write(`${header}\n`)
  for (let n = 0; n < rows; n++) {
    const registered = Date.UTC(2022, 0, 1) + upTo(3 * 365 * 1440) * 60_000
    const accepted = registered + upTo(12) * 86_400_000
    const declined = upTo(99) < 5
    const closed = declined || upTo(99) < 8 ? undefined : accepted + upTo(80 * 1440) * 60_000
    const cells = [
      `X${new Date(registered).getUTCFullYear()}-${String(n).padStart(7, '0')}`,
      at(registered),
      pick(['来信', '来访', '来电', '网上']),
      `4301${two(2 + upTo(8))}${String(1 + upTo(6)).padStart(3, '0')}`,
      pick(['劳动和社会保障', '城乡建设', '自然资源', '"住房, 物业"', '教育', '卫生健康']),
      pick(['工资福利', '征地拆迁', '权属争议', '收费', '']),
      upTo(9) === 0 ? String(2 + upTo(30)) : '',
      `EXAMPLE-${upTo(rows)}`,
      at(accepted, true),
      declined ? '不予受理' : closed === undefined ? '在办' : '已办结',
      `单位${upTo(99)}`,
      upTo(3) === 0 ? at(accepted + 60 * 86_400_000, true) : '',
      closed === undefined ? '' : at(closed),
      closed === undefined ? '' : pick(['支持', '部分支持', '不支持', '调解', '导入法定途径']),
    ]
    if (!file.write(`${cells.join(',')}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}
