import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import type { Span } from './calendar-periods.ts'
import { handlingMs, type Subject } from './figure-dimensions.ts'
import type { Folded } from './fold.ts'
import { localClock } from './local-time.ts'
import { levelOf } from './region-codes.ts'

/** What one petition or matter brings to a figure. */
export type Entry = {
  subject: Subject
  /** What it adds to a count; 1 for what is counted by the piece. */
  amount: number
  /** For a rate: whether it is in the numerator as well. */
  hit: boolean
  /** For days: milliseconds; null where it is left out and counted as excluded. */
  ms: number | null
  /** Entries of one such value count once in a cell. */
  once?: string
  /** For a rate: it is not in the denominator. */
  aboveOnly?: boolean
}

export type Metric = {
  unit: string
  basis: 'E' | 'R' | 'D' | 'S' | '–'
  kind: 'count' | 'rate' | 'days'
  /** For days: the share below the quantile. */
  quantile?: number
  entries: (folded: Folded, period: Span, asOf: number, timezone: string) => Entry[]
}

const within = (at: number | null, { from, to }: Span): at is number =>
  at !== null && from <= at && at < to

const petitionEntries = (
  rows: readonly PetitionRow[],
  period: Span,
  say: (row: PetitionRow) => { amount?: number; hit?: boolean },
): Entry[] =>
  rows
    .filter((row) => row.counted && within(row.time, period))
    .map((row) => {
      const { amount = 1, hit = false } = say(row)
      return { subject: { kind: 'petition', row }, amount, hit, ms: null }
    })

const matterEntries = (
  rows: readonly MatterRow[],
  say: (row: MatterRow) => { hit?: boolean; ms?: number | null } = () => ({}),
): Entry[] =>
  rows.map((row) => {
    const { hit = false, ms = null } = say(row)
    return { subject: { kind: 'matter', row }, amount: 1, hit, ms }
  })

const petitionCount = (
  unit: string,
  which: (row: PetitionRow) => boolean,
  amount: (row: PetitionRow) => number = () => 1,
): Metric => ({
  unit,
  basis: 'E',
  kind: 'count',
  entries: ({ petitions }, period) =>
    petitionEntries(petitions.filter(which), period, (row) => ({ amount: amount(row) })),
})

const isVisit = ({ channel }: PetitionRow) => channel === 'visit'

/** In scope, and not void: what all but the petition and matter counts are about. */
const handled = ({ matters }: Folded): MatterRow[] =>
  matters.filter((row) => row.present && row.inScope && !row.voided)

const matterCount = (time: (row: MatterRow) => number | null): Metric => ({
  unit: '件',
  basis: 'E',
  kind: 'count',
  entries: (folded, period) =>
    matterEntries(handled(folded).filter((row) => within(time(row), period))),
})

/** On time over all that have a due time, without those first closed by redirection. */
const onTime = (basis: 'D' | 'E', time: (row: MatterRow) => number | null): Metric => ({
  unit: '件',
  basis,
  kind: 'rate',
  entries: (folded, period, asOf) =>
    matterEntries(
      handled(folded).filter((row) => {
        const at = time(row)
        return (
          row.dueAt !== null &&
          within(at, period) &&
          (basis === 'E' || at <= asOf) &&
          row.firstOutcome !== 'redirected'
        )
      }),
      ({ firstClosedAt, dueAt }) => ({
        hit: firstClosedAt !== null && dueAt !== null && firstClosedAt <= dueAt,
      }),
    ),
})

const daysToClose = (quantile: number): Metric => ({
  unit: 'days',
  basis: 'E',
  kind: 'days',
  quantile,
  entries: (folded, period) =>
    matterEntries(
      handled(folded).filter((row) => within(row.closedAt, period)),
      (row) => ({ ms: handlingMs(row) }),
    ),
})

/** Open just before the end of the period, by the spells; merged away since or not. */
const stock = (which: (due: number | null, now: number) => boolean): Metric => ({
  unit: '件',
  basis: 'S',
  kind: 'count',
  entries: ({ matters }, { to }, asOf) =>
    matterEntries(
      matters.filter((row) => {
        const spell = row.openSpells.find(({ opened, ended }) => opened < to && to <= ended)
        return !row.voided && spell !== undefined && which(spell.due, Math.min(to, asOf))
      }),
    ),
})

