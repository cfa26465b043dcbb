import { PulseError } from '../../schemas/errors.ts'
import { type Cell, cellText } from './cell.ts'
import { looksLikeDates, patternsFor, type Role, rolesOf } from './column-roles.ts'
import type { LedgerSample } from './sample-ledger.ts'

/** A name or text as YAML takes it; quoted unless it is plain beyond doubt. */
const yaml = (text: string): string =>
  /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text)

const channelWords: readonly [RegExp, string][] = [
  [/网|邮箱|微信|app|web|online|internet|api|e-?mail|mobile|twitter/i, 'online'],
  [/电|热线|phone|call|12345/i, 'call'],
  [/访|walk|visit|person|counter/i, 'visit'],
  [/信|letter|mail|post|fax/i, 'letter'],
]

const outcomeWords: readonly [RegExp, string][] = [
  [/不予?支持|不支持|驳回|not ?supported|denied|rejected/i, 'notSupported'],
  [/部分|partly|partial/i, 'partly'],
  [/调解|和解|mediat/i, 'mediated'],
  [/转|导入|法定途径|redirect|transfer|referred/i, 'redirected'],
  [/支持|解决|办结|supported|resolved|granted|closed/i, 'supported'],
]

/** `{来信: letter, …}` of the values seen that a word is known for. */
const mapOf = (values: readonly string[], words: readonly [RegExp, string][]): string => {
  const pairs = values.flatMap((value) => {
    const word = words.find(([pattern]) => pattern.test(value))
    return word === undefined ? [] : [`${yaml(value)}: ${word[1]}`]
  })
  return `{${pairs.join(', ')}}`
}

/** Different texts of a column, at most `most`; what looks like a number of a person is left out. */
const distinct = (texts: readonly string[], most: number): readonly string[] =>
  [...new Set(texts)].filter((text) => text !== '' && !/\d{6}/.test(text)).slice(0, most)

type Columns = {
  readonly role: ReadonlyMap<Role, string>
  readonly texts: (column: string) => readonly string[]
}

/** What tells matters apart: the column of numbers, else what a person would go by. */
const subjectOf = (
  { role, texts }: Columns,
  id: string | undefined,
  registered: string,
): string => {
  if (id === undefined) {
    const parts = [
      registered,
      ...(['region', 'category', 'org'] as const).flatMap((name) => role.get(name) ?? []),
    ]
    return `{concat: [${parts.map(yaml).join(', ')}], separator: "|"}`
  }
  return texts(id).every((text) => /^[A-Za-z0-9._:/|-]{0,64}$/.test(text))
    ? yaml(id)
    : // A concat may hold any characters: the matter then has a digest in its id.
      `{concat: [${yaml(id)}]}`
}

const event = (
  type: string,
  when: string | undefined,
  time: string,
  subject: string,
  data: readonly (string | undefined)[],
): string => {
  const fields = data.filter((field) => field !== undefined)
  return [
    `  - type: ${type}`,
    ...(when === undefined ? [] : [`    when: ${yaml(when)}`]),
    `    time: ${yaml(time)}`,
    `    subject: ${subject}`,
    ...(fields.length === 0 ? [] : ['    data:', ...fields.map((field) => `      ${field}`)]),
  ].join('\n')
}

const registeredData = ({ role, texts }: Columns, id: string): readonly (string | undefined)[] => {
  const channel = role.get('channel')
  const region = role.get('region')
  const category = role.get('category')
  const org = role.get('org')
  const people = role.get('people')
  const identity = role.get('identity')
  return [
    `petitionId: ${id}`,
    channel === undefined
      ? 'channel: {const: online}            # no column found: letter, visit, call or online'
      : `channel: {column: ${yaml(channel)}, map: ${mapOf(distinct(texts(channel), 12), channelWords)}, default: online}`,
    region === undefined
      ? 'region: {const: "0"}                # no column found'
      : `region: {column: ${yaml(region)}, default: "0"}`,
    category === undefined
      ? 'category: {const: other}            # no column found'
      : `category: {column: ${yaml(category)}, default: other}`,
    org === undefined ? undefined : `org: ${yaml(org)}`,
    people === undefined ? undefined : `people: {column: ${yaml(people)}, as: integer, default: 1}`,
    identity === undefined
      ? undefined
      : `# petitioners: [{hmac: [${yaml(identity)}]}]   # keys instead of identities; needs PULSE_PSEUDONYM_KEY`,
  ]
}

const acceptedData = ({ role }: Columns): readonly (string | undefined)[] => {
  const org = role.get('org')
  const due = role.get('due')
  const notified = role.get('notified')
  return [
    org === undefined
      ? 'org: {const: unknown}               # no column found'
      : `org: {column: ${yaml(org)}, default: unknown}`,
    due === undefined ? undefined : `dueAt: {column: ${yaml(due)}, as: datetime}`,
    notified === undefined ? undefined : `notifiedAt: {column: ${yaml(notified)}, as: datetime}`,
  ]
}

