import { type RefusalCode, refusalCodes } from '../../schemas/events/reasons.ts'
import { queryParameter as query, refusal } from '../../schemas/http/openapi.ts'
import { requireJson } from '../../schemas/http/require-json.ts'
import type { Route } from '../../schemas/http/route.ts'
import { answerWork, workResponse } from './answer-work.ts'
import { MOST_LETTERS, readLettersAsked, readReason, USUAL_LETTERS } from './dead-letter-request.ts'
import { flag, single } from './read-query.ts'

export type DeadLetterDeps = {
  readonly timezone: string
  readonly list: (asked: ReturnType<typeof readLettersAsked>) => Promise<readonly object[]>
  /** A letter by its name, `origin/position`. NOT_FOUND where none was parked there. */
  readonly show: (letter: string) => Promise<object>
  readonly replay: (
    asked: { readonly reason?: RefusalCode; readonly dryRun: boolean },
    progress: (letters: number) => void,
  ) => Promise<object>
  /** Hears of a replay that failed after its answer had begun. */
  readonly log: (error: unknown) => void
}

const reason = query('reason', 'Only those refused for this. 原因', { enum: [...refusalCodes] })

const json = { 'application/json': { schema: { type: 'object' } } }

/** What the command line needs of the process that holds a directory: the messages that could not be used. */
export const deadLetterRoutes = (deps: DeadLetterDeps): readonly Route[] => [
  {
    method: 'get',
    path: '/api/v1/dead-letters',
    operation: {
      operationId: 'deadLetters',
      summary: 'Messages of the log that could not be used, the newest first 死信',
      tags: ['maintenance'],
      parameters: [
        reason,
        query('since', 'Parked from then on: RFC 3339, or a day meaning its beginning. 起', {
          type: 'string',
        }),
        query('limit', 'How many at most. 条数', {
          type: 'integer',
          minimum: 1,
          maximum: MOST_LETTERS,
          default: USUAL_LETTERS,
        }),
      ],
      responses: {
        '200': { description: 'The letters, without what was in them.', content: json },
        '400': refusal('A parameter that cannot be read.'),
      },
    },
    handle: async (request, response) => {
      const asked = readLettersAsked(
        {
          reason: single(request, 'reason'),
          since: single(request, 'since'),
          limit: single(request, 'limit'),
        },
        deps.timezone,
      )
      response.json({ letters: await deps.list(asked) })
    },
  },
  {
    method: 'get',
    path: '/api/v1/dead-letters/letter',
    operation: {
      operationId: 'deadLetter',
      summary: 'One of them, with all that may be shown 死信详情',
      description: 'Keys of petitioners are left out of the original text.',
      tags: ['maintenance'],
      parameters: [
        query('name', 'Origin and position: petition.case-events/3/17.', { type: 'string' }, true),
      ],
      responses: {
        '200': { description: 'The letter.', content: json },
        '400': refusal('No name of a letter.'),
        '404': refusal('No letter of that name.'),
      },
    },
    handle: async (request, response) => {
      response.json(await deps.show(single(request, 'name') ?? ''))
    },
  },
  {
    method: 'post',
    path: '/api/v1/dead-letters/replay',
    operation: {
      operationId: 'replayDeadLetters',
      summary: 'Publish those that pass the rules of today 死信重放',
      description:
        'Answers one JSON value a line while it works: `{done, whole}` for progress, at last the report, or `{error}` with the problem.',
      tags: ['maintenance'],
      parameters: [
        reason,
        query('dryRun', 'Say what would be done, and do nothing. 试运行', { type: 'boolean' }),
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        '200': workResponse,
        '400': refusal('A parameter that cannot be read.'),
        '415': refusal('Another Content-Type than application/json.'),
      },
    },
    handle: async (request, response) => {
      requireJson(request)
      const asked = {
        ...readReason(single(request, 'reason')),
        dryRun: flag(request, 'dryRun'),
      }
      await answerWork(
        response,
        ({ progress }) => deps.replay(asked, (letters) => progress(letters, 0)),
        deps.log,
      )
    },
  },
]
