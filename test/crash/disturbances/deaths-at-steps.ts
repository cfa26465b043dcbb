import { setTimeout as sleep } from 'node:timers/promises'
import { type Feed, heardLater } from '../feed.ts'
import type { Arm, Supervised } from '../supervised.ts'
import type { Disturbance, Scene } from './scene.ts'

const NUDGE_EVERY_MS = 1_500

/**
 * Waits until an armed process has killed itself, sending more where what was sent does not bring it
 * there. Gives back what was sent so.
 */
const nudgedToDeath = async (feed: Feed, victim: Supervised): Promise<readonly Promise<void>[]> => {
  let over = false
  const dead = victim.killedItself().finally(() => {
    over = true
  })
  const nudges: Promise<void>[] = []
  while (!over) {
    await Promise.race([dead, sleep(NUDGE_EVERY_MS)])
    if (!over) nudges.push(heardLater(feed.nudge()))
  }
  await dead
  return nudges
}

/**
 * A process kills itself at each of these steps in turn, and is started again at once. What was sent
 * meanwhile may have to wait for its acknowledgement until the last of its lives.
 */
const killAtSteps = async (
  { feed, killed, remember }: Scene,
  victim: Supervised,
  role: string,
  arms: readonly Arm[],
): Promise<void> => {
  await victim.kill()
  killed(`${role} at any moment`)
  await victim.start(arms[0])
  const sent: Promise<void>[] = []
  for (const [index, arm] of arms.entries()) {
    sent.push(heardLater(feed.next()))
    sent.push(...(await nudgedToDeath(feed, victim)))
    killed(`${role} ${arm.label}`)
    await victim.start(arms[index + 1])
    await remember()
  }
  await Promise.all(sent)
}

export const killConsumer =
  (arms: readonly Arm[], index = 0): Disturbance =>
  async (scene) => {
    const victim = scene.stage.consumers[index]
    if (victim === undefined) throw new Error(`there is no consumer ${index + 1}`)
    await killAtSteps(scene, victim, 'consumer', arms)
  }

export const killIntake =
  (arms: readonly Arm[]): Disturbance =>
  (scene) =>
    killAtSteps(scene, scene.stage.intake, 'intake', arms)