const COLLECTIVE = 5
const isCollective = ({ people }: PetitionRow) => people >= COLLECTIVE
const isRepeat = ({ repeat }: PetitionRow) => repeat
const heads = ({ people }: PetitionRow) => people
const one = () => 1
const knowsLevels = ({ receivedLevel, competentLevel }: PetitionRow) =>
  receivedLevel !== 0 && competentLevel !== 0
const isBeyondLaw = (row: PetitionRow) =>
  knowsLevels(row) && row.receivedLevel - row.competentLevel > 1
const isAboveHome = (row: PetitionRow) => {
  const home = row.homeLevel === 0 ? (levelOf(row.region) ?? 0) : row.homeLevel
  return home !== 0 && row.receivedLevel > home
}

const visitCount = (
  which: (row: PetitionRow) => boolean,
  amount: (row: PetitionRow) => number = one,
): Metric =>
  petitionCount(amount === one ? '批次' : '人次', (row) => isVisit(row) && which(row), amount)

const petitionShare = (
  unit: string,
  hit: (row: PetitionRow) => boolean,
  among: (row: PetitionRow) => boolean = () => true,
  amount: (row: PetitionRow) => number = one,
): Metric => ({
  unit,
  basis: 'E',
  kind: 'rate',
  entries: ({ petitions }, period) =>
    petitionEntries(petitions.filter(among), period, (row) => ({
      amount: amount(row),
      hit: hit(row),
    })),
})

/** Of some matters those that are hits, each dated by an instant; D only up to asOf. */
const matterShare = (
  basis: 'E' | 'R' | 'D',
  rowsOf: (folded: Folded) => MatterRow[],
  time: (row: MatterRow, timezone: string) => number | null,
  hit: (row: MatterRow, timezone: string) => boolean,
  among: (row: MatterRow, asOf: number) => boolean = () => true,
): Metric => ({
  unit: '件',
  basis,
  kind: 'rate',
  entries: (folded, period, asOf, timezone) =>
    matterEntries(
      rowsOf(folded).filter((row) => {
        const at = time(row, timezone)
        return within(at, period) && (basis !== 'D' || at <= asOf) && among(row, asOf)
      }),
      (row) => ({ hit: hit(row, timezone) }),
    ),
})

const matterCountOf = (
  rowsOf: (folded: Folded) => MatterRow[],
  time: (row: MatterRow) => number | null,
): Metric => ({
  unit: '件',
  basis: 'E',
  kind: 'count',
  entries: (folded, period) =>
    matterEntries(rowsOf(folded).filter((row) => within(time(row), period))),
})

const standing = ({ matters }: Folded): MatterRow[] =>
  matters.filter((row) => row.present && !row.voided && row.mergedInto === '')

const dayMs = 86_400_000
const clocks = new Map<string, ReturnType<typeof localClock>>()
const dayEnd = (at: number | null, days: number, timezone: string): number | null => {
  const clock = clocks.get(timezone) ?? localClock(timezone)
  clocks.set(timezone, clock)
  return at === null ? null : clock.endOfDay(at, days)
}
const by = (at: number | null, limit: number | null) => at !== null && limit !== null && at <= limit

const registeredAt = ({ registeredAt: at }: MatterRow) => at
const acceptedAt = ({ acceptedAt: at }: MatterRow) => at
const firstClosedAt = ({ firstClosedAt: at }: MatterRow) => at
const isClosed = ({ closedAt }: MatterRow) => closedAt !== null

const noticeLimit = (row: MatterRow, timezone: string) => dayEnd(row.registeredAt, 15, timezone)

/** First-time closures whose days have ended. */
const firstTimers =
  (days: number) =>
  (row: MatterRow, asOf: number): boolean =>
    row.firstClosedAt !== null &&
    row.firstClosedAt + days * dayMs <= asOf &&
    row.petitionTimes.filter((time) => time <= (row.firstClosedAt ?? 0)).length === 1

