import type { Route } from '../../schemas/http/route.ts'

export type SettledDeps = { readonly settled: () => Promise<void> }

/** `GET /api/v1/settled`: the one wait at the end of many requests with `waitFor=stored`. */
export const settledRoute = ({ settled }: SettledDeps): Route => ({
  method: 'get',
  path: '/api/v1/settled',
  operation: {
    operationId: 'settled',
    summary: 'Wait until everything stored is counted 等待统计完成',
    description:
      'Answers when every event that was stored before the request is counted by every figure.',
    tags: ['events'],
    responses: {
      '200': {
        description: 'It is.',
        content: {
          'application/json': {
            schema: { type: 'object', properties: { status: { const: 'settled' } } },
          },
        },
      },
    },
  },
  handle: async (_request, response) => {
    await settled()
    response.setHeader('Cache-Control', 'no-store')
    response.json({ status: 'settled' })
  },
})
