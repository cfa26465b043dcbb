import { PulseError } from '../../schemas/errors.ts'
import { askCampaign, type CampaignAnswer } from './campaign.ts'
import { type Inquiry, knownParameters, one, questionOf, whereParameters } from './inquiry.ts'

/** `pulse campaign NAME`: how far a campaign has come. */
export const campaignInquiry: Inquiry<CampaignAnswer> = {
  path: '/api/v1/campaigns/{campaign}',
  operationId: 'campaign',
  summary: 'Progress of a campaign 专项活动进度',
  description:
    'Listings, resolutions and rebounds in all, by cohort (stock, new) and by week; one matter counts once. A resolution petitioned again within 180 days is none.',
  parameters: [
    {
      name: 'campaign',
      in: 'path',
      required: true,
      description: 'Its name as in `matter.backlogListed`.',
      schema: { type: 'string' },
    },
    ...whereParameters,
    ...knownParameters,
  ],
  ask: (deps, asked) => {
    const campaign = one(asked, 'campaign')?.trim()
    if (campaign === undefined || campaign === '')
      throw new PulseError('USAGE', 'Name the campaign, as in matter.backlogListed.')
    const { where, scope, asOf, receivedBy } = questionOf(
      { ...asked, metric: 'backlog_listed', from: '2000-01-01', to: '2000-01-02' },
      deps.settings.timezone,
    )
    return askCampaign(deps, { campaign, where, scope, asOf, receivedBy })
  },
}
