import type { Header, RawMessage } from '../dead-letters/letter.ts'
import { headersOf, type LogMessage } from './log-message.ts'

/**
 * Messages of one partition in few pieces of memory, which cost little to keep and to hand to another
 * thread. Each of the lists has one entry a message, in order.
 */
export type PackedMessages = {
  readonly positions: Float64Array
  /** When the broker appended each, epoch ms. */
  readonly appendedAt: Float64Array
  /** Where values and keys lie, with what lay between them. */
  readonly bytes: Uint8Array
  readonly valueStarts: Uint32Array
  readonly valueEnds: Uint32Array
  readonly keyStarts: Uint32Array
  readonly keyEnds: Uint32Array
  /** Of the messages that have any, by place in the lists. */
  readonly headers: ReadonlyMap<number, readonly Header[]>
}

/** Memory of the client's, copied at once: [from, to) of `source` to `at`. */
type Stretch = {
  readonly source: ArrayBufferLike
  readonly from: number
  to: number
  readonly at: number
}

/** So much between two parts is copied with them: copying each by itself costs more. */
const GAP = 64

const NOTHING = Buffer.alloc(0)

/** Finds where parts given one after another will lie, and copies them. */
const createCopier = () => {
  const stretches: Stretch[] = []
  let last: Stretch | undefined
  let size = 0
  return {
    /** Gives where it will begin. */
    place: (part: Buffer): number => {
      const { buffer, byteOffset, length } = part
      if (
        last === undefined ||
        last.source !== buffer ||
        byteOffset < last.to ||
        byteOffset > last.to + GAP
      ) {
        last = { source: buffer, from: byteOffset, to: byteOffset, at: size }
        stretches.push(last)
      }
      const start = last.at + byteOffset - last.from
      last.to = byteOffset + length
      size = start + length
      return start
    },
    copy: (): Uint8Array => {
      // of its own, not of a pool: a copy of it in another thread is then a copy of nothing else
      const bytes = Buffer.allocUnsafeSlow(size)
      for (const { source, from, to, at } of stretches)
        bytes.set(new Uint8Array(source, from, to - from), at)
      return bytes
    },
  }
}

export const packMessages = (messages: readonly LogMessage[]): PackedMessages => {
  const { length } = messages
  const positions = new Float64Array(length)
  const appendedAt = new Float64Array(length)
  const valueStarts = new Uint32Array(length)
  const valueEnds = new Uint32Array(length)
  const keyStarts = new Uint32Array(length)
  const keyEnds = new Uint32Array(length)
  const headers = new Map<number, readonly Header[]>()
  const copier = createCopier()
  messages.forEach((message, n) => {
    positions[n] = Number(message.offset)
    appendedAt[n] = Number(message.timestamp)
    // in the order of the log: a key lies before its value
    const key = message.key ?? NOTHING
    const value = message.value ?? NOTHING
    keyStarts[n] = key.length === 0 ? 0 : copier.place(key)
    keyEnds[n] = (keyStarts[n] ?? 0) + key.length
    valueStarts[n] = value.length === 0 ? 0 : copier.place(value)
    valueEnds[n] = (valueStarts[n] ?? 0) + value.length
    const own = headersOf(message)
    if (own.length > 0) headers.set(n, own)
  })
  const bytes = copier.copy()
  return { positions, appendedAt, bytes, valueStarts, valueEnds, keyStarts, keyEnds, headers }
}

/** The value of a message; no bytes where it has none. */
export const valueAt = ({ bytes, valueStarts, valueEnds }: PackedMessages, n: number): Uint8Array =>
  bytes.subarray(valueStarts[n], valueEnds[n])

/** A message as a dead letter keeps it, in memory of its own. */
export const rawMessageAt = (origin: string, messages: PackedMessages, n: number): RawMessage => {
  const key = messages.bytes.subarray(messages.keyStarts[n], messages.keyEnds[n])
  return {
    origin,
    position: messages.positions[n] ?? 0,
    value: Uint8Array.from(valueAt(messages, n)),
    headers: messages.headers.get(n) ?? [],
    receivedTime: messages.appendedAt[n] ?? 0,
    ...(key.length === 0 ? {} : { key: Uint8Array.from(key) }),
  }
}
