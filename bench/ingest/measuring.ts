import { performance } from 'node:perf_hooks'
import type { MeasuredProcess } from './measured-process.ts'
import type { Prepared } from './prepare.ts'
import { type Usage, usageOfAll } from './process-usage.ts'

/** One form of getting the log into figures, or part of the way. */
export type Form = {
  readonly name: string
  readonly what: string
  /** Once, into an empty directory. Rejects where what came out is wrong. */
  readonly run: (prepared: Prepared, directory: string) => Promise<Measured>
}

export type Measured = Usage & { readonly seconds: number }

/** How long any form may take: two thousand events a second, and time to start. */
export const limitMs = (events: number): number => 60_000 + events / 2

export type Running = {
  readonly processes: readonly MeasuredProcess[]
  /** Resolves when everything is where the form puts it. */
  readonly done: () => Promise<void>
  /** Rejects where what came out is wrong; not measured. */
  readonly check?: () => Promise<void>
}

/** From the start of the processes until it is done; what they used meanwhile; then ends them. */
export const measure = async (start: () => Promise<Running> | Running): Promise<Measured> => {
  const begun = performance.now()
  const { processes, done, check } = await start()
  try {
    await done()
    const seconds = (performance.now() - begun) / 1000
    const used = await usageOfAll(processes.map(({ pid }) => pid))
    await check?.()
    return { seconds, ...used }
  } finally {
    for (const process of [...processes].reverse()) await process.end()
  }
}
