import type { Command } from 'commander'
import { Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withListening } from './common-options.ts'

export type UpOptions = {
  readonly data?: string
  readonly port?: string
  readonly host?: string
  readonly sqlPort?: string
}

/** Options of the commands that serve. */
export const withServing = (command: Command): Command =>
  withListening(
    command.option('--data <dir>', 'directory of the embedded store (default ./.pulse)'),
  )

export const upCommand = (context: CommandContext): Command =>
  withServing(
    described(
      'up',
      'Run everything in one process: intake, store, figures, pages. Stop it with Ctrl-C.\n单进程运行：接收、存储、统计、页面。',
      [
        'pulse up --port 8080',
        'curl http://127.0.0.1:8080/api/v1/metrics',
        'pulse up --sql-port 8123',
        "curl 'http://127.0.0.1:8123/?query=SELECT+count()+FROM+matters+FINAL'",
      ],
    ),
  )
    .addOption(
      new Option(
        '--sql-port <port>',
        "answer ClickHouse's HTTP interface there as well, for reading matters and petitions with other tools (0: any free one)",
      ),
    )
    .action(async (options: UpOptions) => {
      const { runUp } = await import('./up-run.ts')
      await runUp(context, options)
    })
