/** Inserts prepared files of rows, one after another: DIRECTORY FILE… */
import { readFile } from 'node:fs/promises'
import { eventRowColumns } from '../../consumers/sink/event-rows.ts'
import { openEmbedded } from '../../schemas/store/embedded.ts'
import { migrate } from '../../schemas/tables/migrate.ts'
import { doneUntilReleased, given } from './child.ts'

const [directory = '', ...files] = given(2)
const store = await openEmbedded({ directory })
await migrate(store)
// the next file is read while one is inserted
let inserting: Promise<void> = Promise.resolve()
for (const file of files) {
  const rows = await readFile(file)
  await inserting
  inserting = store.insert('case_events', eventRowColumns, rows)
}
await inserting
await doneUntilReleased()
await store.close()
