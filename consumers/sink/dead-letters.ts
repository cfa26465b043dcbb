import { findIdentity } from '../../schemas/events/identity.ts'
import type { Refusal } from '../../schemas/events/reasons.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter } from '../../schemas/store/row-binary.ts'

/** A message of the log as it came. */
export type RawMessage = {
  /** Where it stands: topic and partition, or the name of the door. */
  readonly origin: string
  /** Its offset there. */
  readonly position: number
  readonly value: Uint8Array
  /** Epoch ms: when the log took it; stands in where the message carries no receivedtime. */
  readonly receivedTime: number
}

export type DeadLetter = { readonly message: RawMessage; readonly errors: readonly Refusal[] }

const columns = [
  { name: 'parked_at', type: "DateTime64(3, 'UTC')" },
  { name: 'origin', type: 'String' },
  { name: 'position', type: 'Int64' },
  { name: 'reason', type: 'String' },
  { name: 'errors', type: 'String' },
  { name: 'original', type: 'String' },
]

const digitRuns = /(?<![0-9A-Za-z])[0-9]{11,17}[0-9Xx]?(?![0-9A-Za-z])/g

/**
 * What is kept of a message. One that was refused because it holds an identity is kept without it:
 * an identity is never stored, and the event cannot be used before its sender has mended it.
 */
export const keptText = ({ message, errors }: DeadLetter): string => {
  const text = Buffer.from(message.value).toString('utf8')
  if (!errors.some(({ code }) => code === 'IDENTITY')) return text
  return text.replace(digitRuns, (run) =>
    findIdentity(run, new Date(message.receivedTime).toISOString()) === null
      ? run
      : '[identity removed]',
  )
}

/** Parks letters; resolves when they are stored. Parking one again changes nothing but its date. */
export const parkDeadLetters = async (
  store: Store,
  letters: readonly DeadLetter[],
  now: number,
): Promise<void> => {
  if (letters.length === 0) return
  const row = rowBinaryWriter()
  for (const letter of letters) {
    row.time(now)
    row.string(letter.message.origin)
    row.time(letter.message.position)
    row.string(letter.errors[0]?.code ?? '')
    row.string(JSON.stringify(letter.errors))
    row.string(keptText(letter))
  }
  await store.insert('dead_letters', columns, row.bytes())
}
