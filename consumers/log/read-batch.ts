import type { Sized } from './gatherer.ts'
import type { PackedMessages } from './packed-messages.ts'
import {
  joined,
  NO_STAMPS,
  type PartitionProgress,
  type Piece,
  type Span,
} from './partition-progress.ts'
import type { ToRead, WhatWasRead } from './read-messages.ts'
import { NO_RECEIPTS, type StoredReceipts } from './stored-receipts.ts'

/** Messages of one partition, one behind another; what lies between them was never a message. */
export type Delivery = Sized & {
  readonly partition: number
  readonly origin: string
  readonly progress: PartitionProgress
  readonly piece: Piece
  readonly messages: PackedMessages
}

/** What is to be stored of a batch. */
export type ReadBatch = Omit<WhatWasRead, 'received'> & {
  readonly deliveries: readonly Delivery[]
  /** Mark of the batch in its rows, epoch ms. */
  readonly storedAt: number
  readonly received: Span
}

/** `readMessages`, wherever it is done. */
export type Reader = (runs: readonly ToRead[], storedAt: number) => Promise<WhatWasRead>

/**
 * Has a batch read, and its pieces know when their events were received. `receiptsOf` is asked for what
 * is delivered again after it was folded.
 */
export const readBatch = async (
  reader: Reader,
  deliveries: readonly Delivery[],
  storedAt: number,
  receiptsOf: (delivery: Delivery) => Promise<StoredReceipts>,
): Promise<ReadBatch> => {
  const toRead = async (delivery: Delivery): Promise<ToRead> => {
    const { origin, piece, progress, messages } = delivery
    const again = piece.from < progress.coveredTo()
    const receipts = again ? await receiptsOf(delivery) : NO_RECEIPTS
    const standing = progress.beginReading(piece)
    return { origin, from: piece.from, to: piece.to, messages, standing, receipts }
  }
  const runs: ToRead[] = []
  for (const delivery of deliveries) runs.push(await toRead(delivery))
  const { received, ...read } = await reader(runs, storedAt)
  for (const [n, { progress, piece }] of deliveries.entries())
    progress.wasRead(piece, received[n] ?? NO_STAMPS)
  return { ...read, deliveries, storedAt, received: received.reduce(joined, NO_STAMPS) }
}
