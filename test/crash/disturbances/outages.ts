import { setTimeout as sleep } from 'node:timers/promises'
import type { Disturbance, Scene } from './scene.ts'

/** Something ends while a wave arrives, at a moment that is not chosen, and comes back after so long. */
const endAnyMoment = async (
  { feed, between, remember }: Scene,
  end: () => Promise<void>,
  start: () => Promise<void>,
  awayMs: number,
): Promise<void> => {
  await feed.during(async () => {
    await sleep(between(0, 1_200))
    await end()
    await sleep(awayMs)
    await start()
  })
  await remember()
}

/** The broker is killed and comes back with what it had written. */
export const killBroker =
  (times: number): Disturbance =>
  async (scene) => {
    const { broker, between, killed } = scene
    const kill = async (): Promise<void> => {
      await broker.kill()
      killed('broker')
    }
    for (let time = 0; time < times; time += 1)
      await endAnyMoment(scene, kill, broker.restart, between(0, 1_500))
  }

/** The broker ends as its administrator ends it. */
export const restartBroker: Disturbance = async (scene) => {
  const { broker, disturbed } = scene
  const end = async (): Promise<void> => {
    await broker.shutDown()
    disturbed('broker, restarted')
  }
  await endAnyMoment(scene, end, broker.restart, 0)
}

/** The store front is killed and comes back after so long. */
export const killStore =
  (awayMs: readonly number[]): Disturbance =>
  async (scene) => {
    const { store } = scene.stage
    if (store === undefined) throw new Error('this stage has no store of its own')
    for (const away of awayMs) {
      const kill = async (): Promise<void> => {
        await store.kill()
        scene.killed(away >= 20_000 ? `store away for ${away / 1000} s` : 'store front')
      }
      await endAnyMoment(scene, kill, () => store.start(), away)
    }
  }
