import { hexDigest } from '../events/canonical.ts'

/** How a position of the log ended: an event stored, a dead letter, or nothing that was ever a message. */
export type PositionKind = 'event' | 'dead' | 'nothing'

/** Values of the column `kind` (migration 0009). */
export const positionKinds: Readonly<Record<PositionKind, number>> = {
  event: 1,
  dead: 2,
  nothing: 3,
}

/** A position of the log by its name in the tables: `topic/partition`. */
export const originOf = (topic: string, partition: number): string => `${topic}/${partition}`

/** The same taken apart. Throws RangeError where it is no name of a partition. */
export const partitionOf = (
  origin: string,
): { readonly topic: string; readonly partition: number } => {
  const slash = origin.lastIndexOf('/')
  const partition = /^\d{1,9}$/.test(origin.slice(slash + 1)) ? Number(origin.slice(slash + 1)) : -1
  if (slash < 1 || partition < 0) throw new RangeError(`${origin} is not topic/partition`)
  return { topic: origin.slice(0, slash), partition }
}

/** Compares two origins: by topic, then by the number of the partition. */
export const partitionOrder = (a: string, b: string): number => {
  const [left, right] = [partitionOf(a), partitionOf(b)]
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1
  return left.partition - right.partition
}

/** What names an event for ever, in 32 hexadecimal digits: the column `identity`. */
export const identityDigest = (event: {
  readonly subject: string
  readonly source: string
  readonly id: string
}): string => hexDigest('md5', `${event.subject}\0${event.source}\0${event.id}`)

/** The same in SQL, over columns of `case_events`. */
export const identityDigestSql = "MD5(concat(subject, '\\0', source, '\\0', id))"
