import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, type FormatOptions, withFormat } from './common-options.ts'

export const metricsCommand = (context: CommandContext): Command =>
  withFormat(
    described(
      'metrics',
      'List the metrics, or explain one: meaning, unit, basis, SQL.\n指标目录；或某一指标的定义、单位、口径与 SQL。',
      ['pulse metrics', 'pulse metrics on_time_closure_rate'],
    ).argument('[metric]', 'a metric id'),
    'table',
  ).action(async (metric: string | undefined, options: FormatOptions) => {
    const { runMetrics } = await import('./metrics-run.ts')
    await runMetrics(context, metric, options)
  })
