import { errorCodes } from '../errors.ts'
import { caseEventSchema, type JsonSchema } from '../events/json-schema.ts'
import { PROBLEM_TYPE } from './problem.ts'
import type { Operation, Parameter, Route } from './route.ts'

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, where, and how to mend it.' },
    code: { enum: [...errorCodes] },
  },
  additionalProperties: true,
} as const

const problemContent = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } }

const problems: Operation['responses'] = {
  '500': { description: 'The work failed.', content: problemContent },
  '503': {
    description: 'The store or the log cannot take it now; send again after Retry-After seconds.',
    headers: { 'Retry-After': { schema: { type: 'integer' } } },
    content: problemContent,
  },
}

/** A refusal for `responses`: problem+json with this description. */
export const refusal = (description: string): Operation['responses'][string] => ({
  description,
  content: problemContent,
})

/** A parameter of the query string. */
export const queryParameter = (
  name: string,
  description: string,
  schema: object,
  required = false,
): Parameter => ({ name, in: 'query', required, description, schema })

/** The name under which the document holds the event, for a route's request body. */
export const EVENT_REF = '#/components/schemas/CaseEvent'

/** The event and what it is made of, as components: its own definitions, pointed at from here. */
const eventComponents = (): Readonly<Record<string, unknown>> => {
  const {
    $schema: _,
    $defs,
    ...event
  } = JSON.parse(
    JSON.stringify(caseEventSchema()).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as JsonSchema & { readonly $defs: Readonly<Record<string, unknown>> }
  return { CaseEvent: event, ...$defs }
}

/** The OpenAPI 3.1 document of these routes. */
export const openApiDocument = (routes: readonly Route[], version: string): object => {
  const paths: Record<string, Record<string, object>> = {}
  for (const { method, path, operation } of routes)
    paths[path] = {
      ...paths[path],
      [method]: { ...operation, responses: { ...operation.responses, ...problems } },
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'petition-pulse',
      version,
      description:
        'Exact, explainable statistics for petition offices. Events in as CloudEvents 1.0, figures out as known on any date. 信访统计：事件入，数字出，可追溯到任一时点。',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { Problem: problemSchema, ...eventComponents() } },
  }
}
