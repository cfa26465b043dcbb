import type { Header, RawMessage } from '../dead-letters/letter.ts'

/** A message as the log gives it. */
export type LogMessage = {
  readonly offset: string
  /** Epoch ms: when the broker appended it. */
  readonly timestamp: string
  readonly value: Buffer | null
  readonly key?: Buffer | null
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>
}

type HeaderValue = Buffer | string

/** In the order they came; a name that came more than once is there as often. */
export const headersOf = ({ headers = {} }: LogMessage): Header[] =>
  Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values])
      .filter((value) => value !== undefined)
      // of its own, not of a pool, which another thread would be given whole
      .map((value): Header => [name, Uint8Array.from(Buffer.from(value))]),
  )

/** A message as a dead letter keeps it. */
export const rawMessage = (origin: string, position: number, message: LogMessage): RawMessage => ({
  origin,
  position,
  value: message.value ?? Buffer.alloc(0),
  headers: headersOf(message),
  receivedTime: Number(message.timestamp),
  ...(message.key === undefined || message.key === null ? {} : { key: message.key }),
})
