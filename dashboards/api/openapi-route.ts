import { openApiDocument } from '../../schemas/http/openapi.ts'
import type { Route } from '../../schemas/http/route.ts'

/** `GET /api/v1/openapi.json`: the other routes and itself. */
export const openApiRoute = (others: readonly Route[], version: string): Route => {
  const route: Route = {
    method: 'get',
    path: '/api/v1/openapi.json',
    operation: {
      operationId: 'openapi',
      summary: 'This API as an OpenAPI 3.1 document',
      tags: ['watching'],
      responses: {
        '200': {
          description: 'The document.',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
      },
    },
    handle: async (_request, response) => {
      response.json(document)
    },
  }
  const document = openApiDocument([...others, route], version)
  return route
}
