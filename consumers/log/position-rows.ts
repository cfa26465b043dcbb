import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { identityDigest, type PositionKind, positionKinds } from '../../schemas/log/positions.ts'
import { rowBinaryWriter, TIME } from '../../schemas/store/row-binary.ts'

/** Columns of `log_positions` in the order they are written here (migration 0009). */
export const positionColumns = [
  { name: 'origin', type: 'String' },
  { name: 'position', type: 'Int64' },
  { name: 'span', type: 'UInt32' },
  { name: 'kind', type: 'Int8' },
  { name: 'identity', type: 'FixedString(16)' },
  { name: 'content', type: 'FixedString(16)' },
  { name: 'received_at', type: TIME },
  { name: 'stored_at', type: TIME },
] as const

/** What the column `content` holds of an event. */
export const contentOf = ({ contentHash }: Pick<ReceivedEvent, 'contentHash'>): string =>
  contentHash.slice(0, 32)

/** And of everything else. */
export const NO_CONTENT = '0'.repeat(32)
const BYTES_A_ROW = 96

/** Rows of `log_positions` being written. Stamps in epoch ms. */
export type PositionRows = {
  readonly event: (origin: string, position: number, event: ReceivedEvent) => void
  readonly dead: (origin: string, position: number, receivedAt: number) => void
  /** `span` positions that never held a message. */
  readonly nothing: (origin: string, position: number, span: number, receivedAt: number) => void
  readonly bytes: () => Uint8Array<ArrayBuffer>
}

export const createPositionRows = (storedAt: number, expected: number): PositionRows => {
  const row = rowBinaryWriter(expected * BYTES_A_ROW + 1024)
  const add = (
    origin: string,
    position: number,
    span: number,
    kind: PositionKind,
    receivedAt: number,
    identity = NO_CONTENT,
    content = NO_CONTENT,
  ): void => {
    row.string(origin)
    row.i64(position)
    row.u32(span)
    row.u8(positionKinds[kind])
    row.hex(identity)
    row.hex(content)
    row.time(receivedAt)
    row.time(storedAt)
  }
  return {
    event: (origin, position, event) =>
      add(
        origin,
        position,
        1,
        'event',
        event.receivedTime,
        identityDigest(event),
        contentOf(event),
      ),
    dead: (origin, position, receivedAt) => add(origin, position, 1, 'dead', receivedAt),
    nothing: (origin, position, span, receivedAt) =>
      add(origin, position, span, 'nothing', receivedAt),
    bytes: row.bytes,
  }
}
