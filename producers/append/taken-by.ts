import type { ParseResult } from '../../schemas/events/parse.ts'
import type { EventLog } from '../../schemas/log/port.ts'

/** A sound event that the log could never take is refused like one that is not sound. */
export const takenBy = (log: EventLog, parsed: ParseResult): ParseResult => {
  if (!parsed.ok) return parsed
  const refusal = log.refusal?.(parsed.event)
  return refusal === undefined ? parsed : { ok: false, errors: [refusal], id: parsed.event.id }
}
