import { describeRefusal } from '../../schemas/events/refuse.ts'
import type { Taken } from './take-lines.ts'

/** What `append` prints (contract §5): the counts, and one entry for every refused line. */
export type AppendReport = {
  readonly rows: number
  readonly events: number
  readonly published: number
  readonly duplicates: number
  readonly conflicts: number
  readonly rejected: readonly {
    readonly line: number
    readonly field?: string
    readonly reason: string
  }[]
  /** Only where more lines were refused than are listed. */
  readonly rejectedCount?: number
}

/** `field` is the first one at fault; `reason` tells of all of them. */
export const appendReport = (taken: Taken): AppendReport => ({
  rows: taken.rows,
  events: taken.events,
  published: taken.published,
  duplicates: taken.duplicates,
  conflicts: taken.conflicts,
  rejected: taken.rejected.map(({ line, index, errors }) => {
    const field = errors[0]?.field ?? ''
    return {
      line: line ?? index + 1,
      ...(field === '' ? {} : { field }),
      reason: errors
        .map((error, n) => (n === 0 ? error.message : describeRefusal(error)))
        .join('; '),
    }
  }),
  ...(taken.rejectedCount > taken.rejected.length ? { rejectedCount: taken.rejectedCount } : {}),
})
