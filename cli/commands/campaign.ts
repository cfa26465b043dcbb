import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described, withFormat, withStore } from './common-options.ts'
import { type InquiryOptions, withNarrowing } from './inquiry-options.ts'

export type CampaignOptions = InquiryOptions & { readonly after?: string; readonly limit?: string }

export const campaignCommand = (context: CommandContext): Command =>
  withFormat(
    withStore(
      withNarrowing(
        described(
          'campaign',
          'How far a campaign against the backlog has come; `propose` lists what may be listed.\n积案化解：专项活动进度；propose 列出候选积案。',
          [
            'pulse campaign 积案清零2024 --as-of 2024-06-30',
            'pulse campaign propose --where region=430102',
          ],
        ).argument('<name>', 'the campaign, or `propose`'),
      )
        .option('--after <matter>', 'propose: go on behind this one')
        .option('--limit <n>', 'propose: matters of a page (default 100)'),
    ),
    'table',
  ).action(async (name: string, options: CampaignOptions) => {
    const { runCampaign } = await import('./campaign-run.ts')
    await runCampaign(context, name, options)
  })
