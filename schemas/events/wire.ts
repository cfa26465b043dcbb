import type { Definitions } from './definitions.ts'
import type { WireDataOf } from './fields.ts'
import type { EventType } from './types.ts'

/** `data` of one type as sent: stamps are RFC 3339 text, defaults may be left out. */
export type WireData<T extends EventType> = WireDataOf<Definitions[T]['fields']>

/**
 * An event as a producer sends it: CloudEvents 1.0 in JSON, contract §2. `time` and `recordedtime`
 * are RFC 3339 with an offset. `receivedtime` is not here: only the system's own edge sets it.
 */
export type WireEvent = {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: EventType
  readonly subject: string
  readonly time: string
  readonly recordedtime?: string | undefined
  readonly data: object
}

/** The same with `data` checked against the type, for producers that know the type they send. */
export type WireEventOf<T extends EventType> = {
  [K in T]: Omit<WireEvent, 'type' | 'data'> & { readonly type: K; readonly data: WireData<K> }
}[T]
