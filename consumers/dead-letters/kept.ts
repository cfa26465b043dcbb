import { Buffer, isUtf8 } from 'node:buffer'
import { readJson } from '../../schemas/events/json-text.ts'
import type { DeadLetter, Header } from './letter.ts'
import { eventWithoutIdentities, withoutIdentities } from './remove-identities.ts'

/** What is kept of a message that could not be used. */
export type Kept = {
  /** The bytes as they came, less what names a person. */
  readonly original: Uint8Array
  readonly key: Uint8Array
  readonly headers: readonly Header[]
  /** An identity was taken out of what makes the event: its sender must mend it and send it again. */
  readonly identityRemoved: boolean
}

/** Whatever the bytes are, those that stay are as they were. */
const cleanBytes = (
  bytes: Uint8Array,
): { readonly bytes: Uint8Array; readonly removed: boolean } => {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1'
  const { value, removed } = withoutIdentities(Buffer.from(bytes).toString(encoding))
  return { bytes: removed ? Buffer.from(value, encoding) : bytes, removed }
}

const keptValue = (value: Uint8Array): Pick<Kept, 'original' | 'identityRemoved'> => {
  const json = readJson(value)
  if (!json.ok) {
    const { bytes, removed } = cleanBytes(value)
    return { original: bytes, identityRemoved: removed }
  }
  const { value: left, removed, lost } = eventWithoutIdentities(json.value)
  return { original: removed ? Buffer.from(JSON.stringify(left)) : value, identityRemoved: lost }
}

const EMPTY = Buffer.alloc(0)

/**
 * What is kept of a message: all of it, but for numbers of identity, which are never stored, wherever
 * in it they stand.
 */
export const keptOf = ({ message }: DeadLetter): Kept => ({
  ...keptValue(message.value),
  key: cleanBytes(message.key ?? EMPTY).bytes,
  headers: (message.headers ?? []).map(([name, value]) => [
    withoutIdentities(name).value,
    cleanBytes(value).bytes,
  ]),
})
