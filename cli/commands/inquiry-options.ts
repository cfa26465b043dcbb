import type { Command } from 'commander'
import type { FormatOptions, StoreOptions } from './common-options.ts'

/** Options of the commands that ask a question made of figures. */
export type InquiryOptions = StoreOptions &
  FormatOptions & {
    readonly from?: string
    readonly to?: string
    readonly by?: string
    readonly where?: readonly string[]
    readonly asOf?: string
    readonly receivedBy?: string
    readonly scope?: string
  }

/** Values of an option that may be repeated. */
export const gather = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
]

/** `--from` and `--to`. */
export const withPeriod = (command: Command): Command =>
  command
    .requiredOption('--from <date>', 'first day, YYYY-MM-DD')
    .requiredOption('--to <date>', 'day after the last, YYYY-MM-DD')

/** What is kept, and when it was known. */
export const withNarrowing = (command: Command): Command =>
  command
    .option(
      '--where <filters>',
      'keep only, e.g. region=4301,channel=visit|call (may be repeated)',
      gather,
    )
    .option('--as-of <time>', 'as the offices had recorded it then (default now)')
    .option('--received-by <time>', 'as this system had received it then')
    .option('--scope <region>', 'only this region and all below it, whatever else is asked')
