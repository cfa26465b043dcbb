import type { Command } from 'commander'
import { Option } from 'commander'
import type { CommandContext } from '../context.ts'
import { described } from './common-options.ts'

export type StoreFrontOptions = {
  readonly data?: string
  readonly host: string
  readonly port: string
}

export const storeCommand = (context: CommandContext): Command =>
  described(
    'store',
    "Serve a directory over ClickHouse's HTTP interface, for processes that have CLICKHOUSE_URL set and no server. User and password: CLICKHOUSE_USER, CLICKHOUSE_PASSWORD.\n以 ClickHouse 的 HTTP 接口提供内嵌库，供设置了 CLICKHOUSE_URL 的进程使用。",
    [
      'pulse store --data ./.pulse',
      'CLICKHOUSE_URL=http://127.0.0.1:8123 pulse figure petitions --from 2026-01-01 --to 2026-07-01',
      "curl 'http://127.0.0.1:8123/?query=SELECT+count()+FROM+matters'",
    ],
  )
    .option('--data <dir>', 'directory of the embedded store (default ./.pulse)')
    .addOption(
      new Option(
        '--host <address>',
        'address to listen on; beyond this machine only with a password',
      ).default('127.0.0.1'),
    )
    .addOption(new Option('--port <port>', 'port to listen on (0: any free one)').default('8123'))
    .action(async (options: StoreFrontOptions) => {
      const { runStore } = await import('./store-run.ts')
      await runStore(context, options)
    })
