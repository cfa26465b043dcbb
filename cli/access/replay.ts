import { type RefoldPorts, refold } from '../../consumers/replay/replay.ts'
import type { Access } from './access.ts'

/** Replays a store open in this process. */
export const replayOf =
  (ports: Omit<RefoldPorts, 'now'>): Access['replay'] =>
  (asked, hearing) =>
    refold({ ...ports, now: Date.now }, asked, hearing)
