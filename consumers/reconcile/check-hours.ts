import type { Store } from '../../schemas/store/port.ts'
import { sqlInstant } from '../../schemas/store/sql-text.ts'
import { closedUpTo, storeHours } from '../conservation/close-hours.ts'
import { countOutcomes, hourOf } from '../conservation/count-outcomes.ts'
import { type Gap, NAMED } from './report.ts'

type Hour = {
  readonly origin: string
  readonly at: number
  /** Messages that were counted, and that are there; dead letters among them. */
  readonly counted: number
  readonly there: number
  readonly deadCounted: number
  readonly deadThere: number
}

/** Closed hours of which not as many messages are there as were counted, or not of the same kinds. */
const unequal = (before: number): string => `
  SELECT toString(origin) AS origin, at, counted, there, dead_counted AS deadCounted, dead_there AS deadThere FROM (
    SELECT origin, at, sum(counted_part) AS counted, sum(there_part) AS there, sum(dead_counted_part) AS dead_counted, sum(dead_there_part) AS dead_there FROM (
      SELECT origin, toUnixTimestamp64Milli(hour) AS at, new_events + duplicates + conflicts + dead_letters AS counted_part, toUInt64(0) AS there_part, dead_letters AS dead_counted_part, toUInt64(0) AS dead_there_part
      FROM log_hours FINAL
      UNION ALL
      SELECT origin, ${hourOf('toUnixTimestamp64Milli(received_at)')} AS at, 0, count(), 0, countIf(kind = 'dead')
      FROM log_positions FINAL WHERE kind IN ('event', 'dead') AND received_at < ${sqlInstant(before)}
      GROUP BY origin, at)
    GROUP BY origin, at)
  WHERE counted != there OR dead_counted != dead_there
  ORDER BY at, origin`

const hourText = (at: number): string => `${new Date(at).toISOString().slice(0, 13)}:00Z`

const MENDING =
  'Set the group back to before that hour while it is stopped, if the log still has it.'

/**
 * Whether the hours that were summed up still have as many messages as were counted. Where there are
 * more, since a hole was mended, or they ended otherwise, read again by newer rules, they are counted
 * anew: that is no gap.
 */
export const checkHours = async (
  store: Pick<Store, 'query' | 'insert'>,
  now: number,
): Promise<readonly Gap[]> => {
  const before = await closedUpTo(store)
  const hours = await store.query<Hour>(unequal(before))
  const wrong = hours.filter(({ counted, there }) => there < counted)
  const other = hours.find(({ counted, there }) => there >= counted)
  if (other !== undefined) {
    const short = new Set(wrong.map(({ origin, at }) => `${origin} ${at}`))
    const recounted = await countOutcomes(store, { from: other.at, before })
    await storeHours(
      store,
      recounted.filter(({ origin, hour }) => !short.has(`${origin} ${hour}`)),
      now,
    )
  }
  const others = wrong.slice(NAMED)
  return [
    ...wrong.slice(0, NAMED).map(
      ({ origin, at, counted, there }): Gap => ({
        kind: 'hours',
        found: counted - there,
        origin,
        message: `${origin}: of the hour from ${hourText(at)} on ${counted} messages were counted and ${there} have a row in log_positions. ${MENDING}`,
      }),
    ),
    ...(others.length === 0
      ? []
      : [
          {
            kind: 'hours' as const,
            found: others.reduce((sum, { counted, there }) => sum + counted - there, 0),
            message: `${others.length} more hours of partitions have fewer rows in log_positions than were counted. ${MENDING}`,
          },
        ]),
  ]
}
