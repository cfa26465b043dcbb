import { setTimeout as sleep } from 'node:timers/promises'
import type { Disturbance } from './scene.ts'

/** Consumers come and go, killed or asked to end: partitions move while merges cross them. */
export const rebalance =
  (times: number): Disturbance =>
  async (scene) => {
    const { stage, feed, killed, disturbed, between, remember } = scene
    for (let time = 0; time < times; time += 1) {
      const consumer = stage.consumers[time % stage.consumers.length]
      if (consumer === undefined) throw new Error('a rebalance needs consumers')
      const clean = time % 3 === 2
      await feed.during(async () => {
        await sleep(between(0, 1_500))
        await (clean ? consumer.end() : consumer.kill())
        if (clean) disturbed('consumer in a rebalance, asked to end')
        else killed('consumer in a rebalance')
        await sleep(between(0, 2_500))
        await consumer.start()
      })
      await remember()
    }
  }
