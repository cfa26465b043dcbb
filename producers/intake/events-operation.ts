import { EVENT_REF, refusal } from '../../schemas/http/openapi.ts'
import type { Operation } from '../../schemas/http/route.ts'
import type { WaitFor } from '../append/take-lines.ts'
import { waits } from './wait-for.ts'

const count = { type: 'integer', minimum: 0 } as const

const rejectedProperties = {
  rejected: {
    type: 'array',
    items: {
      type: 'object',
      required: ['index', 'errors'],
      properties: {
        index: { ...count, description: 'Place among the events of the body, from 0.' },
        line: { type: 'integer', minimum: 1, description: 'Line of an NDJSON body.' },
        id: { type: 'string' },
        errors: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'code', 'message'],
            properties: {
              field: { type: 'string' },
              code: { type: 'string' },
              message: { type: 'string' },
            },
          },
        },
      },
    },
  },
  rejectedCount: { ...count, description: 'Only where more were refused than are listed.' },
} as const

/** The log says how each event ended. */
const judgedSchema = {
  type: 'object',
  required: ['accepted', 'published', 'duplicates', 'conflicts', 'rejected'],
  properties: {
    accepted: { ...count, description: 'Events taken in: published, duplicates and conflicts.' },
    published: { ...count, description: 'Events that are new.' },
    duplicates: { ...count, description: 'Events already there; they change nothing.' },
    conflicts: { ...count, description: 'Other contents under an identity that is taken.' },
    ...rejectedProperties,
  },
} as const

/** The log takes them; what each is is found when it is stored. */
const loggedSchema = {
  type: 'object',
  required: ['accepted', 'published', 'rejected'],
  properties: {
    accepted: { ...count, description: 'Events taken in.' },
    published: {
      ...count,
      description:
        'Events that are in the log: all that were taken in. Whether one is new, a duplicate or a conflict is found when it is stored, and is not known here.',
    },
    ...rejectedProperties,
  },
} as const

/** What an intake promises, by the log behind it. */
export type Promised = {
  /** The answer says which events are new, duplicates, conflicts. */
  readonly outcomes: boolean
  /** Where a request does not say. */
  readonly waitFor: WaitFor
}

export const eventsOperation = ({ outcomes, waitFor }: Promised): Operation => {
  const taken = (description: string): Operation['responses'][string] => ({
    description,
    content: { 'application/json': { schema: outcomes ? judgedSchema : loggedSchema } },
  })
  const usual = (wait: WaitFor) => `\`${wait}\`${wait === waitFor ? ' (default)' : ''}`
  return {
    operationId: 'sendEvents',
    summary: 'Send events 送入事件',
    description:
      'One CloudEvent, a batch, or a stream with one event a line. What the answer accepts is durable. Sending the same again changes nothing, so any failure may be answered by sending all again. `receivedtime` is set here and refused from clients.',
    tags: ['events'],
    parameters: [
      {
        name: 'waitFor',
        in: 'query',
        required: false,
        description: `${usual('visible')}: answered once everything accepted is durable and every figure counts it. ${usual('stored')}: once it is durable; for who sends much in many requests and asks \`/api/v1/settled\` after the last.`,
        schema: { enum: [...waits], default: waitFor },
      },
    ],
    requestBody: {
      required: true,
      content: {
        'application/cloudevents+json': { schema: { $ref: EVENT_REF } },
        'application/cloudevents-batch+json': {
          schema: { type: 'array', items: { $ref: EVENT_REF }, maxItems: 10_000 },
        },
        'application/x-ndjson': {
          schema: { type: 'string', description: 'One event a line, as many as there are.' },
        },
      },
    },
    responses: {
      '202': taken('All accepted and durable.'),
      '207': taken('Some were refused; the others are accepted and durable.'),
      '400': refusal('None was usable, and `rejected` says why for each; or a wrong parameter.'),
      '413': refusal('Larger than the limit, which the answer names.'),
      '415': refusal('Another Content-Type than the three, or an encoding.'),
    },
  }
}