const closedData = ({ role, texts }: Columns): readonly string[] => {
  const outcome = role.get('outcome')
  const known = outcome === undefined ? '{}' : mapOf(distinct(texts(outcome), 12), outcomeWords)
  return outcome === undefined || known === '{}'
    ? [
        'outcome: {const: supported}         # supported, partly, notSupported, mediated, redirected',
      ]
    : [`outcome: {column: ${yaml(outcome)}, map: ${known}, default: supported}`]
}

const withoutWrongDates = (
  found: ReadonlyMap<Role, string>,
  cells: (column: string) => readonly Cell[],
): ReadonlyMap<Role, string> => {
  const dated: readonly Role[] = [
    'registered',
    'accepted',
    'closed',
    'due',
    'notified',
    'forwarded',
  ]
  return new Map(
    [...found].filter(
      ([role, column]) =>
        !dated.includes(role) ||
        looksLikeDates(cells(column)) ||
        cells(column).every((cell) => cellText(cell) === ''),
    ),
  )
}

/**
 * A mapping file guessed from a ledger's header and first rows, with comments where a person should
 * look. It loads as it is, and imports the rows that are like the ones seen.
 *
 * Throws INPUT_INVALID where no column of dates is found: there is nothing to count by then.
 */
export const suggestMapping = (
  sample: LedgerSample,
  options: { readonly timezone?: string } = {},
): string => {
  const { header, rows } = sample
  const at = (column: string): number => header.indexOf(column)
  const cells = (column: string): readonly Cell[] => rows.map((row) => row[at(column)])
  const texts = (column: string): readonly string[] => cells(column).map(cellText)
  const role = withoutWrongDates(rolesOf(header), cells)
  const columns: Columns = { role, texts }
  const used = new Set(role.values())
  const registered =
    role.get('registered') ??
    header.find((name) => name !== '' && !used.has(name) && looksLikeDates(cells(name))) ??
    role.get('accepted')
  if (registered === undefined)
    throw new PulseError(
      'INPUT_INVALID',
      'No column of dates was found in the first rows, so no mapping can be guessed; write one by docs/ledger-mapping.md.',
    )
  const id = role.get('id')
  const accepted = role.get('accepted')
  const closed = role.get('closed')
  const forwarded = role.get('forwarded')
  const dates = ['registered', 'accepted', 'closed', 'due', 'notified', 'forwarded'] as const
  const dateTexts = [...new Set([registered, ...dates.flatMap((name) => role.get(name) ?? [])])]
    .flatMap(cells)
    .flatMap((cell) => (typeof cell === 'string' && cell.trim() !== '' ? [cell.trim()] : []))
  const patterns = patternsFor(dateTexts)
  const subject = subjectOf(columns, id, registered)
  const org = role.get('org')
  const events = [
    event(
      'petition.registered.v1',
      undefined,
      registered,
      subject,
      registeredData(columns, id === undefined ? subject : yaml(id)),
    ),
    ...(forwarded === undefined || org === undefined
      ? []
      : [
          event('matter.forwarded.v1', forwarded, forwarded, subject, [
            `toOrg: {column: ${yaml(org)}, default: unknown}`,
            'mode: {const: transfer}',
          ]),
        ]),
    // Without a column of its own, acceptance is taken to be the registration.
    event('matter.accepted.v1', accepted, accepted ?? registered, subject, acceptedData(columns)),
    ...(closed === undefined
      ? []
      : [event('matter.closed.v1', closed, closed, subject, closedData(columns))]),
  ]
  return `${[
    '# Guessed from the header and the first rows: read it through before the first import.',
    '# How to write a mapping: docs/ledger-mapping.md',
    `format: ${sample.format}`,
    ...(sample.format === 'xlsx' && sample.sheet > 1 ? [`sheet: ${sample.sheet}`] : []),
    ...(sample.format === 'csv' ? [`encoding: ${sample.encoding}`] : []),
    ...(sample.format === 'csv' && sample.delimiter !== ','
      ? [`delimiter: ${JSON.stringify(sample.delimiter)}`]
      : []),
    `timezone: ${options.timezone ?? 'Asia/Shanghai'}`,
    ...(patterns.length === 0
      ? []
      : [`datetime: [${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}]`]),
    'source: /offices/000000              # the reporting office; never change it later',
    ...(id === undefined
      ? ['# No column identifies a row, so a row is identified by its content.']
      : [`row: ${yaml(id)}`]),
    'events:',
    ...(accepted === undefined
      ? [
          events[0] ?? '',
          '  # No acceptance date was found: accepted when registered.',
          ...events.slice(1),
        ]
      : events),
  ].join('\n')}\n`
}
