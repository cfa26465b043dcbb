import { setTimeout as sleep } from 'node:timers/promises'
import type { ReplaySource, Stage } from '../stage.ts'
import type { Disturbance } from './scene.ts'

const REPLAY_LIMIT_MS = 120_000
const AGAIN_MS = 500

/**
 * What a killed client has left behind may go on in the process that holds the store; then the next one
 * is told to come again, and does.
 */
const replayToItsEnd = async (stage: Stage, from: ReplaySource): Promise<void> => {
  for (const until = Date.now() + REPLAY_LIMIT_MS; ; await sleep(AGAIN_MS)) {
    const replay = await stage.replay(from)
    try {
      await replay.finished(REPLAY_LIMIT_MS)
      return
    } catch (error) {
      const busy = replay.lastSaid().includes('is under way already')
      if (!busy || Date.now() > until) throw error
    } finally {
      await replay.kill()
    }
  }
}

/** Everything is folded anew beside the live tables while events arrive; first killed, then to its end. */
export const replayMeanwhile =
  (from: ReplaySource): Disturbance =>
  async (scene) => {
    const { stage, feed, killed, disturbed, between, remember } = scene
    await feed.during(async () => {
      const victim = await stage.replay(from)
      await sleep(between(300, 2_000))
      if (victim.runs()) {
        await victim.kill()
        killed('replay at any moment')
      }
      await replayToItsEnd(stage, from)
      disturbed(`replay from ${from} to its end`)
    })
    await remember()
  }
