import { PulseError } from '../../schemas/errors.ts'
import { queryParameter as query } from '../../schemas/http/openapi.ts'
import { metrics } from '../../schemas/metrics/registry.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'
import { parseInstant } from '../figures/question.ts'
import {
  type Inquiry,
  type InquiryQuery,
  one,
  periodParameters,
  questionOf,
  whereParameters,
} from './inquiry.ts'
import { askRestate, type Moment, type RestateAnswer } from './restate.ts'

const text = { type: 'string' } as const

/** `then` and `thenReceivedBy`, `now` and `nowReceivedBy`. */
const momentOf = (
  asked: InquiryQuery,
  name: 'then' | 'now',
  timezone: string,
  usual: number | undefined,
): Moment => {
  const zone = zoneOf(timezone)
  const given = one(asked, name)
  const receivedBy = one(asked, `${name}ReceivedBy`)
  if (given === undefined && usual === undefined)
    throw new PulseError(
      'USAGE',
      `--${name} is missing: a date such as 2024-04-01 (the end of that day), or a time with an offset.`,
    )
  return {
    asOf: given === undefined ? (usual ?? 0) : parseInstant(given.trim(), `--${name}`, zone),
    ...(receivedBy === undefined
      ? {}
      : { receivedBy: parseInstant(receivedBy.trim(), `--${name}-received-by`, zone) }),
  }
}

/** `pulse restate`: why a figure is another now than it was. */
export const restateInquiry: Inquiry<RestateAnswer> = {
  path: '/api/v1/figures/{metric}/restatement',
  operationId: 'restate',
  summary: 'Why a figure changed 数据变动说明',
  description:
    'The figure as known at two moments, and the matters whose part changed, by the cause: merges, reclassifications, voids, retractions, corrections, reopenings, late events, events since, time gone by. The contributions add up to the difference.',
  parameters: [
    {
      name: 'metric',
      in: 'path',
      required: true,
      description: 'A metric id.',
      schema: { enum: metrics.map(({ id }) => id) },
    },
    ...periodParameters,
    ...whereParameters,
    query('then', 'As of which moment it was. 当时（录入）', text, true),
    query('now', 'As of which moment it is; this moment where it is not given. 现在（录入）', text),
    query('thenReceivedBy', 'What this system had received then. 当时（接收）', text),
    query('nowReceivedBy', 'What this system has received now. 现在（接收）', text),
  ],
  ask: (deps, asked) => {
    const { timezone } = deps.settings
    const { metric, from, to, where, scope } = questionOf(asked, timezone)
    return askRestate(deps, {
      metric,
      from,
      to,
      where,
      scope,
      before: momentOf(asked, 'then', timezone, undefined),
      after: momentOf(asked, 'now', timezone, deps.now()),
    })
  },
}
