import { Worker } from 'node:worker_threads'
import type { Reader } from './read-batch.ts'
import type { WhatWasRead } from './read-messages.ts'
import type { Question } from './read-thread.ts'
import { spreadReading } from './spread-reading.ts'

/** A thread that reads batches, so that reading takes no time from whatever else this process does. */
export type ReaderThread = {
  /** Rejects where the thread has ended; it is not begun again. */
  readonly read: Reader
  readonly close: () => Promise<void>
}

/** A thread takes built code; a program run from its sources has its own in `dist`. */
const program = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/consumers/log/read-thread.js' : './read-thread.js',
  import.meta.url,
)

/** What is read lives as long as its batch: more room for what is new holds memory and saves no time. */
const YOUNG_MB = 6

type Waiting = {
  readonly resolve: (read: WhatWasRead) => void
  readonly reject: (error: Error) => void
}

export const openReader = (): ReaderThread => {
  const thread = new Worker(program, {
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const waiting: Waiting[] = []
  let ended: Error | undefined
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  thread.on('message', (read: WhatWasRead) => waiting.shift()?.resolve(read))
  thread.on('error', end)
  thread.on('messageerror', end)
  thread.on('exit', (code) => end(new Error(`the reading thread ended (${code})`)))

  return {
    read: (runs, storedAt) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended)
          return
        }
        waiting.push({ resolve, reject })
        const question: Question = { runs, storedAt }
        thread.postMessage(question)
      }),
    close: async () => {
      await thread.terminate()
    },
  }
}

/** Threads that share the runs of each batch. One that ends ends them all. */
export const openReaders = (count: number): ReaderThread => {
  const threads = Array.from({ length: count }, openReader)
  return {
    read: spreadReading(threads.map(({ read }) => read)),
    close: async () => {
      await Promise.all(threads.map(({ close }) => close()))
    },
  }
}
