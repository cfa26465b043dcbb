import type { Request } from 'express'
import { PulseError } from '../../schemas/errors.ts'
import type { RefusalCode } from '../../schemas/events/reasons.ts'
import { PROBLEM_TYPE, problemOf } from '../../schemas/http/problem.ts'
import type { Route } from '../../schemas/http/route.ts'
import { takeBatch } from '../append/take-batch.ts'
import {
  type Edge,
  MAX_BATCH_EVENTS,
  MAX_LINE_BYTES,
  type Taken,
  takeLines,
} from '../append/take-lines.ts'
import { eventsOperation, type Promised } from './events-operation.ts'
import { mediaTypeOf } from './media-types.ts'
import { readJsonBody } from './read-body.ts'
import { waitForOf } from './wait-for.ts'

export type IntakeDeps = {
  readonly edge: Edge
  /** Largest body of a batch, in bytes (PULSE_MAX_BODY). A stream of lines has no such limit. */
  readonly maxBodyBytes: number
  /** Default: the log says how each event ended, and a request waits until figures count its events. */
  readonly promised?: Promised
  /** Hears of every request's outcome; counts for monitoring. */
  readonly observe?: (taken: Taken) => void
}

const embedded: Promised = { outcomes: true, waitFor: 'visible' }

const declared = (request: Request): number | undefined => {
  const length = request.headers['content-length']
  return length === undefined ? undefined : Number(length)
}

const take = async (request: Request, deps: IntakeDeps): Promise<Taken> => {
  const waitFor = waitForOf(request.query, deps.promised?.waitFor)
  switch (mediaTypeOf(request.headers)) {
    case 'application/cloudevents+json':
      return takeBatch(
        [
          await readJsonBody(
            request,
            declared(request),
            MAX_LINE_BYTES,
            'That is the most one event may have.',
          ),
        ],
        deps.edge,
        waitFor,
      )
    case 'application/cloudevents-batch+json': {
      const body = await readJsonBody(
        request,
        declared(request),
        deps.maxBodyBytes,
        'Send smaller batches, or stream application/x-ndjson; PULSE_MAX_BODY sets the limit.',
      )
      if (!Array.isArray(body))
        throw new PulseError(
          'INPUT_INVALID',
          'A batch is a JSON array of events. For a single event use application/cloudevents+json.',
        )
      if (body.length > MAX_BATCH_EVENTS)
        throw new PulseError(
          'LIMIT_EXCEEDED',
          `A batch may have ${MAX_BATCH_EVENTS} events. Send smaller batches, or stream application/x-ndjson.`,
          { details: { limitEvents: MAX_BATCH_EVENTS } },
        )
      return takeBatch(body, deps.edge, waitFor)
    }
    case 'application/x-ndjson':
      return takeLines(request, deps.edge, { waitFor })
  }
}

/** What every answer says of the events: how many were taken in and how they ended, and the refused ones. */
const countsOf = (taken: Taken, { outcomes }: Promised) => ({
  accepted: taken.events,
  published: taken.published,
  ...(outcomes ? { duplicates: taken.duplicates, conflicts: taken.conflicts } : {}),
  rejected: taken.rejected,
  ...(taken.rejectedCount > taken.rejected.length ? { rejectedCount: taken.rejectedCount } : {}),
})

/** `POST /api/v1/events` of contract §7. Answers only when everything accepted is durable, and counted too unless `waitFor=stored`. */
export const eventsRoute = (deps: IntakeDeps): Route => ({
  method: 'post',
  path: '/api/v1/events',
  operation: eventsOperation(deps.promised ?? embedded),
  handle: async (request, response) => {
    let taken: Taken
    try {
      taken = await take(request, deps)
    } catch (error) {
      // the sender hung up: nobody is left to answer, and it is no failure of ours
      if (request.destroyed && !request.complete) return
      throw error
    }
    deps.observe?.(taken)
    const body = countsOf(taken, deps.promised ?? embedded)
    if (taken.events > 0) {
      response.status(taken.rejectedCount === 0 ? 202 : 207).json(body)
      return
    }
    const problem = problemOf(
      new PulseError(
        'INPUT_INVALID',
        taken.rows === 0
          ? 'The body holds no event. Send at least one.'
          : 'No event of the body could be used; `rejected` says why for each.',
      ),
    )
    response
      .status(400)
      .type(PROBLEM_TYPE)
      .send(JSON.stringify({ ...problem, ...body }))
  },
})

/** Refused events by the reason of their first fault. */
export const refusedByReason = (taken: Taken): ReadonlyMap<RefusalCode, number> => {
  const counts = new Map<RefusalCode, number>()
  for (const { errors } of taken.rejected) {
    const code = errors[0]?.code
    if (code !== undefined) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  return counts
}
