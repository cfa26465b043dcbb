import { PulseError } from '../../schemas/errors.ts'
import { type RefusalCode, refusalCodes } from '../../schemas/events/reasons.ts'
import { parseDay } from '../../schemas/periods/local-day.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { nearest } from '../../schemas/settings/nearest.ts'
import { askedStamp } from '../figures/question.ts'

export const MOST_LETTERS = 10_000
export const USUAL_LETTERS = 50

/** One of the reasons of refusal. USAGE where it is none of them. */
export const readReason = (text: string | undefined): { readonly reason?: RefusalCode } => {
  if (text === undefined) return {}
  const code = text.trim().toUpperCase()
  const reason = refusalCodes.find((known) => known === code)
  if (reason !== undefined) return { reason }
  const meant = nearest(code, refusalCodes)
  throw new PulseError(
    'USAGE',
    `--reason takes a reason of refusal${meant === undefined ? '' : `, perhaps ${meant}`}; one of ${refusalCodes.join(', ')}.`,
  )
}

/** RFC 3339, or a date, which means the beginning of that local day; epoch ms. */
const readSince = (text: string | undefined, timezone: string): { readonly since?: number } => {
  if (text === undefined) return {}
  const given = text.trim()
  if (/^\d{4}-\d{2}-\d{2}$/.test(given))
    return { since: zoneOf(timezone).startOf(parseDay(given, '--since')) }
  const instant = askedStamp(given)
  if (instant !== undefined) return { since: instant }
  throw new PulseError(
    'USAGE',
    '--since must be a date such as 2024-01-31 (the beginning of that day) or a time with an offset such as 2024-01-31T18:00:00+08:00.',
  )
}

const readLimit = (text: string | undefined): { readonly limit: number } => {
  if (text === undefined) return { limit: USUAL_LETTERS }
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MOST_LETTERS) return { limit }
  throw new PulseError('USAGE', `--limit must be a whole number from 1 to ${MOST_LETTERS}.`)
}

/** Which letters to list, out of texts. USAGE where one cannot be read. */
export const readLettersAsked = (
  text: Readonly<Partial<Record<'reason' | 'since' | 'limit', string | undefined>>>,
  timezone: string,
) => ({ ...readReason(text.reason), ...readSince(text.since, timezone), ...readLimit(text.limit) })
