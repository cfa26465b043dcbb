import type { IncomingMessage } from 'node:http'
import { bodyOf } from './body.ts'
import { busy, refusal } from './exceptions.ts'
import { boundaryOf, formPairs } from './form.ts'
import { mib } from './limits.ts'
import { type Parameters, parametersOf } from './parameters.ts'
import { type Received, type Receiving, receive } from './received.ts'

/** All a request says: its parameters, those of a form with them, and its statement. */
export type TakenIn = { readonly parameters: Parameters; readonly received: Received }

const none = async function* (): AsyncGenerator<Buffer> {}

/** The length of a body that comes as it is. */
const lengthOf = ({ headers }: IncomingMessage): { readonly bytes?: number } => {
  const length = headers['content-length']
  return length === undefined || headers['content-encoding'] !== undefined
    ? {}
    : { bytes: Number(length) }
}

/** A form takes room as statements do, until its request has ended. */
const takeForm = async (
  body: AsyncIterable<Buffer>,
  boundary: string,
  pairs: readonly [string, string][],
  request: IncomingMessage,
  receiving: Receiving,
): Promise<TakenIn> => {
  const { limits, queryRoom } = receiving
  const pieces: Buffer[] = []
  let held = 0
  try {
    for await (const piece of body) {
      if (held + piece.length > limits.queryBytes)
        throw refusal('QUERY_IS_TOO_LARGE', `The form is longer than ${mib(limits.queryBytes)}.`)
      if (!queryRoom.take(piece.length)) throw busy('There is no room for more statements now.')
      held += piece.length
      pieces.push(piece)
    }
    const form = formPairs(Buffer.concat(pieces), boundary)
    const parameters = parametersOf([...pairs, ...form], request.headers)
    const received = await receive(parameters.query, { pieces: none() }, receiving)
    const release = (): Promise<void> => {
      queryRoom.give(held)
      return received.release()
    }
    return { parameters, received: { ...received, release } }
  } catch (error) {
    queryRoom.give(held)
    throw error
  }
}

/** Takes in a request, wherever its statement is: the address, the body, both, or a form. */
export const takeIn = async (
  request: IncomingMessage,
  pairs: readonly [string, string][],
  parameters: Parameters,
  receiving: Receiving,
  stallMs: number,
): Promise<TakenIn> => {
  const { query } = parameters
  if (request.method !== 'POST')
    return { parameters, received: await receive(query, { pieces: none() }, receiving) }
  const body = bodyOf(request, stallMs)
  const boundary = boundaryOf(request.headers['content-type'])
  if (boundary !== undefined) return takeForm(body, boundary, pairs, request, receiving)
  // as on a server: a statement in the address and a body are one text, with a line end between
  const beginning = query === '' ? '' : `${query}\n`
  const coming = { pieces: body, ...lengthOf(request) }
  return { parameters, received: await receive(beginning, coming, receiving) }
}
