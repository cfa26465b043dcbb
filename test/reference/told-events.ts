import { parseEvent } from '../../schemas/events/parse.ts'
import type { EventType } from '../../schemas/events/types.ts'
import type { WireData, WireEvent } from '../../schemas/events/wire.ts'
import type { MatterRow, PetitionRow } from '../../schemas/tables/rows.ts'
import { type FoldOptions, referenceFold } from './fold.ts'
import type { ReceivedEvent } from './known-events.ts'

export const shanghai = 'Asia/Shanghai'

/** Epoch ms of a wall-clock time in Shanghai, `2024-01-10` or `2024-01-10 09:30`. */
export const at = (wallClock: string): number => {
  const [date, time = '00:00'] = wallClock.split(' ')
  return Date.parse(`${date}T${time}+08:00`)
}

export type Told = {
  /** Default `A`. */
  subject?: string
  /** Default: made of type, time and data, so that the same words are the same event. */
  id?: string
  source?: string
  /** Wall-clock time in Shanghai; default: the event's own time. `null`: the office did not say. */
  recorded?: string | null
  /** Default: the event's own time. */
  received?: string
}

/** An event for a small world told by hand; `time` is a wall-clock time in Shanghai. */
export const told = <T extends EventType>(
  type: T,
  time: string,
  data: WireData<T>,
  more: Told = {},
): ReceivedEvent => {
  const { recorded = time, received = time } = more
  const wire: WireEvent = {
    specversion: '1.0',
    id: more.id ?? [type, time, ...Object.values(data)].join(' ').slice(0, 128),
    source: more.source ?? '/offices/430102',
    type,
    subject: more.subject ?? 'A',
    time: new Date(at(time)).toISOString(),
    ...(recorded === null ? {} : { recordedtime: new Date(at(recorded)).toISOString() }),
    data,
  }
  const parsed = parseEvent(wire, { receivedTime: 'refused' })
  if (parsed.ok) return { ...parsed.event, receivedTime: at(received) }
  throw new Error(`The told event is refused: ${JSON.stringify(parsed.errors)}`)
}

/** A registration with the fields that a test does not care about filled in. */
export const registered = (
  time: string,
  data: Partial<WireData<'petition.registered.v1'>> = {},
  more: Told = {},
): ReceivedEvent =>
  told(
    'petition.registered.v1',
    time,
    { petitionId: 'p1', channel: 'letter', region: '430102', category: '城建/物业', ...data },
    more,
  )

export const accepted = (
  time: string,
  data: Partial<WireData<'matter.accepted.v1'>> = {},
  more: Told = {},
): ReceivedEvent => told('matter.accepted.v1', time, { org: '住建局', ...data }, more)

export const closed = (
  time: string,
  outcome: WireData<'matter.closed.v1'>['outcome'] = 'supported',
  more: Told = {},
): ReceivedEvent => told('matter.closed.v1', time, { outcome }, more)

export const merged = (subject: string, into: string, time: string): ReceivedEvent =>
  told('matter.merged.v1', time, { into }, { subject })

export const unmerged = (subject: string, into: string, time: string): ReceivedEvent =>
  told('matter.unmerged.v1', time, { into }, { subject })

/** Takes back an event of the same subject. */
export const retraction = (of: ReceivedEvent, time: string, more: Told = {}): ReceivedEvent =>
  told(
    'event.retracted.v1',
    time,
    { source: of.source, id: of.id },
    { subject: of.subject, ...more },
  )

/** The row of one matter after these events. */
export const matterAfter = (
  events: readonly ReceivedEvent[],
  options: Partial<FoldOptions> & { matterId?: string } = {},
): MatterRow => {
  const { matterId = 'A', ...rest } = options
  const { matters } = referenceFold(events, { timezone: shanghai, ...rest })
  const row = matters.find((matter) => matter.matterId === matterId)
  if (row === undefined) throw new Error(`No row of the matter ${matterId}.`)
  return row
}

/** The rows of the petitions after these events. */
export const petitionsAfter = (
  events: readonly ReceivedEvent[],
  options: Partial<FoldOptions> = {},
): PetitionRow[] => referenceFold(events, { timezone: shanghai, ...options }).petitions
