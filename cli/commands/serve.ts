import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withListening } from './common-options.ts'

export type ServeOptions = { readonly port?: string; readonly host?: string }

export const serveCommand = (context: CommandContext): Command =>
  withListening(
    described(
      'serve',
      'Answer figures and pages from a ClickHouse server (CLICKHOUSE_URL) that `pulse consume` fills. Takes no events. Stop it with Ctrl-C.\n由 ClickHouse 提供统计与页面，不接收事件。',
      ['CLICKHOUSE_URL=http://127.0.0.1:8123 pulse serve --port 8080'],
    ),
  ).action(async (options: ServeOptions) => {
    const { runServe } = await import('./serve-run.ts')
    await runServe(context, options)
  })
