import { setTimeout as sleep } from 'node:timers/promises'
import type { Disturbance } from './scene.ts'

const REPLAY_LIMIT_MS = 120_000

/** Everything is folded anew beside the live tables while events arrive; first killed, then to its end. */
export const replayMeanwhile: Disturbance = async (scene) => {
  const { stage, feed, killed, disturbed, between, remember } = scene
  await feed.during(async () => {
    const victim = await stage.replay()
    await sleep(between(300, 2_000))
    if (victim.runs()) {
      await victim.kill()
      killed('replay at any moment')
    }
    const whole = await stage.replay()
    await whole.finished(REPLAY_LIMIT_MS).finally(whole.kill)
    disturbed('replay to its end')
  })
  await remember()
}
