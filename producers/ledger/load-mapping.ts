import { PulseError } from '../../schemas/errors.ts'
import { isUriReference } from '../../schemas/events/uri-reference.ts'
import { compilePattern, type DatetimePattern, parseRfc3339 } from './datetime-pattern.ts'
import type { Mapping } from './mapping.ts'
import { readEvents } from './mapping-events.ts'
import { readField } from './mapping-fields.ts'
import { isTimeZone } from './wall-clock.ts'
import {
  type Problem,
  type Problems,
  readList,
  readObject,
  readText,
  readYaml,
  type YamlObject,
} from './yaml-reader.ts'

const keys = [
  'format',
  'sheet',
  'encoding',
  'delimiter',
  'timezone',
  'datetime',
  'source',
  'ledger',
  'row',
  'events',
]

const defaultPatterns = ['yyyy-MM-dd HH:mm:ss', 'yyyy-MM-dd HH:mm', 'yyyy-MM-dd']

const oneOf = <T extends string>(
  object: YamlObject,
  key: string,
  values: Readonly<Record<string, T>>,
  fallback: T,
  problems: Problems,
): T => {
  const value = object[key]
  if (value === undefined) return fallback
  const text = readText(value, key, problems)?.toLowerCase() ?? ''
  const known = values[text]
  if (known === undefined)
    problems.add(key, `must be one of ${[...new Set(Object.values(values))].join(', ')}`)
  return known ?? fallback
}

const readPatterns = (value: unknown, problems: Problems): readonly string[] => {
  if (value === undefined) return defaultPatterns
  if (!Array.isArray(value)) return [readText(value, 'datetime', problems) ?? []].flat()
  return (readList(value, 'datetime', problems) ?? []).flatMap(
    (item, index) => readText(item, `datetime[${index}]`, problems) ?? [],
  )
}

const compilePatterns = (
  patterns: readonly string[],
  problems: Problems,
): readonly DatetimePattern[] =>
  patterns.flatMap((pattern, index) => {
    try {
      return [compilePattern(pattern)]
    } catch (cause) {
      problems.add(`datetime[${index}]`, cause instanceof Error ? cause.message : 'is no pattern')
      return []
    }
  })

const readTimezone = (value: unknown, fallback: string, problems: Problems): string => {
  const zone = value === undefined ? fallback : (readText(value, 'timezone', problems) ?? 'UTC')
  if (!isTimeZone(zone))
    problems.add('timezone', `"${zone}" is not a time zone; write one like Asia/Shanghai or UTC`)
  return zone
}

const readDelimiter = (value: unknown, problems: Problems): string => {
  if (value === undefined) return ','
  if (typeof value === 'string' && /^[^"\r\n]$/.test(value)) return value
  problems.add('delimiter', 'must be one character, such as "," ";" or "\\t"')
  return ','
}

const readSheet = (value: unknown, problems: Problems): string | number | undefined => {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value
  problems.add('sheet', 'must be the name of a sheet, or its number counted from 1')
  return undefined
}

const readMapping = (
  value: unknown,
  fileName: string,
  timezone: string,
  problems: Problems,
): Mapping | undefined => {
  const object = readObject(value, '', keys, problems)
  if (object === undefined) return undefined
  const datetimePatterns = readPatterns(object['datetime'], problems)
  const datetime = compilePatterns(datetimePatterns, problems)
  const isDatetime = (text: string): boolean =>
    [parseRfc3339, ...datetime].some((pattern) => pattern(text) !== undefined)
  const source = readText(object['source'], 'source', problems) ?? ''
  if (source !== '' && !isUriReference(source))
    problems.add('source', 'must be a URI reference, such as /offices/430100')
  const sheet = readSheet(object['sheet'], problems)
  const target = { as: 'string', hmac: true, check: () => undefined } as const
  const row =
    object['row'] === undefined ? undefined : readField(object['row'], 'row', target, problems)
  return {
    fileName,
    format: oneOf(object, 'format', { csv: 'csv', xlsx: 'xlsx' }, 'csv', problems),
    ...(sheet === undefined ? {} : { sheet }),
    encoding: oneOf<'utf-8' | 'gb18030'>(
      object,
      'encoding',
      { 'utf-8': 'utf-8', utf8: 'utf-8', gb18030: 'gb18030', gbk: 'gb18030', gb2312: 'gb18030' },
      'utf-8',
      problems,
    ),
    delimiter: readDelimiter(object['delimiter'], problems),
    timezone: readTimezone(object['timezone'], timezone, problems),
    datetime,
    datetimePatterns,
    source,
    ledger:
      object['ledger'] === undefined
        ? source
        : (readText(object['ledger'], 'ledger', problems) ?? source),
    ...(row === undefined ? {} : { row }),
    events: readEvents(object['events'], isDatetime, problems),
  }
}

/**
 * Reads a mapping file (contract §6). Beyond the contract: `delimiter` (one character, default `,`).
 * Defaults: `format` csv, `encoding` utf-8 (gbk and gb2312 are read as gb18030, which holds them),
 * `timezone` that of `options` (Asia/Shanghai), `datetime` yyyy-MM-dd with or without HH:mm or
 * HH:mm:ss, `ledger` the source.
 *
 * Throws INPUT_INVALID that lists every mistake with its place in the file; `details.problems` holds
 * them as {path, message}.
 */
export const loadMapping = (
  yamlText: string,
  fileName: string,
  options: { readonly timezone?: string } = {},
): Mapping => {
  const found: Problem[] = []
  const problems: Problems = { add: (path, message) => found.push({ path, message }) }
  const value = readYaml(yamlText, problems)
  const mapping =
    found.length > 0
      ? undefined
      : readMapping(value, fileName, options.timezone ?? 'Asia/Shanghai', problems)
  if (mapping !== undefined && found.length === 0) return mapping
  const lines = found.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`)
  throw new PulseError(
    'INPUT_INVALID',
    `The mapping ${fileName} cannot be used:\n${lines.join('\n')}`,
    {
      details: { problems: found },
    },
  )
}
