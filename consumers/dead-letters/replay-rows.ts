import type { CaseEvent } from '../../schemas/events/event.ts'
import type { Refusal } from '../../schemas/events/reasons.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter, TIME } from '../../schemas/store/row-binary.ts'
import type { LetterPlace } from './letter-name.ts'

/** How the replay of one letter ended. */
export type Replayed = { readonly place: LetterPlace } & (
  | { readonly result: 'published'; readonly event: CaseEvent }
  | { readonly result: 'refused' | 'withheld'; readonly errors: readonly Refusal[] }
)

const columns = [
  { name: 'replayed_at', type: TIME },
  { name: 'origin', type: 'String' },
  { name: 'position', type: 'Int64' },
  { name: 'result', type: 'Int8' },
  { name: 'reason', type: 'String' },
  { name: 'errors', type: 'String' },
  { name: 'subject', type: 'String' },
  { name: 'source', type: 'String' },
  { name: 'event_id', type: 'String' },
]

/** Values of the column `result` (migration 0010). */
const results = { published: 1, refused: 2, withheld: 3 } as const

/** Notes how replays ended; `now` in epoch ms. */
export const storeReplays = async (
  store: Pick<Store, 'insert'>,
  replays: readonly Replayed[],
  now: number,
): Promise<void> => {
  if (replays.length === 0) return
  const row = rowBinaryWriter()
  for (const replay of replays) {
    const errors = replay.result === 'published' ? [] : replay.errors
    const event = replay.result === 'published' ? replay.event : undefined
    row.time(now)
    row.string(replay.place.origin)
    row.i64(replay.place.position)
    row.u8(results[replay.result])
    row.string(errors[0]?.code ?? '')
    row.string(JSON.stringify(errors))
    row.string(event?.subject ?? '')
    row.string(event?.source ?? '')
    row.string(event?.id ?? '')
  }
  await store.insert('dead_letter_replays', columns, row.bytes())
}
