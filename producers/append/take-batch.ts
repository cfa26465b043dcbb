import type { CaseEvent } from '../../schemas/events/event.ts'
import { parseEvent } from '../../schemas/events/parse.ts'
import {
  type Counting,
  type Edge,
  edgeRules,
  publishBatch,
  type Refused,
  type Taken,
  type WaitFor,
} from './take-lines.ts'
import { takenBy } from './taken-by.ts'

/** Checks events already read from JSON, at most MAX_BATCH_EVENTS of them, and hands the sound ones to the log in one call. Rejects as the log does. */
export const takeBatch = async (
  values: readonly unknown[],
  edge: Edge,
  waitFor: WaitFor = 'visible',
): Promise<Taken> => {
  const sound: CaseEvent[] = []
  const rejected: Refused[] = []
  values.forEach((value, index) => {
    const result = takenBy(edge.log, parseEvent(value, edgeRules))
    if (result.ok) sound.push(result.event)
    else
      rejected.push({
        index,
        ...(result.id === undefined ? {} : { id: result.id }),
        errors: result.errors,
      })
  })
  const counting: Counting = { published: 0, duplicates: 0, conflicts: 0 }
  await publishBatch(sound, edge, counting, waitFor)
  return {
    rows: values.length,
    events: sound.length,
    ...counting,
    rejected,
    rejectedCount: rejected.length,
  }
}
