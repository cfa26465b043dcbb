import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ReceivedEvent } from '../../schemas/log/port.ts'
import { installKafka } from '../../scripts/kafka/install.ts'
import { fromRoot } from '../pulse-process.ts'

/** Takes batches, in order; `end` resolves when the broker has acknowledged all of them. */
export type TopicFiller = {
  readonly take: (events: readonly ReceivedEvent[]) => Promise<void>
  readonly end: () => Promise<void>
}

/**
 * Writes events to a topic as the intake does, keyed by matter, with Kafka's own client in a process
 * of its own: many times as fast as kafkajs, and no part of what is measured.
 */
export const fillTopic = async (address: string, topic: string): Promise<TopicFiller> => {
  const { classPath, logSettings } = await installKafka(() => {})
  const child = spawn(
    'java',
    [
      `-Dlog4j2.configurationFile=${logSettings}`,
      ...['-cp', classPath, fromRoot('bench/ingest/FillTopic.java'), address, topic],
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  let notes = ''
  child.stderr.on('data', (text) => {
    notes += text
  })
  const ended = once(child, 'close')
  // a filler that ended early says why when it is ended
  child.stdin.on('error', () => undefined)
  return {
    take: async (events) => {
      const lines = events.map(({ subject, canonical }) => `${subject}\t${canonical}\n`)
      if (!child.stdin.write(lines.join('')))
        await Promise.race([once(child.stdin, 'drain'), ended])
    },
    end: async () => {
      child.stdin.end()
      const [code] = await ended
      if (code !== 0) throw new Error(`the topic could not be filled (${code}): ${notes}`)
    },
  }
}
