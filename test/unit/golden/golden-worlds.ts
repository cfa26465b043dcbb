import type { GoldenWorld } from './golden-world.ts'
import { matterWorlds } from './matter-worlds.ts'
import { petitionWorlds } from './petition-worlds.ts'

export type { GoldenQuestion, GoldenWorld } from './golden-world.ts'

/** The sets the first metrics can express, rebuilt as events, in the order of their ids. */
export const goldenWorlds: readonly GoldenWorld[] = [...petitionWorlds, ...matterWorlds].sort(
  (a, b) => (a.id < b.id ? -1 : 1),
)
