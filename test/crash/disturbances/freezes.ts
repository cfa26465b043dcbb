import { setTimeout as sleep } from 'node:timers/promises'
import type { Disturbance, Scene } from './scene.ts'

/** Longer than a session: the group goes on without whoever is frozen. */
const FROZEN_MS = 4_000

/** A process, or the broker, stands still while a wave arrives, and goes on as if nothing had been. */
const freezeAnyMoment = async (
  { feed, disturbed, between, remember }: Scene,
  label: string,
  freeze: (ms: number) => Promise<void>,
): Promise<void> => {
  await feed.during(async () => {
    await sleep(between(0, 1_200))
    await freeze(FROZEN_MS)
    disturbed(label)
  })
  await remember()
}

/** A consumer stands still until its partitions are another's, and then goes on with what it had in hand. */
export const freezeConsumer =
  (times: number): Disturbance =>
  async (scene) => {
    const { consumers } = scene.stage
    for (let time = 0; time < times; time += 1) {
      const consumer = consumers[time % consumers.length]
      if (consumer !== undefined) await freezeAnyMoment(scene, 'consumer frozen', consumer.freeze)
    }
  }

export const freezeStore: Disturbance = async (scene) => {
  const { store } = scene.stage
  if (store !== undefined) await freezeAnyMoment(scene, 'store front frozen', store.freeze)
}

export const freezeBroker: Disturbance = async (scene) => {
  const { broker } = scene
  await freezeAnyMoment(scene, 'broker frozen', async (ms) => {
    process.kill(broker.pid, 'SIGSTOP')
    await sleep(ms)
    process.kill(broker.pid, 'SIGCONT')
  })
}
