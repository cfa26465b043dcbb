/** kafkajs reading a topic from its beginning and doing nothing with it: COUNT ADDRESS TOPIC GROUP. */
import { Kafka, logLevel } from 'kafkajs'
import { doneUntilReleased, given } from './child.ts'

const [count = '0', address = '', topic = '', groupId = ''] = given(4)
const consumer = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).consumer({ groupId })
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
let read = 0
await new Promise<void>((resolve, reject) => {
  consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
  consumer
    .run({
      eachBatch: async ({ batch }) => {
        read += batch.messages.length
        if (read >= Number(count)) resolve()
      },
    })
    .catch(reject)
})
await doneUntilReleased()
await consumer.disconnect()
