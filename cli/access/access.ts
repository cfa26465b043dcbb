import type {
  LetterLine,
  LettersAsked,
  ShownLetter,
} from '../../consumers/dead-letters/read-letters.ts'
import type { ReplayAsked, ReplayReport } from '../../consumers/dead-letters/replay-letters.ts'
import type { Reconciliation } from '../../consumers/reconcile/report.ts'
import type { RefoldAsked, RefoldHearing } from '../../consumers/replay/replay.ts'
import type { RefoldReport } from '../../consumers/replay/report.ts'
import type { ScopedQuestionText } from '../../dashboards/api/figure-request.ts'
import type { FigureAnswer } from '../../dashboards/figures/answer.ts'
import type { Inquiry, InquiryQuery } from '../../dashboards/inquiries/inquiry.ts'
import type { Taken } from '../../producers/append/take-lines.ts'
import type { PriorLedgerEvent } from '../../producers/ledger/plan-import.ts'
import type { CaseEvent } from '../../schemas/events/event.ts'
import type { LedgerState } from '../../schemas/log/ledger-state.ts'

/** The messages that could not be used. */
export type DeadLetters = {
  readonly list: (asked: LettersAsked) => Promise<readonly LetterLine[]>
  /** A letter by its name, `origin/position`. NOT_FOUND where none was parked there. */
  readonly show: (letter: string) => Promise<ShownLetter>
  /** `progress` hears how many were looked at. */
  readonly replay: (
    asked: ReplayAsked,
    progress: (letters: number) => void,
  ) => Promise<ReplayReport>
}

/** How events that were handed over ended. */
export type Published = {
  readonly published: number
  readonly duplicates: number
  readonly conflicts: number
  /** The log did not say how events ended: `published` is all of them. */
  readonly outcomesUnknown?: true
}

export type Migrated = { readonly version: number; readonly applied: readonly number[] }

/**
 * What commands ask of a store, the same whether this process holds it or a running `pulse up` is
 * asked over HTTP: equal answers, equal errors.
 */
export type Access = {
  /** The store, for messages: a directory or an address. */
  readonly name: string
  /**
   * The figure, and the settings it was counted by where these are another process's: the names of
   * the variables and their values there.
   */
  readonly figure: (question: ScopedQuestionText) => Promise<{
    readonly answer: FigureAnswer
    readonly countedBy: Readonly<Record<string, string>>
  }>
  /** A question made of figures, from the texts of its parameters. */
  readonly inquire: <A extends object>(inquiry: Inquiry<A>, query: InquiryQuery) => Promise<A>
  /** Takes events in, one a line, until every figure counts them; `progress` hears how many more became durable. */
  readonly append: (
    chunks: AsyncIterable<Uint8Array>,
    progress: (events: number) => void,
  ) => Promise<Taken>
  /** Takes in events already checked, at most MAX_BATCH_EVENTS of them, until they are durable. */
  readonly publish: (events: readonly CaseEvent[]) => Promise<Published>
  /** Resolves when every figure counts what was published. */
  readonly settled: () => Promise<void>
  /** What was imported before from one ledger, by the prefix of its event ids. */
  readonly priorLedgerEvents: (
    source: string,
    idPrefix: string,
  ) => Promise<readonly PriorLedgerEvent[]>
  readonly ledgerState: (source: string, idPrefix: string) => Promise<LedgerState>
  /** Keeps what is given of the state, leaves the rest as it is. */
  readonly noteLedger: (source: string, idPrefix: string, state: LedgerState) => Promise<void>
  /** Folds everything again beside the live tables, reports what differs, and switches. */
  readonly replay: (asked: RefoldAsked, hearing: RefoldHearing) => Promise<RefoldReport>
  readonly migrate: () => Promise<Migrated>
  readonly deadLetters: DeadLetters
  /** Compares the log, the raw rows and the folded rows; `progress` hears of events. */
  readonly reconcile: (progress: (done: number, whole: number) => void) => Promise<Reconciliation>
  readonly close: () => Promise<void>
}

/** What commands that send events ask. */
export type Sending = Pick<
  Access,
  | 'name'
  | 'append'
  | 'publish'
  | 'settled'
  | 'priorLedgerEvents'
  | 'ledgerState'
  | 'noteLedger'
  | 'close'
>
