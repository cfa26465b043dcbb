import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { EventType } from '../../schemas/events/types.ts'
import type { WireEvent } from '../../schemas/events/wire.ts'
import type { SentEvent } from './histories.ts'

const day = 86_400_000
const firstDay = Date.UTC(2022, 0, 1)
const daysCovered = 1096

type Dice = {
  /** A whole number, bounds included. */
  between: (from: number, to: number) => number
  chance: (percent: number) => boolean
  pick: <T>(items: readonly [T, ...T[]]) => T
}

const diceOf = (seed: number): Dice => {
  const generator = xoroshiro128plus(seed)
  const between = (from: number, to: number) => uniformInt(generator, from, to)
  return {
    between,
    chance: (percent) => between(1, 100) <= percent,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
  }
}

const streets = ['430102001', '430102002', '430103001', '430103', '430100', '43', '旧区'] as const
const categories = ['城建/物业', '城建/拆迁', '劳动/欠薪', '环保/噪声', '教育', '其他'] as const
const orgs = ['住建局', '人社局', '环保局', '教育局'] as const
const flags = ['crossRegion', 'residenceSeparated', 'litigation'] as const
const campaigns = ['清零行动', '攻坚'] as const

/**
 * One large world for comparison in bulk: thousands of matters from 2022 to 2024 with lives that
 * look like lives, every type of event, and a sprinkling of merges, voids, conflicts, copies,
 * retractions and late recording. The same seed gives the same events. Every matterId begins with
 * `prefix` and a dot. About nine events a matter, in no order that means anything.
 */
export const bulkWorld = (options: {
  seed: number
  matters: number
  prefix: string
}): SentEvent[] => {
  const dice = diceOf(options.seed)
  const sent: SentEvent[] = []
  for (let number = 0; number < options.matters; number += 1) {
    sent.push(...lifeOf(number, options, dice))
  }
  return sent
}

