import type { EventType } from './types.ts'

/**
 * Turns the `data` of an older version into that of a newer one. `upcast` gets `data` as sent, not
 * checked yet, and must be pure and total: it renames or fills in what changed and passes every
 * other field through, so that the checks of the newer version see it. It must not drop a field:
 * what it drops nobody checks. The content identity of an event stays that of the event as sent.
 */
export type Upcaster = {
  readonly to: EventType
  readonly upcast: (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

/** By the older type. Upcasters lead straight to a type that is current. */
export type Upcasters = ReadonlyMap<string, Upcaster>

/**
 * Empty: every type of contract §2 is at its first version, and no other type may be accepted. When
 * a type gets a v2, its v1 moves here, and the recorded v1 samples in the tests stay for good.
 */
export const upcasters: Upcasters = new Map()
