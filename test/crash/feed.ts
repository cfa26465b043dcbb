import type { DirectWriter } from './direct-writer.ts'
import type { HostileWaves, Wave } from './hostile-waves.ts'
import type { Sender } from './sender.ts'

/** How long anything may take to be acknowledged: a store that is away for 20 s, and a busy machine. */
const SEND_LIMIT_MS = 240_000
const NUDGED_LINES = 20

export type Feed = {
  /** Sends the next wave; where there is none left, the last one again. */
  readonly next: () => Promise<void>
  /**
   * Writes the messages of the next wave to the topic. Its lines are sent meanwhile, and acknowledged when
   * an intake runs.
   */
  readonly ahead: () => Promise<{ readonly acknowledged: Promise<void> }>
  /** Sends the next wave while `work` is done; both have ended when it resolves. */
  readonly during: (work: () => Promise<void>) => Promise<void>
  /** Sends a few lines again that were sent before: whatever they say is said already. */
  readonly nudge: () => Promise<void>
  /** Sends the waves that are left. */
  readonly rest: () => Promise<void>
}

/** Until it is awaited, a failure must not count as unhandled. */
export const heardLater = (work: Promise<void>): Promise<void> => {
  work.catch(() => undefined)
  return work
}

export const feedOf = (world: HostileWaves, sender: Sender, direct: DirectWriter): Feed => {
  let next = 0
  let nudges = 0
  const nothing: Wave = { lines: [], direct: [], dead: 0 }
  const ahead: Feed['ahead'] = async () => {
    const wave = world.waves[next++] ?? world.waves.at(-1) ?? nothing
    const acknowledged = heardLater(sender.send(wave.lines, SEND_LIMIT_MS))
    await direct.write(wave.direct, SEND_LIMIT_MS)
    return { acknowledged }
  }
  const sendNext = async (): Promise<void> => {
    await (await ahead()).acknowledged
  }
  return {
    next: sendNext,
    ahead,
    during: async (work) => {
      await Promise.all([sendNext(), work()])
    },
    nudge: async () => {
      const lines = world.waves[Math.max(0, Math.min(next, world.waves.length) - 1)]?.lines ?? []
      const from = (nudges++ * NUDGED_LINES) % Math.max(1, lines.length)
      await sender.send(lines.slice(from, from + NUDGED_LINES), SEND_LIMIT_MS)
    },
    rest: async () => {
      while (next < world.waves.length) await sendNext()
    },
  }
}
