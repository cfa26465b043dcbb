import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker } from '../../scripts/kafka/broker.ts'
import type { Feed } from './feed.ts'
import type { Stage } from './stage.ts'
import type { Arm, Supervised } from './supervised.ts'

/** What a disturbance works on. Every process runs when it begins, and when it has ended. */
export type Scene = {
  readonly stage: Stage
  readonly broker: Broker
  readonly feed: Feed
  /** Notes one `kill -9`. */
  readonly killed: (label: string) => void
  /** Notes what else was done. */
  readonly disturbed: (label: string) => void
  /** Asks figures that must be told the same at the end. */
  readonly remember: () => Promise<void>
  /** A whole number, bounds included; the same for the same seed. */
  readonly between: (from: number, to: number) => number
}

export type Disturbance = (scene: Scene) => Promise<void>

const REACH_LIMIT_MS = 90_000
const NUDGE_EVERY_MS = 1_500

/**
 * Waits until an armed process has killed itself, sending more where what was sent does not bring it
 * there. Gives back what was sent so.
 */
const nudgedToDeath = async (feed: Feed, victim: Supervised): Promise<readonly Promise<void>[]> => {
  let over = false
  const dead = victim.killedItself(REACH_LIMIT_MS).finally(() => {
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

/** Until it is awaited, a failure must not count as unhandled. */
const heardLater = (work: Promise<void>): Promise<void> => {
  work.catch(() => undefined)
  return work
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

/**
 * No consumer runs while the waves come; then they find far more than they fold at once, and kill
 * themselves at steps of catching up.
 */
export const fallBehind =
  (waves: number, arms: readonly Arm[]): Disturbance =>
  async ({ stage, feed, killed, remember }) => {
    for (const consumer of stage.consumers) {
      await consumer.kill()
      killed('consumer at any moment')
    }
    for (let wave = 0; wave < waves; wave += 1) await feed.next()
    const [victim, ...others] = stage.consumers
    if (victim === undefined) throw new Error('to fall behind takes a consumer')
    for (const arm of arms) {
      await victim.start(arm)
      await victim.killedItself(REACH_LIMIT_MS)
      killed(`consumer far behind ${arm.label}`)
      await remember()
    }
    for (const consumer of [victim, ...others]) await consumer.start()
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

const SWALLOW_LIMIT_MS = 60_000

/** The answer to an insert of events gets lost: the store has the rows, the consumer is not told. */
export const loseAnswerOfStore =
  (times: number): Disturbance =>
  async ({ stage, feed, disturbed, remember }) => {
    for (let time = 0; time < times; time += 1) {
      await feed.during(async () => {
        await stage.beforeStore?.swallowAnswer(/INSERT[^\n]{0,200}case_events/, SWALLOW_LIMIT_MS)
        disturbed('answer of the store lost')
      })
      await remember()
    }
  }

/** The answer of an intake gets lost: the log has the events, the client sends them again. */
export const loseAnswerOfIntake =
  (times: number): Disturbance =>
  async ({ stage, feed, disturbed, remember }) => {
    for (let time = 0; time < times; time += 1) {
      await feed.during(async () => {
        await stage.beforeIntake.swallowAnswer(/POST \/api\/v1\/events/, SWALLOW_LIMIT_MS)
        disturbed('answer of the intake lost')
      })
      await remember()
    }
  }

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
        if (clean) disturbed('consumer, asked to end')
        else killed('consumer at any moment')
        await sleep(between(0, 2_500))
        await consumer.start()
      })
      await remember()
    }
  }
