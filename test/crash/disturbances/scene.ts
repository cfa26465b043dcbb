import type { Broker } from '../../../scripts/kafka/broker.ts'
import type { Feed } from '../feed.ts'
import type { Stage } from '../stage.ts'

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
