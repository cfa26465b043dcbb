/** The engine's own consumer, until it is released: DIRECTORY ADDRESS TOPIC GROUP. */
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { doneUntilReleased, given } from './child.ts'
import { createEngineConsumer } from './engine-table.ts'

const [directory = '', address = '', topic = '', group = ''] = given(4)
const store = await openEmbedded({ directory })
await migrate(store)
await createEngineConsumer(store, { address, topic, group })
await doneUntilReleased()
await store.command('DROP TABLE log_to_case_events SYNC')
await store.command('DROP TABLE log_messages SYNC')
await store.close()
