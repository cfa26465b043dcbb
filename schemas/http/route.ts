import type { Request, Response } from 'express'

/** The part of an OpenAPI 3.1 operation that routes fill in; JSON Schemas are plain objects. */
export type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: object }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string
        readonly headers?: Readonly<Record<string, object>>
        readonly content?: Readonly<Record<string, { readonly schema: object }>>
      }
    >
  >
}

export type Parameter = {
  readonly name: string
  readonly in: 'query' | 'path'
  readonly required: boolean
  readonly description: string
  readonly schema: object
  readonly style?: 'form'
  readonly explode?: boolean
}

/**
 * One route of the API: how it is served and how it is described, together, so that the OpenAPI
 * document cannot miss one. `path` is written as in OpenAPI (`/figures/{metric}`). `handle` may
 * reject: the problem middleware answers.
 */
export type Route = {
  readonly method: 'get' | 'post'
  readonly path: string
  readonly operation: Operation
  readonly handle: (request: Request, response: Response) => Promise<void>
}

/** The path as express writes it. */
export const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')
