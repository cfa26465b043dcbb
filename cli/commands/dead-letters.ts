import { Command, Option } from 'commander'
import type { CommandContext } from '../context.ts'
import {
  described,
  type FormatOptions,
  type StoreOptions,
  withFormat,
  withStore,
} from './common-options.ts'

export type ListOptions = StoreOptions &
  FormatOptions & { readonly reason?: string; readonly since?: string; readonly limit?: string }
export type ReplayOptions = StoreOptions &
  FormatOptions & { readonly reason?: string; readonly dryRun?: boolean }

const withReason = (command: Command): Command =>
  command.addOption(new Option('--reason <code>', 'only those refused for this, such as NOT_JSON'))

/** `pulse dead-letters`: messages of the log that could not be used. */
export const deadLettersCommand = (context: CommandContext): Command =>
  new Command('dead-letters')
    .description(
      'Messages of the log that could not be used: list them, look at one, publish those that pass now.\n死信：列出、查看、重放。',
    )
    .addCommand(
      withReason(
        withFormat(
          withStore(
            described('list', 'The newest first, with what is wrong.\n列出死信，新的在前。', [
              'pulse dead-letters list --reason UNKNOWN_FIELD --since 2024-06-01',
            ]),
          ),
          'table',
        ),
      )
        .addOption(
          new Option(
            '--since <time>',
            'parked from then on: RFC 3339, or a date meaning its beginning',
          ),
        )
        .addOption(new Option('--limit <n>', 'how many at most (default 50)'))
        .action(async (options: ListOptions) => {
          const { runList } = await import('./dead-letters-run.ts')
          await runList(context, options)
        }),
    )
    .addCommand(
      withFormat(
        withStore(
          described(
            'show',
            'All that may be shown of one letter; keys of petitioners are left out.\n查看一条死信（不显示人员代码）。',
            ['pulse dead-letters show petition.case-events/3/17'],
          ),
        ),
        'json',
      )
        .argument('<letter>', 'origin and position, as `list` names it')
        .action(async (letter: string, options: StoreOptions & FormatOptions) => {
          const { runShow } = await import('./dead-letters-run.ts')
          await runShow(context, letter, options)
        }),
    )
    .addCommand(
      withReason(
        withFormat(
          withStore(
            described(
              'replay',
              'Check the original bytes by the rules of today and publish what passes. Again changes nothing.\n按现行规则重新校验原文，通过的重新发布；重复执行不改变结果。',
              [
                'pulse dead-letters replay --dry-run',
                'pulse dead-letters replay --reason UNKNOWN_TYPE',
              ],
            ),
          ),
          'json',
        ),
      )
        .addOption(new Option('--dry-run', 'say what would be done, and do nothing'))
        .action(async (options: ReplayOptions) => {
          const { runReplay } = await import('./dead-letters-run.ts')
          await runReplay(context, options)
        }),
    )
