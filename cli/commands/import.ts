import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export type ImportOptions = StoreOptions &
  FormatOptions & {
    readonly mapping?: string
    readonly dryRun?: boolean
    readonly removeMissing?: boolean
    readonly newKey?: boolean
    readonly rejects?: string
    readonly suggest?: boolean
  }

export const importCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      described(
        'import',
        'Import a ledger (CSV or XLSX) by a mapping file. Refused rows are listed, the rest goes in; a later version of the ledger corrects the earlier one.\n按映射文件导入台账；有误的行列出原因，其余照常入库；新版台账自动更正旧版。',
        [
          'pulse import ledger.csv --suggest > ledger.yaml',
          'pulse import ledger.csv --mapping ledger.yaml --dry-run',
          'pulse import ledger.csv --mapping ledger.yaml --rejects refused.csv',
        ],
      )
        .argument('<file>', 'CSV or XLSX ledger')
        .option('--mapping <file>', 'mapping file (YAML), see docs/ledger-mapping.md')
        .option('--dry-run', 'check every row and say what would be done; store nothing')
        .option('--remove-missing', 'retract the events of rows that are no longer in the ledger')
        .option('--new-key', 'PULSE_PSEUDONYM_KEY was changed on purpose: correct the pseudonyms')
        .option('--rejects <file>', 'write the refused rows there, with their reasons')
        .option('--suggest', 'print a mapping guessed from the headers'),
    ),
    'json',
  ).action(async (file: string, options: ImportOptions) => {
    const { runImport } = await import('./import-run.ts')
    await runImport(context, file, options)
  })
