import type { RefoldReport } from '../../consumers/replay/report.ts'

/** What a replay reports where nothing comes out otherwise. */
export const nothingOtherwise: Omit<RefoldReport, 'from' | 'dryRun' | 'events' | 'matters'> = {
  mattersOnlyLive: 0,
  mattersOnlyNew: 0,
  mattersDiffer: 0,
  petitionsOnlyLive: 0,
  petitionsOnlyNew: 0,
  petitionsDiffer: 0,
  inFlight: 0,
  columns: [],
  figures: [],
  samples: [],
}
