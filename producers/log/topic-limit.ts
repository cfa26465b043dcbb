import kafkajs, { type Admin } from 'kafkajs'

const KAFKA_DEFAULT = 1_048_588

/** Largest batch of messages the topic takes, in bytes (`max.message.bytes`). */
export const topicLimit = async (admin: Admin, topic: string): Promise<number> => {
  const name = 'max.message.bytes'
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
  })
  const value = resources
    .flatMap(({ configEntries }) => configEntries)
    .find(({ configName }) => configName === name)?.configValue
  return value === undefined ? KAFKA_DEFAULT : Number(value)
}
