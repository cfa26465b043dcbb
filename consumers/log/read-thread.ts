import { parentPort } from 'node:worker_threads'
import { readMessages, type ToRead } from './read-messages.ts'

/** What a reading thread is asked; it answers with `WhatWasRead`, one answer a question and in order. */
export type Question = { readonly runs: readonly ToRead[]; readonly storedAt: number }

// the program of the thread that open-reader.ts starts
parentPort?.on('message', ({ runs, storedAt }: Question) => {
  const read = readMessages(runs, storedAt)
  const rows = [...read.eventRows, ...read.positionRows]
  parentPort?.postMessage(
    read,
    rows.map(({ buffer }) => buffer),
  )
})
