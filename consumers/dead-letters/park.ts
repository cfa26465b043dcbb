import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter, TIME } from '../../schemas/store/row-binary.ts'
import { keptOf } from './kept.ts'
import type { DeadLetter } from './letter.ts'

const columns = [
  { name: 'parked_at', type: TIME },
  { name: 'origin', type: 'String' },
  { name: 'position', type: 'Int64' },
  { name: 'reason', type: 'String' },
  { name: 'errors', type: 'String' },
  { name: 'original', type: 'String' },
  { name: 'received_at', type: TIME },
  { name: 'key', type: 'String' },
  { name: 'headers', type: 'Array(Tuple(name String, value String))' },
  { name: 'identity_removed', type: 'Bool' },
]

/**
 * Parks letters; resolves when they are stored. Parking one again changes nothing but its date.
 * `now`: epoch ms. `table`: the one they are put into.
 */
export const parkDeadLetters = async (
  store: Pick<Store, 'insert'>,
  letters: readonly DeadLetter[],
  now: number,
  table = 'dead_letters',
): Promise<void> => {
  if (letters.length === 0) return
  const row = rowBinaryWriter()
  for (const letter of letters) {
    const { message, errors } = letter
    const kept = keptOf(letter)
    row.time(now)
    row.string(message.origin)
    row.i64(message.position)
    row.string(errors[0]?.code ?? '')
    row.string(JSON.stringify(errors))
    row.binary(kept.original)
    row.time(message.receivedTime)
    row.binary(kept.key)
    row.count(kept.headers.length)
    for (const [name, value] of kept.headers) {
      row.string(name)
      row.binary(value)
    }
    row.u8(kept.identityRemoved ? 1 : 0)
  }
  await store.insert(table, columns, row.bytes())
}
