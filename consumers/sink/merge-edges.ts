import type { CaseEvent } from '../../schemas/events/event.ts'
import type { Store } from '../../schemas/store/port.ts'
import { rowBinaryWriter } from '../../schemas/store/row-binary.ts'

const columns = [
  { name: 'subject', type: 'String' },
  { name: 'into', type: 'String' },
]

/**
 * Keeps who is merged into whom, before the events that say so are stored: every fold that sees such
 * an event then finds the matters it ties together. Again changes nothing.
 * `table`: the one they are put into.
 */
export const storeMergeEdges = async (
  store: Pick<Store, 'insert'>,
  events: readonly CaseEvent[],
  table = 'merge_edges',
): Promise<void> => {
  const merges = events.filter((event) => event.type === 'matter.merged.v1')
  if (merges.length === 0) return
  const row = rowBinaryWriter()
  for (const { subject, data } of merges) {
    row.string(subject)
    row.string(data.into)
  }
  await store.insert(table, columns, row.bytes())
}
