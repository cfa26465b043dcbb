import { openKafka } from '../../schemas/log/kafka/connection.ts'

/** How many positions a topic holds. */
export const topicSize = async (brokers: readonly string[], topic: string): Promise<number> => {
  const settings = { topicPrefix: '', groupId: 'bench', sessionTimeoutMs: 30_000 }
  const admin = openKafka({ ...settings, brokers }, { clientId: 'bench' }).admin()
  await admin.connect()
  try {
    const ends = await admin.fetchTopicOffsets(topic)
    return ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
  } finally {
    await admin.disconnect()
  }
}
