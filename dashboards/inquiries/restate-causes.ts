import { rank } from '../../schemas/fold/known-events.ts'
import type { Words } from '../../schemas/metrics/metric.ts'

/** Why what a matter adds to a figure changed; of several the first. */
export const causes = [
  'merge',
  'reclassification',
  'void',
  'retraction',
  'correction',
  'reopening',
  'late',
  'new',
  'time',
] as const
export type Cause = (typeof causes)[number]

export const causeWords: Readonly<Record<Cause, Words>> = {
  merge: { zh: '并案或撤销并案', en: 'merged or unmerged' },
  reclassification: { zh: '重新归类', en: 'reclassified' },
  void: { zh: '登记作废', en: 'voided petitions' },
  retraction: { zh: '撤回错误事件', en: 'events retracted' },
  correction: { zh: '同一事件内容更正', en: 'contents of an event replaced' },
  reopening: { zh: '重新办理', en: 'reopened' },
  late: { zh: '迟报事件', en: 'late events' },
  new: { zh: '其后发生的事件', en: 'events since' },
  time: { zh: '时间推移（期限或观察期届满）', en: 'time gone by: a limit or a window ended' },
}

/** An event of one side only: known now and not then, or the other way round. */
export type Turned = {
  readonly subject: string
  readonly typeRank: number
  /** Epoch ms. */
  readonly time: number
  readonly identity: string
  /** Known now; else known then only. */
  readonly isKnown: boolean
}

const causeOf = (event: Turned, replaced: boolean, thenAsOf: number): Cause => {
  switch (event.typeRank) {
    case rank.merged:
    case rank.unmerged:
      return 'merge'
    case rank.reclassified:
      return 'reclassification'
    case rank.voided:
      return 'void'
    case rank.retracted:
      return 'retraction'
    default:
  }
  if (replaced) return 'correction'
  // known then and not now, and nothing stands in its place: it was retracted
  if (!event.isKnown) return 'retraction'
  if (event.typeRank === rank.reopened) return 'reopening'
  return event.time <= thenAsOf ? 'late' : 'new'
}

/** The cause of a matter's change, by the events of it, and of those merged with it, that turned. */
export const causeOfMatter = (turned: readonly Turned[], thenAsOf: number): Cause => {
  const sides = new Map<string, Set<boolean>>()
  for (const { subject, identity, isKnown } of turned) {
    const key = JSON.stringify([subject, identity])
    sides.set(key, (sides.get(key) ?? new Set()).add(isKnown))
  }
  const found = new Set(
    turned.map((event) =>
      causeOf(
        event,
        sides.get(JSON.stringify([event.subject, event.identity]))?.size === 2,
        thenAsOf,
      ),
    ),
  )
  return causes.find((cause) => found.has(cause)) ?? 'time'
}
