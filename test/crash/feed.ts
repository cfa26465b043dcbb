import type { DirectWriter } from './direct-writer.ts'
import type { HostileWaves, Wave } from './hostile-waves.ts'
import type { Sender } from './sender.ts'

/** How long anything may take to be acknowledged: a store that is away for 20 s, and a busy machine. */
const SEND_LIMIT_MS = 240_000
const NUDGED_LINES = 20

export type Feed = {
  /** Sends the next wave; where there is none left, the last one again. */
  readonly next: () => Promise<void>
  /** Sends the next wave while `work` is done; both have ended when it resolves. */
  readonly during: (work: () => Promise<void>) => Promise<void>
  /** Sends a few lines again that were sent before: whatever they say is said already. */
  readonly nudge: () => Promise<void>
  /** Sends the waves that are left. */
  readonly rest: () => Promise<void>
}

export const feedOf = (world: HostileWaves, sender: Sender, direct: DirectWriter): Feed => {
  let next = 0
  let nudges = 0
  const send = async ({ lines, direct: messages }: Wave): Promise<void> => {
    await Promise.all([sender.send(lines, SEND_LIMIT_MS), direct.write(messages, SEND_LIMIT_MS)])
  }
  const sendNext = async (): Promise<void> => {
    const wave = world.waves[next++] ?? world.waves.at(-1)
    if (wave !== undefined) await send(wave)
  }
  return {
    next: sendNext,
    during: async (work) => {
      await Promise.all([sendNext(), work()])
    },
    nudge: async () => {
      const lines = world.waves[Math.max(0, Math.min(next, world.waves.length) - 1)]?.lines ?? []
      const from = (nudges++ * NUDGED_LINES) % Math.max(1, lines.length)
      await sender.send(lines.slice(from, from + NUDGED_LINES), SEND_LIMIT_MS)
    },
    rest: async () => {
      while (next < world.waves.length)
        await send(world.waves[next++] ?? { lines: [], direct: [], dead: 0 })
    },
  }
}
