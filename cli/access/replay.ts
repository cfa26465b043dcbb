import { type RefoldPorts, refold } from '../../consumers/replay/replay.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Access } from './access.ts'

export type ReplayDeps = Omit<RefoldPorts, 'now'> & { readonly settings: Settings }

/** Replays a store open in this process. */
export const replayOf =
  ({ settings: _, ...ports }: ReplayDeps): Access['replay'] =>
  (asked, hearing) =>
    refold({ ...ports, now: Date.now }, asked, hearing)
