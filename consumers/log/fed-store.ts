import { PulseError } from '../../schemas/errors.ts'
import type { EventLog } from '../../schemas/log/port.ts'

/**
 * Stands where the sink would in a store that is fed from Kafka: what were stored past the log would
 * be missing from every count of it, and no watermark would cover it.
 */
export const refusingLog = (topic: string): EventLog => {
  const refuse = async (): Promise<never> => {
    throw new PulseError(
      'USAGE',
      `The events of this store come through Kafka (topic ${topic}): it takes none past it. Set KAFKA_BROKERS, or send them to the \`pulse up\` or \`pulse intake\` that writes to the topic, with --server.`,
    )
  }
  return { publish: refuse, settled: async () => undefined }
}