const cameBackWithin = (days: number) => (row: MatterRow) =>
  row.petitionTimes.some(
    (time) =>
      row.firstClosedAt !== null &&
      time > row.firstClosedAt &&
      time <= row.firstClosedAt + days * dayMs,
  )

const returnRate = (days: number): Metric =>
  matterShare('E', handled, firstClosedAt, cameBackWithin(days), firstTimers(days))

type Rating = (row: MatterRow) => string
const unit: Rating = ({ unitRating }) => unitRating
const office: Rating = ({ officeRating }) => officeRating
const evaluationRate = (rating: Rating): Metric =>
  matterShare('E', handled, firstClosedAt, (row) => rating(row) !== '', firstTimers(30))
const satisfactionRate = (rating: Rating): Metric =>
  matterShare(
    'E',
    handled,
    firstClosedAt,
    (row) => ['satisfied', 'basic'].includes(rating(row)),
    (row, asOf) => firstTimers(30)(row, asOf) && rating(row) !== '',
  )

const requestRate = (
  start: (row: MatterRow) => number | null,
  requests: (row: MatterRow) => readonly number[],
): Metric => {
  const limit = (row: MatterRow, timezone: string) => dayEnd(start(row), 30, timezone)
  return matterShare('D', handled, limit, (row, timezone) => {
    const from = start(row)
    return requests(row).some((at) => from !== null && at >= from && by(at, limit(row, timezone)))
  })
}

type Listing = MatterRow['campaigns'][number]
const lastResolution = ({ listedAt, resolvedAt }: Listing): number | null =>
  resolvedAt !== null && resolvedAt >= listedAt ? resolvedAt : null
const reboundOf = (row: MatterRow, listing: Listing): boolean => {
  const at = lastResolution(listing)
  return at !== null && row.petitionTimes.some((time) => time > at && time - at <= 180 * dayMs)
}

const listingShare = (
  basis: 'E' | 'R',
  time: (listing: Listing) => number | null,
  hit: (row: MatterRow, listing: Listing) => boolean,
  among: (listing: Listing, asOf: number) => boolean = () => true,
): Metric => ({
  unit: '件',
  basis,
  kind: 'rate',
  entries: (folded, period, asOf) =>
    handled(folded).flatMap((row) =>
      row.campaigns
        .filter((listing) => within(time(listing), period) && among(listing, asOf))
        .map((listing) => ({
          subject: { kind: 'listing', row, listing },
          amount: 1,
          hit: hit(row, listing),
          ms: null,
        })),
    ),
})

const listingCount = (
  time: (listing: Listing) => number | null,
  among: (row: MatterRow, listing: Listing) => boolean = () => true,
): Metric => ({
  unit: '件',
  basis: 'E',
  kind: 'count',
  entries: (folded, period) =>
    handled(folded).flatMap((row) =>
      row.campaigns
        .filter((listing) => within(time(listing), period) && among(row, listing))
        .map((listing) => ({
          subject: { kind: 'listing', row, listing },
          amount: 1,
          hit: false,
          ms: null,
        })),
    ),
})

const candidateReason = (row: MatterRow, asOf: number): string | null => {
  if (row.flags.includes('litigation') || row.terminatedAt !== null) return null
  const { dueAt, firstClosedAt: closing } = row
  if (dueAt !== null && dueAt < asOf && (row.closedAt === null || !by(closing, dueAt)))
    return 'overdue'
  const again = row.petitionTimes.some((time) => closing !== null && time > closing)
  if (again && !row.settled) return 'repeat'
  return row.unitRating === 'dissatisfied' ? 'dissatisfied' : null
}

const payments = (once: boolean): Metric => ({
  unit: once ? '件' : '分',
  basis: 'E',
  kind: 'count',
  entries: ({ matters }, period) =>
    matters
      .filter(({ voided }) => !voided)
      .flatMap((row) =>
        row.relief
          .filter(({ at }) => within(at, period))
          .map(
            ({ amountFen }): Entry => ({
              subject: { kind: 'matter', row },
              amount: amountFen,
              hit: false,
              ms: null,
              ...(once ? { once: row.matterId } : {}),
            }),
          ),
      ),
})