const lifeOf = (
  number: number,
  { matters, prefix }: { matters: number; prefix: string },
  dice: Dice,
): SentEvent[] => {
  const matterId = (index: number) => `${prefix}.${index}`
  const source = dice.pick(['/offices/430102', '/offices/430103', '/offices/430100'])
  const moment = (fromDay: number, toDay: number) =>
    firstDay + dice.between(fromDay, toDay) * day + dice.between(0, day - 1)
  const sent: SentEvent[] = []
  /** Writes one event, seconds or milliseconds, recorded at once, late, or as the system received it. */
  const say = (type: EventType, at: number, data: object): WireEvent => {
    const time = dice.chance(70) ? Math.floor(at / 1000) * 1000 : at
    const recorded = time + (dice.chance(15) ? dice.between(1, 40 * day) : dice.between(0, day))
    const wire: WireEvent = {
      specversion: '1.0',
      source,
      id: `${number}-${sent.length}`,
      type,
      subject: matterId(number),
      time: new Date(time).toISOString(),
      ...(dice.chance(85) ? { recordedtime: new Date(recorded).toISOString() } : {}),
      data,
    }
    const receivedTime = recorded + dice.between(0, dice.chance(10) ? 90 * day : 3_600_000)
    sent.push({ wire, receivedTime })
    if (dice.chance(3)) sent.push({ wire, receivedTime: receivedTime + dice.between(0, day) })
    return wire
  }
  const petition = (petitionId: string, at: number, more: object = {}) =>
    say('petition.registered.v1', at, {
      petitionId,
      channel: dice.pick(['letter', 'visit', 'visit', 'call', 'online']),
      region: dice.pick(streets),
      category: dice.pick(categories),
      people: dice.chance(80) ? 1 : dice.between(2, 60),
      ...(dice.chance(80) ? { receivedLevel: dice.between(1, 4) } : {}),
      ...(dice.chance(80) ? { competentLevel: dice.between(1, 3) } : {}),
      ...(dice.chance(30) ? { org: dice.pick(orgs) } : {}),
      ...(dice.chance(8) ? { purpose: dice.pick(['suggestion', 'report']) } : {}),
      ...(dice.chance(10) ? { flags: [dice.pick(flags)] } : {}),
      ...(dice.chance(3) ? { leaderReception: true } : {}),
      ...more,
    })

  const registered = moment(0, daysCovered - 1)
  petition('1', registered)
  if (dice.chance(12)) petition('1', registered + dice.between(-day, day))
  for (let again = 2; dice.chance(18); again += 1) {
    petition(`${again}`, registered + dice.between(0, 200 * day), { supplement: dice.chance(15) })
  }
  if (dice.chance(3)) say('petition.voided.v1', registered + day, { petitionId: '1' })
  if (dice.chance(40)) {
    const data = { toOrg: dice.pick(orgs), mode: dice.pick(['transfer', 'assign']) }
    say('matter.forwarded.v1', registered + dice.between(0, 20 * day), data)
  }

  const accepted = registered + dice.between(0, 20 * day)
  if (dice.chance(4)) say('matter.declined.v1', accepted, { reason: 'other-office' })
  if (dice.chance(92)) {
    say('matter.accepted.v1', accepted, {
      org: dice.pick(orgs),
      ...(dice.chance(10) ? { route: dice.pick(['litigation', 'arbitration']) } : {}),
      ...(dice.chance(30) ? { notifiedAt: new Date(accepted + day).toISOString() } : {}),
      ...(dice.chance(5) ? { dueAt: new Date(accepted + 15 * day).toISOString() } : {}),
    })
  }
  if (dice.chance(15)) {
    say('matter.extended.v1', accepted + dice.between(30 * day, 70 * day), {
      days: dice.between(1, 30),
    })
  }
  if (dice.chance(8))
    say('matter.leadAssigned.v1', accepted + day, { leadLevel: dice.between(1, 4) })
  if (dice.chance(8)) say('matter.supervised.v1', accepted + 40 * day, {})

  const outcomes = ['supported', 'partly', 'notSupported', 'mediated', 'redirected'] as const
  let closed = accepted + dice.between(-2 * day, 75 * day)
  if (dice.chance(85)) say('matter.closed.v1', closed, { outcome: dice.pick(outcomes) })
  if (dice.chance(8)) {
    closed += dice.between(day, 40 * day)
    say('matter.reopened.v1', closed, {})
    closed += dice.between(day, 30 * day)
    if (dice.chance(70)) say('matter.closed.v1', closed, { outcome: dice.pick(outcomes) })
  }
  for (const target of ['unit', 'office']) {
    if (!dice.chance(35)) continue
    const rating = dice.pick(['satisfied', 'basic', 'dissatisfied'])
    say('matter.evaluated.v1', closed + dice.between(0, 40 * day), { target, rating })
  }
  for (const stage of ['review', 'recheck']) {
    if (!dice.chance(6)) break
    const asked = closed + dice.between(0, 40 * day)
    say('matter.reviewRequested.v1', asked, { stage })
    const result = dice.pick(['upheld', 'changed', 'revoked'])
    say('matter.reviewDecided.v1', asked + dice.between(0, 30 * day), { stage, result })
  }
  if (dice.chance(2)) say('matter.terminated.v1', closed + 60 * day, {})
  if (dice.chance(8)) {
    const campaign = dice.pick(campaigns)
    const listed = closed + dice.between(0, 90 * day)
    say('matter.backlogListed.v1', listed, { campaign, cohort: dice.pick(['stock', 'new']) })
    if (dice.chance(60)) say('matter.backlogResolved.v1', listed + 30 * day, { campaign })
    if (dice.chance(40)) say('matter.settled.v1', listed + dice.between(0, 60 * day), {})
  }
  if (dice.chance(6)) {
    say('matter.reclassified.v1', accepted + dice.between(0, 30 * day), {
      region: dice.pick(streets),
      ...(dice.chance(50) ? { category: dice.pick(categories) } : {}),
      ...(dice.chance(50) ? { org: dice.pick(orgs) } : {}),
    })
  }
  if (dice.chance(3)) say('matter.withdrawn.v1', accepted + dice.between(0, 50 * day), {})
  if (dice.chance(4)) {
    const into = matterId(dice.between(Math.max(0, number - 3), Math.min(matters - 1, number + 3)))
    say('matter.merged.v1', accepted + dice.between(0, 50 * day), { into })
    if (dice.chance(25))
      say('matter.unmerged.v1', accepted + dice.between(20 * day, 80 * day), { into })
  }
  if (dice.chance(3)) {
    say('matter.relief.v1', closed + day, { amountFen: dice.between(0, 500_000) })
  }
  corrections(sent, dice, say)
  return sent
}

/** Now and then an office sends a second content under an id it has used, or takes an event back. */
const corrections = (
  sent: SentEvent[],
  dice: Dice,
  say: (type: EventType, at: number, data: object) => WireEvent,
): void => {
  const [first, ...others] = sent.map(({ wire }) => wire)
  if (first === undefined) return
  if (dice.chance(3)) {
    const { time, data, type } = dice.pick([first, ...others])
    const { source, id } = dice.pick([first, ...others])
    const wire = say(type, Date.parse(time) + dice.between(0, day), data)
    const last = sent.at(-1)
    if (last !== undefined) sent.push({ ...last, wire: { ...wire, source, id } })
  }
  if (dice.chance(4)) {
    const { source, id, time } = dice.pick([first, ...others])
    say('event.retracted.v1', Date.parse(time) + dice.between(day, 60 * day), { source, id })
  }
}
