/**
 * What the fold says of one matter and one petition: the rows of the tables `matters` and
 * `petitions`, as plain data. The SQL fold writes them; the reference fold of the tests returns
 * them; both must agree to the last field. Times are epoch milliseconds (UTC); `null` and `''`
 * stand for "not known". Rules: contract §3.
 */

/** Half-open on the left: open at every instant T with `opened` < T ≤ `ended`. `due` as it stood then. */
export type OpenSpell = { opened: number; ended: number; due: number | null }

/** One campaign a matter was listed in; `resolvedAt` is the latest `backlogResolved`, whenever it was. */
export type CampaignListing = {
  campaign: string
  cohort: string
  reason: string
  listedAt: number
  resolvedAt: number | null
}

/** End of a spell that has not ended: 2299-12-31T23:59:59.999Z, the last instant the engine can hold. */
export const FOREVER = Date.UTC(2299, 11, 31, 23, 59, 59, 999)

export type MatterRow = {
  matterId: string
  /** false: nothing known concerns it (its events were retracted, or are not known yet). All else is then empty. */
  present: boolean
  /** The matter at the end of the chain of merges; '' unless merged away. */
  mergedInto: string
  /** At least one petition belongs to it and every one of them is voided: it counts nowhere. */
  voided: boolean
  /** Neither declined, withdrawn nor merged away (voided is apart). */
  inScope: boolean
  /** Time of the latest `declined`, where that is the latest of `accepted` and `declined`; else null. */
  declinedAt: number | null
  /** Time of the latest `withdrawn`, where that is the latest of `withdrawn` and `reopened`; else null. */
  withdrawnAt: number | null
  /** Time of the earliest `terminated`. */
  terminatedAt: number | null
  /** First counted petition. Null: none known, and the dimensions of the first petition are empty. */
  registeredAt: number | null
  /** Times of its counted petitions, ascending (of the matters merged into it too). */
  petitionTimes: number[]
  region: string
  category: string
  channel: string
  purpose: string
  /** Flags of the first petition, ascending by name. */
  flags: string[]
  /** 0: unknown. Of the first petition, `competentLevel` after reclassification. */
  receivedLevel: number
  competentLevel: number
  homeLevel: number
  /** Latest `reclassified.org`, else the earliest accepted's org, else the first petition's. */
  org: string
  /** Number of different channels of its counted petitions. */
  channelCount: number
  /** Any counted petition has a flag other than litigation. */
  crossBoundary: boolean
  forwardedAt: number | null
  acceptedAt: number | null
  route: string
  notifiedAt: number | null
  /** With the approved extension; null where contract §3 gives no due. */
  dueAt: number | null
  closedAt: number | null
  outcome: string
  firstClosedAt: number | null
  firstOutcome: string
  /** Counted petitions at or before accepted at, and at or before the first closing; 0 where that is null. */
  petitionsAtAccepted: number
  petitionsAtFirstClosing: number
  /** Earliest counted petition after the first closing. */
  returnedAt: number | null
  /** Latest `leadAssigned` level; 0: none. */
  leadLevel: number
  supervised: boolean
  unitRating: string
  officeRating: string
  /** Times of `reviewRequested`, ascending, by stage. */
  reviewRequestedAt: number[]
  recheckRequestedAt: number[]
  /** Earliest decision of each stage. */
  reviewDecidedAt: number | null
  reviewResult: string
  recheckDecidedAt: number | null
  recheckResult: string
  /** Latest `settled`, and whether no counted petition came after it. */
  settledAt: number | null
  settled: boolean
  /** Ascending by campaign. */
  campaigns: CampaignListing[]
  /** Ascending by (time, amount). A merged-away matter's relief belongs to the survivor. */
  relief: { at: number; amountFen: number }[]
  /** Ascending, disjoint, none empty; neighbours that differ in nothing are joined. */
  openSpells: OpenSpell[]
}

export type PetitionRow = {
  /** The matter it was registered under; with `petitionId` its identity. */
  originMatter: string
  petitionId: string
  /** false: it was registered once, but nothing known says so now. All else is then empty. */
  present: boolean
  /** The matter it belongs to after merges. */
  matterId: string
  time: number
  channel: string
  region: string
  category: string
  org: string
  purpose: string
  flags: string[]
  people: number
  receivedLevel: number
  competentLevel: number
  homeLevel: number
  leaderReception: boolean
  supplement: boolean
  voided: boolean
  /** Valid and not a supplement. */
  counted: boolean
  /** Counted, and not the first of its matter by (time, petitionId, originMatter). */
  repeat: boolean
}
