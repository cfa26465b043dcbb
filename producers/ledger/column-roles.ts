import { type Cell, cellText } from './cell.ts'
import { compilePattern, parseRfc3339 } from './datetime-pattern.ts'

/** Parts a column of a ledger usually plays. */
export const roles = [
  'id',
  'registered',
  'accepted',
  'closed',
  'due',
  'notified',
  'forwarded',
  'channel',
  'region',
  'category',
  'org',
  'people',
  'outcome',
  'identity',
] as const
export type Role = (typeof roles)[number]

/** Usual names, the surest first. Spaces, dots, dashes and underscores of a header do not matter. */
const names: Readonly<Record<Role, readonly RegExp[]>> = {
  id: [
    /^(登记|信访|信访件|案件|受理|工单|事项|件)?(编号|编码|单号)$/,
    /^(sr|case|request|servicerequest|ticket|petition|complaint)?(record)?(id|number|no)$/,
    /^(uniquekey|caseenquiryid|casekey|reference)$/,
    /编号$/,
  ],
  registered: [
    /^(登记|信访|来信|来访|来电|投诉|诉求|收件|接收|创建|提交)(时间|日期)$/,
    /^(created|opened|open|registered|received|submitted|requested|reported)(date|time|at|on|dt)*$/,
    /^(日期|时间|date)$/,
  ],
  accepted: [/^(正式)?受理(时间|日期)$/, /^accepted(date|time|at)*$/],
  closed: [
    /^(办结|结案|完成|答复|办理完成)(时间|日期)$/,
    /^(closed?|resolved|completed|completion)(date|time|at|on|dt)*$/,
  ],
  due: [
    /^(限办|到期|应办结|截止|办理期限|限办结)(时间|日期|期限)?$/,
    /^(due|target|sla)(date|time|at|dt)*$/,
  ],
  notified: [/^(告知|受理告知|通知)(时间|日期)$/, /^notified(date|time|at)*$/],
  forwarded: [/^(转送|转办|交办|转交)(时间|日期)$/, /^forwarded(date|time|at)*$/],
  channel: [
    /^(信访|来访|受理)?(形式|方式|渠道|途径)$/,
    /^(methodreceived|channel|source|method|origin|intake|requestsource)$/,
    /来源$/,
  ],
  region: [
    /^(问题)?(属地|区划|行政区划|区域|地区|所属区县|区县|街道|乡镇)$/,
    /^(councildistrict|district|ward|region|borough|county|area)$/,
    /(属地|区划|区县)/,
    /^(neighbou?rhood)$/,
  ],
  category: [
    /^(问题|内容|信访|事项|诉求)?(类别|分类|类型|内容分类)$/,
    /^(srtype|category|casetitle|complainttype|requesttype|servicename|type|topic|problem|subject)$/,
    /(类别|分类)/,
  ],
  org: [
    /^(责任|承办|办理|受理|处理|主办)?(单位|部门|机关)$/,
    /^(agency|department|dept|org|organi[sz]ation|office|unit|agencyname)$/,
  ],
  people: [/^(来访|上访|信访)?(人数|人次)$/, /^(people|persons|heads|headcount)$/],
  outcome: [/^(办理|处理|答复|办结)(结果|意见|方式)$/, /^(outcome|resolution|result)$/],
  identity: [/(身份证|证件)(号|号码)?$/, /^(idcard|idnumber|nationalid)$/],
}

const bare = (header: string): string => header.toLowerCase().replace(/[\s._\-/()（）]+/g, '')

/** Which column plays which part, by the names alone; a column plays one part. */
export const rolesOf = (header: readonly string[]): ReadonlyMap<Role, string> => {
  const found = new Map<Role, string>()
  const taken = new Set<string>()
  for (const role of roles)
    for (const pattern of names[role]) {
      const column = header.find(
        (name) => name !== '' && !taken.has(name) && pattern.test(bare(name)),
      )
      if (column === undefined) continue
      found.set(role, column)
      taken.add(column)
      break
    }
  return found
}

const candidates = [
  'yyyy-MM-dd HH:mm:ss',
  'yyyy-MM-dd HH:mm:ss.SSS',
  'yyyy-MM-dd HH:mm',
  'yyyy-MM-dd',
  "yyyy-MM-dd'T'HH:mm:ss",
  "yyyy-MM-dd'T'HH:mm:ss.SSS",
  'yyyy-MM-dd hh:mm:ss a',
  'yyyy/M/d H:mm:ss',
  'yyyy/M/d H:mm',
  'yyyy/M/d',
  'yyyy-M-d H:mm:ss',
  'yyyy-M-d H:mm',
  'yyyy-M-d',
  'yyyy.M.d H:mm:ss',
  'yyyy.M.d H:mm',
  'yyyy.M.d',
  'yyyy年M月d日 H:mm:ss',
  'yyyy年M月d日 H:mm',
  'yyyy年M月d日H时m分s秒',
  'yyyy年M月d日H时m分',
  'yyyy年M月d日',
  'yyyyMMddHHmmss',
  'yyyyMMdd',
  'MM/dd/yyyy hh:mm:ss a',
  'M/d/yyyy h:mm:ss a',
  'M/d/yyyy h:mm a',
  'M/d/yyyy H:mm:ss',
  'M/d/yyyy H:mm',
  'M/d/yyyy',
  'd/M/yyyy H:mm:ss',
  'd/M/yyyy H:mm',
  'd/M/yyyy',
  'd.M.yyyy H:mm:ss',
  'd.M.yyyy H:mm',
  'd.M.yyyy',
].map((pattern) => ({ pattern, parse: compilePattern(pattern) }))

/**
 * The patterns that the texts need, most used first: each next one is the candidate that fits most
 * of what is left. Texts of day and month in doubt go to the pattern that also fits the clear ones.
 */
export const patternsFor = (texts: readonly string[]): readonly string[] => {
  const patterns: string[] = []
  let left = texts.filter((text) => parseRfc3339(text) === undefined)
  for (;;) {
    let best: { pattern: string; left: readonly string[] } | undefined
    for (const { pattern, parse } of candidates) {
      const unfit = left.filter((text) => parse(text) === undefined)
      if (unfit.length < (best?.left ?? left).length) best = { pattern, left: unfit }
    }
    if (best === undefined) return patterns
    patterns.push(best.pattern)
    left = [...best.left]
  }
}

/** Whether a column's cells are mostly dates, of the cell's own kind or in one of the usual patterns. */
export const looksLikeDates = (cells: readonly Cell[]): boolean => {
  const given = cells.filter((cell) => cellText(cell) !== '')
  const dates = given.filter(
    (cell) =>
      cell instanceof Date ||
      (typeof cell === 'string' &&
        (parseRfc3339(cell.trim()) ?? candidates.find(({ parse }) => parse(cell.trim()))) !==
          undefined),
  )
  return given.length > 0 && dates.length >= given.length * 0.6
}
