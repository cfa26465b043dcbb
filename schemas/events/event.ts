import type { Definitions } from './definitions.ts'
import type { DataOf } from './fields.ts'
import type { EventType } from './types.ts'

/** `data` of one type once parsed: text trimmed, stamps in epoch milliseconds, defaults filled in. */
export type CaseData<T extends EventType> = DataOf<Definitions[T]['fields']>

/**
 * An event that kept every rule of contract §2. Times are epoch milliseconds (UTC), finer stamps
 * cut. `recordedTime` is there only where the office sent it, `receivedTime` only where the log
 * carried it. `canonical` is the RFC 8785 form of the attributes as sent, without `receivedtime`
 * and ignored attributes; `contentHash` is its SHA-256 in 64 lower-case hexadecimal digits. Two
 * events of one (subject, source, id) are copies exactly when their hashes are equal.
 */
export type CaseEventOf<T extends EventType> = {
  [K in T]: {
    readonly type: K
    readonly source: string
    readonly id: string
    readonly subject: string
    readonly time: number
    readonly recordedTime?: number | undefined
    readonly receivedTime?: number | undefined
    readonly data: CaseData<K>
    readonly canonical: string
    readonly contentHash: string
  }
}[T]

/** Discriminated on `type`. */
export type CaseEvent = CaseEventOf<EventType>
