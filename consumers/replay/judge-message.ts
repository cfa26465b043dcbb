import type { ParseResult } from '../../schemas/events/parse.ts'
import { contentOf } from '../log/position-rows.ts'
import type { KnownPosition } from './known-positions.ts'

/** One partition, as a replay goes by it; positions are offsets, stamps epoch ms. */
export type ReplayedPartition = {
  readonly origin: string
  /** From there on the consumers at work have not stored and folded everything. */
  readonly passed: number
  /** Figures were told up to then. */
  readonly watermark: number
}

/**
 * What becomes of a message the log holds.
 * - event, letter: it is an event, or cannot be used, and was received then (epoch ms); `fresh`: its
 *   position has no row yet.
 * - settled: its position ended otherwise when it was first read, and stays so.
 * - left: the consumers at work come to it.
 * - passedOver: they went past it without a trace of it in the store.
 */
export type Judgement =
  | { readonly fate: 'event' | 'letter'; readonly received: number; readonly fresh: boolean }
  | { readonly fate: 'settled' | 'left' | 'passedOver' }

export type Judged = {
  readonly position: number
  readonly appendedAt: number
  readonly parsed: ParseResult
  readonly known: readonly KnownPosition[]
  readonly partition: ReplayedPartition
  /** Consumers are at work: figures are told meanwhile. */
  readonly busy: boolean
}

/**
 * Judges a message by what is stored of its position. What was once received is received then: figures
 * of that time have it. What the store has no trace of no figure had: it is received behind them all,
 * and so can be brought in only while nobody tells any.
 */
export const judgeMessage = ({
  position,
  appendedAt,
  parsed,
  known,
  partition: { passed, watermark },
  busy,
}: Judged): Judgement => {
  if (position >= passed) return { fate: 'left' }
  const kind = parsed.ok ? 'event' : 'dead'
  const content = parsed.ok ? contentOf(parsed.event) : undefined
  const same = known.find(
    (one) => one.kind === kind && (content === undefined || one.content === content),
  )
  const fresh = same === undefined
  if (fresh && known.some((one) => one.kind !== kind)) return { fate: 'settled' }
  if (fresh && busy) return { fate: 'passedOver' }
  const carried = parsed.ok ? parsed.event.receivedTime : undefined
  const said = Math.min(appendedAt, carried ?? appendedAt)
  return {
    fate: parsed.ok ? 'event' : 'letter',
    received: same?.received ?? (said <= watermark ? watermark + 1 : said),
    fresh,
  }
}
