import type { Kafka } from 'kafkajs'

/** Takes away a group made for one look; without members and commits it would go by itself, in a week. */
export const forgetGroup = async (kafka: Kafka, groupId: string): Promise<void> => {
  const admin = kafka.admin()
  try {
    await admin.connect()
    await admin.deleteGroups([groupId])
  } catch {
    // it goes by itself
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
