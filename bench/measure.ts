import { cpus, loadavg, totalmem } from 'node:os'
import { performance } from 'node:perf_hooks'

/** The machine and the programs a figure was measured with, in one line without names or dates. */
export const describeMachine = (engine: string): string => {
  const cores = cpus()
  return [
    `${cores[0]?.model.trim() ?? 'unknown processor'}, ${cores.length} cores`,
    `${Math.round(totalmem() / 1024 ** 3)} GB memory`,
    `${process.platform} ${process.arch}`,
    `Node ${process.version}`,
    `engine ${engine}`,
  ].join(', ')
}

/** Load average of the last minute: what else the machine was doing. */
export const load = (): string => `load ${(loadavg()[0] ?? 0).toFixed(1)}`

/** Of ascending numbers, the smallest with at least `share` of all at or below it; NaN of none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Milliseconds `work` takes. */
export const timed = async (work: () => Promise<unknown>): Promise<number> =>
  (await measured(work)).ms

/** Milliseconds `work` takes, and those this process computes meanwhile, over all cores. */
export const measured = async (
  work: () => Promise<unknown>,
): Promise<{ readonly ms: number; readonly cpuMs: number }> => {
  const start = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - start, cpuMs: (user + system) / 1000 }
}

/** What a figure is to stay at or under (`most`) or at or over (`least`), in its own unit. */
export type Target = { readonly most: number } | { readonly least: number }

const met = (value: number, target: Target): boolean =>
  'most' in target ? value <= target.most : value >= target.least

/** Prints one figure with its target and the load beside it. */
export const report = (
  name: string,
  value: number,
  unit: string,
  { target, note }: { readonly target?: Target; readonly note?: string } = {},
): void => {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0
  const wanted =
    target === undefined
      ? ''
      : `  ${met(value, target) ? 'meets' : 'MISSES'} ${'most' in target ? '≤' : '≥'} ${'most' in target ? target.most : target.least}`
  console.log(
    `${value.toFixed(digits).padStart(9)} ${unit.padEnd(11)} ${name}${wanted}  (${[note, load()].filter((part) => part !== undefined).join('; ')})`,
  )
}

/** Peak of the memory this process held, in MB of 2^20 bytes. */
export const peakMemoryMb = (): number => process.resourceUsage().maxRSS / 1024
