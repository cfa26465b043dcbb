import type { CampaignListing, MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import { ancestorAt, liesIn } from './region-codes.ts'

export type Subject =
  | { kind: 'petition'; row: PetitionRow }
  | { kind: 'matter'; row: MatterRow }
  | { kind: 'listing'; row: MatterRow; listing: CampaignListing }
  | { kind: 'candidate'; row: MatterRow; reason: string }
  | { kind: 'decision'; row: MatterRow; stage: string }

const dayMs = 86_400_000

/** Milliseconds from registration to the closing that stands; null where they cannot be counted. */
export const handlingMs = ({ registeredAt, closedAt }: MatterRow): number | null =>
  registeredAt === null || closedAt === null || closedAt < registeredAt
    ? null
    : closedAt - registeredAt

const closeDays = (row: MatterRow): string => {
  const ms = handlingMs(row)
  if (ms === null) return ''
  const classes = [
    [1, '0-1'],
    [7, '1-7'],
    [15, '7-15'],
    [30, '15-30'],
    [60, '30-60'],
    [90, '60-90'],
  ] as const
  return classes.find(([days]) => ms <= days * dayMs)?.[1] ?? '90+'
}

const levelText = (level: number): string => (level === 0 ? '' : String(level))

/** The classes of a dimension that a petition or matter falls into: one, or several flags. */
export const classesOf = (subject: Subject, dimension: string): string[] => {
  const { row } = subject
  const [name, at] = dimension.split('@')
  const step = at === undefined ? undefined : Number(at)
  switch (name) {
    case 'region':
      return [step === undefined ? row.region : ancestorAt(row.region, step)]
    case 'category':
      return [row.category.split('/').slice(0, step).join('/')]
    case 'org':
      return [row.org]
    case 'channel':
      return [row.channel]
    case 'purpose':
      return [row.purpose]
    case 'level':
      return [levelText(row.receivedLevel)]
  }
  if (subject.kind === 'petition') {
    if (name === 'repeat') return [subject.row.repeat ? 'repeat' : 'first']
  } else {
    const matter = subject.row
    if (name === 'route') return [matter.route]
    if (name === 'outcome') return [matter.outcome]
    if (name === 'leadLevel') return [levelText(matter.leadLevel)]
    if (name === 'flag') return matter.flags.length === 0 ? [''] : matter.flags
    if (name === 'closeDays') return [closeDays(matter)]
    if (subject.kind === 'listing') {
      const { campaign, cohort, reason } = subject.listing
      if (name === 'campaign') return [campaign]
      if (name === 'cohort') return [cohort]
      if (name === 'reason') return [reason]
    }
    if (subject.kind === 'candidate' && name === 'reason') return [subject.reason]
    if (subject.kind === 'decision' && name === 'stage') return [subject.stage]
  }
  throw new Error(`A figure of the unit ${subject.kind} has no dimension ${dimension}.`)
}

/** Whether a class is among those asked for; a region stands for all below it. */
export const isAmong = (dimension: string, value: string, asked: readonly string[]): boolean =>
  asked.some((one) => (dimension === 'region' ? liesIn(value, one) : value === one))
