import { createHash } from 'node:crypto'
import type { ReceivedEvent } from '../../../schemas/log/port.ts'

export type EventAsked = {
  readonly subject?: string
  readonly source?: string
  readonly id?: string
  readonly content?: string
  readonly receivedTime?: number
}

/** An event of these parts; `content` stands for all that its hash is of. */
export const event = ({
  subject = 'M1',
  source = '/a',
  id = 'e1',
  content = 'a',
  receivedTime = 1,
}: EventAsked = {}): ReceivedEvent => ({
  type: 'matter.settled.v1',
  subject,
  source,
  id,
  time: 0,
  data: {},
  canonical: content,
  contentHash: createHash('sha256').update(content).digest('hex'),
  receivedTime,
})
