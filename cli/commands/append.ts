import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export const appendCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'append',
        'Append CloudEvents, one JSON object a line. Refused lines are listed, the rest goes in.\n逐行追加事件（NDJSON）；有误的行列出原因，其余照常入库。',
        ['pulse append events.ndjson', 'gunzip -c events.ndjson.gz | pulse append -'],
      ).argument('<file>', 'NDJSON file, or - for standard input'),
    ),
    'json',
  ).action(async (file: string, options: StoreOptions & FormatOptions) => {
    const { runAppend } = await import('./append-run.ts')
    await runAppend(context, file, options)
  })
