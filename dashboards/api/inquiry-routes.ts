import { refusal } from '../../schemas/http/openapi.ts'
import type { Route } from '../../schemas/http/route.ts'
import type { FigureSettings } from '../figures/question.ts'
import { campaignInquiry } from '../inquiries/campaign-inquiry.ts'
import { casesInquiry } from '../inquiries/cases-inquiry.ts'
import { type Inquiry, type InquiryQuery, refuseUnknown } from '../inquiries/inquiry.ts'
import { rankInquiry } from '../inquiries/rank-inquiry.ts'
import { restateInquiry } from '../inquiries/restate-inquiry.ts'
import { countingHeaderSchemas, countingHeaders } from './counting-headers.ts'

/** Every question that has a route of its own. */
export const inquiries: readonly Inquiry<object>[] = [
  casesInquiry,
  restateInquiry,
  rankInquiry,
  campaignInquiry,
]

export type InquiryRoutesDeps = {
  readonly inquire: <A extends object>(inquiry: Inquiry<A>, query: InquiryQuery) => Promise<A>
  readonly settings: FigureSettings
}

/** A query string as the inquiries take it; anything but texts is left out. */
const queryOf = (query: Readonly<Record<string, unknown>>): InquiryQuery =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]): [string, string | readonly string[]][] => {
      if (typeof value === 'string') return [[name, value]]
      if (!Array.isArray(value)) return []
      return [[name, value.filter((item): item is string => typeof item === 'string')]]
    }),
  )

/** The routes of the questions about figures. */
export const inquiryRoutes = ({ inquire, settings }: InquiryRoutesDeps): readonly Route[] =>
  inquiries.map((inquiry) => ({
    method: 'get',
    path: inquiry.path,
    operation: {
      operationId: inquiry.operationId,
      summary: inquiry.summary,
      description: inquiry.description,
      tags: ['figures'],
      parameters: inquiry.parameters,
      responses: {
        '200': {
          description: 'The answer.',
          headers: countingHeaderSchemas,
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        '400': refusal('A parameter is missing or wrong; `detail` says which and what is right.'),
        '404': refusal('There is no such metric.'),
        '413': refusal('More rows than one answer may have.'),
      },
    },
    handle: async (request, response) => {
      refuseUnknown(inquiry, Object.keys(request.query))
      const answer = await inquire(inquiry, { ...queryOf(request.query), ...request.params })
      response.set(countingHeaders(settings))
      response.setHeader('Cache-Control', 'no-store')
      response.json(answer)
    },
  }))
