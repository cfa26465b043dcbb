import type { Refusal } from '../../schemas/events/reasons.ts'

/** A header of a message. A name may occur more than once. */
export type Header = readonly [name: string, value: Uint8Array]

/** A message of the log as it came. */
export type RawMessage = {
  /** Where it stands: topic and partition, or the name of the door. */
  readonly origin: string
  /** Its offset there. */
  readonly position: number
  readonly key?: Uint8Array
  readonly value: Uint8Array
  readonly headers?: readonly Header[]
  /** Epoch ms: when the log took it; stands in where the message carries no receivedtime. */
  readonly receivedTime: number
}

/** A message that cannot be used, and why. */
export type DeadLetter = { readonly message: RawMessage; readonly errors: readonly Refusal[] }