const isForwarded = (row: MatterRow) => row.forwardedAt !== null
const isAccepted = (row: MatterRow) => row.acceptedAt !== null
const isRated = (row: MatterRow) => row.unitRating !== ''

/** Registered in the period, and come so far or further. */
const progress = (...reached: ((row: MatterRow) => boolean)[]): Metric => ({
  ...matterCountOf(
    (folded) =>
      handled(folded).filter((row) => reached.length === 0 || reached.some((is) => is(row))),
    registeredAt,
  ),
  basis: 'R',
})

/** The figures of contract §4, and those the pages show besides. */
export const referenceMetrics = {
  petitions: petitionCount('件次', () => true),
  visits: visitCount(() => true),
  people: visitCount(() => true, heads),
  collective_visits: visitCount(isCollective),
  collective_visits_share: petitionShare('批次', isCollective, isVisit),
  collective_people: visitCount(isCollective, heads),
  collective_people_share: petitionShare('人次', isCollective, isVisit, heads),
  leader_reception_visits: visitCount(({ leaderReception }) => leaderReception),
  repeat_petitions: petitionCount('件次', isRepeat),
  repeat_share: petitionShare('件次', isRepeat),
  repeat_visits: visitCount(isRepeat),
  repeat_visit_share: petitionShare('批次', isRepeat, isVisit),
  repeat_people: visitCount(isRepeat, heads),
  cross_level_legal: visitCount(isBeyondLaw),
  cross_level_legal_people: visitCount(isBeyondLaw, heads),
  cross_level_legal_share: petitionShare(
    '批次',
    isBeyondLaw,
    (row) => isVisit(row) && knowsLevels(row),
  ),
  cross_level_any: visitCount(isAboveHome),
  cross_level_any_people: visitCount(isAboveHome, heads),
  cross_level_any_share: petitionShare('批次', isAboveHome, isVisit),
  cross_level_unknown: visitCount((row) => !knowsLevels(row)),
  online_share: petitionShare('件次', ({ channel }) => channel === 'online'),
  suggestion_petitions: petitionCount('件次', ({ purpose }) => purpose === 'suggestion'),
  report_petitions: petitionCount('件次', ({ purpose }) => purpose === 'report'),
  matters: matterCountOf(
    ({ matters }) => matters.filter((row) => row.mergedInto === ''),
    registeredAt,
  ),
  cross_boundary_share: matterShare('E', standing, registeredAt, (row) => row.crossBoundary),
  multi_channel_share: matterShare('E', standing, registeredAt, (row) => row.channelCount > 1),
  declined_matters: matterCountOf(standing, ({ declinedAt }) => declinedAt),
  withdrawn_matters: matterCountOf(standing, ({ withdrawnAt }) => withdrawnAt),
  terminations: matterCount(({ terminatedAt }) => terminatedAt),
  accepted: matterCount(acceptedAt),
  closures: matterCount(({ closedAt }) => closedAt),
  clearance_ratio: {
    unit: '件',
    basis: 'E',
    kind: 'rate',
    entries: (folded, period) => [
      ...matterEntries(
        handled(folded).filter((row) => within(row.closedAt, period)),
        () => ({ hit: true }),
      ).map((entry) => ({ ...entry, aboveOnly: true })),
      ...matterEntries(handled(folded).filter((row) => within(row.acceptedAt, period))),
    ],
  },
  closure_rate: matterShare('R', handled, acceptedAt, isClosed),
  first_time_closure_rate: matterShare(
    'R',
    handled,
    acceptedAt,
    isClosed,
    (row) => row.petitionTimes.filter((time) => by(time, row.acceptedAt)).length === 1,
  ),
  lead_assigned_share: matterShare('R', handled, acceptedAt, ({ leadLevel }) => leadLevel !== 0),
  timely_notice_rate: matterShare('D', handled, noticeLimit, (row, timezone) =>
    by(row.notifiedAt, noticeLimit(row, timezone)),
  ),
  timely_forward_rate: matterShare('D', handled, noticeLimit, (row, timezone) =>
    [row.forwardedAt, row.acceptedAt].some((at) => by(at, noticeLimit(row, timezone))),
  ),
  on_time_closure_rate: onTime('D', ({ dueAt }) => dueAt),
  closed_on_time_share: onTime('E', ({ closedAt }) => closedAt),
  lead_on_time_rate: onTime('D', ({ dueAt, leadLevel }) => (leadLevel > 0 ? dueAt : null)),
  supervised_on_time_rate: onTime('D', ({ dueAt, supervised }) => (supervised ? dueAt : null)),
  median_days_to_close: daysToClose(0.5),
  p90_days_to_close: daysToClose(0.9),
  open_matters: stock(() => true),
  overdue_matters: stock((due, now) => due !== null && due < now),
  due_soon_matters: stock((due, now) => due !== null && due >= now && due < now + 7 * dayMs),
  return_rate_30d: returnRate(30),
  return_rate_60d: returnRate(60),
  return_rate_90d: returnRate(90),
  return_rate_180d: returnRate(180),
  first_time_resolution_rate: matterShare(
    'E',
    handled,
    firstClosedAt,
    (row) =>
      !cameBackWithin(90)(row) &&
      row.unitRating !== 'dissatisfied' &&
      !row.reviewRequestedAt.some(
        (at) =>
          row.firstClosedAt !== null &&
          at >= row.firstClosedAt &&
          at - row.firstClosedAt <= 90 * dayMs,
      ),
    firstTimers(90),
  ),
  evaluation_rate: evaluationRate(unit),
  evaluation_rate_office: evaluationRate(office),
  satisfaction_rate: satisfactionRate(unit),
  satisfaction_rate_office: satisfactionRate(office),
  review_request_rate: requestRate(firstClosedAt, (row) => row.reviewRequestedAt),
  recheck_request_rate: requestRate(
    (row) => row.reviewDecidedAt,
    (row) => row.recheckRequestedAt,
  ),
  review_change_rate: {
    unit: '件',
    basis: 'E',
    kind: 'rate',
    entries: (folded, period) =>
      handled(folded).flatMap((row) =>
        (
          [
            ['review', row.reviewDecidedAt, row.reviewResult],
            ['recheck', row.recheckDecidedAt, row.recheckResult],
          ] as const
        )
          .filter(([, at]) => within(at, period))
          .map(
            ([stage, , result]): Entry => ({
              subject: { kind: 'decision', row, stage },
              amount: 1,
              hit: result !== 'upheld',
              ms: null,
            }),
          ),
      ),
  },
  backlog_resolution_rate: listingShare(
    'R',
    ({ listedAt }) => listedAt,
    (row, listing) => lastResolution(listing) !== null && !reboundOf(row, listing),
  ),
  backlog_listed: listingCount(({ listedAt }) => listedAt),
  backlog_resolved: listingCount(lastResolution, (row, listing) => !reboundOf(row, listing)),
  backlog_rebound_rate: listingShare('E', lastResolution, reboundOf, (listing, asOf) => {
    const at = lastResolution(listing)
    return at !== null && at + 180 * dayMs <= asOf
  }),
  settlement_rate: listingShare(
    'R',
    ({ listedAt }) => listedAt,
    (row, { listedAt }) => row.settled && row.settledAt !== null && row.settledAt >= listedAt,
  ),
  backlog_candidates: {
    unit: '件',
    basis: '–',
    kind: 'count',
    entries: (folded, _, asOf) =>
      handled(folded).flatMap((row): Entry[] => {
        const reason = candidateReason(row, asOf)
        return reason === null
          ? []
          : [{ subject: { kind: 'candidate', row, reason }, amount: 1, hit: false, ms: null }]
      }),
  },
  relief_amount: payments(false),
  relief_matters: payments(true),
  funnel_registered: progress(),
  funnel_forwarded: progress(isForwarded, isAccepted, isClosed),
  funnel_accepted: progress(isAccepted, isClosed),
  funnel_closed: progress(isClosed),
  funnel_rated: progress((row) => isClosed(row) && isRated(row)),
} as const satisfies Record<string, Metric>

export type MetricId = keyof typeof referenceMetrics
