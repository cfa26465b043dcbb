import type { CrashPlan } from './crash-run.ts'
import { killConsumer, killIntake } from './disturbances/deaths-at-steps.ts'
import { fallBehind } from './disturbances/fall-behind.ts'
import { freezeBroker, freezeConsumer, freezeStore } from './disturbances/freezes.ts'
import { loseAnswerOfIntake, loseAnswerOfStore } from './disturbances/lost-answers.ts'
import { killBroker, killStore, restartBroker } from './disturbances/outages.ts'
import { rebalance } from './disturbances/rebalance.ts'
import { replayMeanwhile } from './disturbances/replay-meanwhile.ts'
import type { Arm } from './supervised.ts'

/** Steps of a consumer's work, in order. */
export const consumerSteps = [
  'fetched',
  'validated',
  'inserting',
  'inserted',
  'folding',
  'folded',
  'committing',
  'committed',
] as const

/** Steps of an intake's work, in order. */
export const intakeSteps = ['taken', 'published', 'answered'] as const

const AWAY_MS = 20_000

/** Each step, at one of the first times it is reached. */
const arms = (steps: readonly string[], seed: number): readonly Arm[] =>
  steps.map((label, index) => ({ label, nth: 1 + ((seed + index) % 2) }))

/** What is counted once at least when the short form was gone through. */
export const everyLabel: readonly string[] = [
  ...consumerSteps.map((step) => `consumer ${step}`),
  ...intakeSteps.map((step) => `intake ${step}`),
  'consumer at any moment',
  'consumer in a rebalance',
  'broker',
  'broker, restarted',
  'store front',
  `store away for ${AWAY_MS / 1000} s`,
  'answer of the store lost',
  'answer of the intake lost',
]

/**
 * Steps of catching up at which a consumer kills itself, in the order of its deaths: what is
 * committed once is not caught up with again.
 */
const behindSteps = ['inserted', 'inserting', 'folding', 'folded', 'committing'] as const

/** The same for the whole matrix. */
export const everyLabelOfAll: readonly string[] = [
  ...everyLabel,
  ...behindSteps.map((step) => `consumer far behind ${step}`),
  'consumer in a rebalance, asked to end',
  'consumer frozen',
  'store front frozen',
  'broker frozen',
  'replay at any moment',
  'replay from store to its end',
  'replay from kafka to its end',
]

/** How many waves of events a plan takes at most. */
export const WAVES = 12

/** Everything that is done to the system, once; other moments and other histories for another seed. */
export const crashPlans = (seed: number): readonly CrashPlan[] => {
  const plan = (
    name: string,
    rest: Pick<CrashPlan, 'topology' | 'consumers' | 'disturbances'>,
  ): CrashPlan => ({ name: `${name}-${seed}`, seed, ...rest })
  const apart = { topology: 'apart', consumers: 1 } as const
  return [
    plan('together', {
      topology: 'together',
      consumers: 1,
      disturbances: [killConsumer(arms(consumerSteps, seed)), killBroker(1), loseAnswerOfIntake(1)],
    }),
    plan('consumer', { ...apart, disturbances: [killConsumer(arms(consumerSteps, seed + 1))] }),
    plan('intake', {
      ...apart,
      disturbances: [killIntake(arms(intakeSteps, seed)), loseAnswerOfIntake(2)],
    }),
    plan('broker', {
      ...apart,
      consumers: 2,
      disturbances: [killBroker(3), restartBroker, freezeBroker],
    }),
    plan('store', {
      ...apart,
      consumers: 2,
      disturbances: [loseAnswerOfStore(2), killStore([500, 0, AWAY_MS]), freezeStore],
    }),
    plan('rebalance', { ...apart, consumers: 2, disturbances: [rebalance(7), freezeConsumer(4)] }),
    plan('replay', {
      ...apart,
      consumers: 2,
      disturbances: [replayMeanwhile('kafka'), rebalance(2), replayMeanwhile('store')],
    }),
    plan('replay-together', {
      topology: 'together',
      consumers: 1,
      disturbances: [
        replayMeanwhile('store'),
        killConsumer(arms(['folding', 'committing'], seed)),
        replayMeanwhile('kafka'),
      ],
    }),
    plan('rebalance-at-steps', {
      ...apart,
      consumers: 2,
      disturbances: [killConsumer(arms(consumerSteps, seed)), rebalance(2)],
    }),
  ]
}

/** Waves of the plans that fall behind; the events of all of them are many times a batch. */
export const MANY_WAVES = 4

/** Far more than is stored and folded at once. */
export const behindPlans = (seed: number): readonly CrashPlan[] => {
  const disturbances = [fallBehind(MANY_WAVES, behindSteps)]
  return [
    { name: `behind-${seed}`, topology: 'apart', consumers: 2, seed, disturbances },
    { name: `behind-together-${seed}`, topology: 'together', consumers: 1, seed, disturbances },
  ]
}

/** The same in one go, each thing once. */
export const shortPlans = (seed: number): readonly CrashPlan[] => [
  {
    name: `apart-${seed}`,
    topology: 'apart',
    consumers: 2,
    seed,
    disturbances: [
      killConsumer(arms(consumerSteps, 0)),
      killIntake(arms(intakeSteps, 0)),
      killBroker(1),
      restartBroker,
      loseAnswerOfStore(1),
      loseAnswerOfIntake(1),
      killStore([0, AWAY_MS]),
      rebalance(2),
    ],
  },
  {
    name: `together-${seed}`,
    topology: 'together',
    consumers: 1,
    seed,
    disturbances: [
      killConsumer(arms(['inserting', 'folding', 'committing'], 0)),
      loseAnswerOfIntake(1),
    ],
  },
]
