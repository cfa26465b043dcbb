import { join } from 'node:path'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { ensureTopics } from '../../schemas/log/kafka/ensure-topics.ts'
import { topicsOf } from '../../schemas/log/topics.ts'
import type { Broker } from '../../scripts/kafka/broker.ts'
import type { CleanLoad } from './clean-load.ts'
import { openDirectWriter } from './direct-writer.ts'
import type { Disturbance } from './disturbances/scene.ts'
import { feedOf } from './feed.ts'
import type { HostileWaves } from './hostile-waves.ts'
import { positionsOf, readLetterPlaces, readLog } from './log-reader.ts'
import { reconcileFaults } from './reconciled.ts'
import { rememberedFigures } from './remembered-figures.ts'
import { createSender } from './sender.ts'
import { type Stage, setStage, type Topology } from './stage.ts'
import { judgeStore, unequalFigures, type Verdict } from './verdict.ts'
import { waitUntil } from './wait-until.ts'

export type CrashPlan = {
  /** A word of letters, digits and dashes, unlike any other on the broker. */
  readonly name: string
  readonly topology: Topology
  readonly consumers: number
  readonly seed: number
  readonly disturbances: readonly Disturbance[]
}

export type CrashReport = Verdict & {
  /** How often what was killed. */
  readonly kills: ReadonlyMap<string, number>
  /** How often what else was done. */
  readonly otherwise: ReadonlyMap<string, number>
  /** What `pulse reconcile` finds at the end. */
  readonly unreconciled: readonly string[]
  readonly acknowledged: number
  readonly retries: number
  /** Figures told while processes were killed, and those told otherwise at the end. */
  readonly remembered: number
  readonly contradicted: readonly string[]
  /** Processes that ended by themselves, with their last words. */
  readonly gaveUp: readonly string[]
}

const SETTLE_LIMIT_MS = 180_000

const settled = async ({ kafka, topic, groupId }: Stage): Promise<void> => {
  let state = ''
  await waitUntil(
    `${groupId} to have committed everything`,
    SETTLE_LIMIT_MS,
    async () => {
      const { end, committed } = await positionsOf(kafka, topic, groupId)
      state = `${committed} of ${end} are committed.`
      return committed >= end ? true : undefined
    },
    () => state,
  )
}

/**
 * Sets up the processes, disturbs them while hostile histories are sent, waits until everything is
 * committed, and judges what is there: first what the running processes and `pulse reconcile` tell, then,
 * after `kill -9` of all, what lies in the store.
 */
export const crashRun = async (
  plan: CrashPlan,
  given: {
    readonly broker: Broker
    readonly work: string
    readonly world: HostileWaves
    readonly clean: CleanLoad
  },
): Promise<CrashReport> => {
  const { broker, world, clean } = given
  const { name, topology, consumers, seed } = plan
  const stage = await setStage({
    brokers: broker.brokers,
    name,
    work: join(given.work, name),
    timezone: world.timezone,
    topology,
    consumers,
  })
  const { kafka, topic } = stage
  const topics = topicsOf({ topicPrefix: `${name}.`, partitions: stage.partitions })
  await ensureTopics(kafka, [topics.caseEvents], () => undefined)
  const generator = xoroshiro128plus(seed)
  const kills = new Map<string, number>()
  const otherwise = new Map<string, number>()
  const sender = createSender(stage.intakeUrl)
  const direct = await openDirectWriter(kafka, topic)
  const feed = feedOf(world, sender, direct)
  const figures = rememberedFigures()
  try {
    await stage.begin()
    for (const disturb of plan.disturbances)
      await disturb({
        stage,
        broker,
        feed,
        killed: (label) => void kills.set(label, (kills.get(label) ?? 0) + 1),
        disturbed: (label) => void otherwise.set(label, (otherwise.get(label) ?? 0) + 1),
        remember: () => figures.remember(stage.figuresUrl),
        between: (from, to) => uniformInt(generator, from, to),
      })
    await feed.rest()
    await settled(stage)
    const unequal = await unequalFigures(stage.figuresUrl, clean)
    const contradicted = await figures.contradicted(stage.figuresUrl)
    const reconciled = await stage.reconcile()
    for (const process of stage.all) await process.kill()
    const log = await readLog(kafka, topic)
    const letters = await readLetterPlaces(kafka, topics.deadLetters.name)
    const { acknowledged } = sender
    const { directory } = stage
    return {
      ...(await judgeStore({ directory, acknowledged, log, letters, clean, unequal })),
      kills,
      otherwise,
      unreconciled: reconcileFaults(reconciled, log),
      acknowledged: acknowledged.size,
      retries: sender.retries(),
      remembered: figures.count(),
      contradicted,
      gaveUp: stage.all.flatMap((process) => process.gaveUp()),
    }
  } catch (error) {
    const states = stage.all.map(
      (process) =>
        `${process.name} ${process.runs() ? 'runs' : 'does not run'}, and said last:\n${process.lastSaid()}`,
    )
    const message = error instanceof Error ? error.message : String(error)
    throw new Error([message, ...states].join('\n'), { cause: error })
  } finally {
    await direct.close()
    for (const process of stage.all) await process.kill()
    await stage.close()
  }
}
