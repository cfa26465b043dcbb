import { openEmbedded } from '../../schemas/store/embedded.ts'
import { readMarks, setMark } from '../../schemas/tables/marks.ts'
import { migrate } from '../../schemas/tables/migrate.ts'

/** Opens a store and writes to it, then says what it wrote and how much standard input still holds. */
export const main = async ([directory = '']: readonly string[]): Promise<number> => {
  const store = await openEmbedded({ directory })
  await migrate(store)
  await setMark(store, 'timezone', 'value')
  process.stdout.write(`${(await readMarks(store))('timezone')}\n`)
  await store.close()
  let held = 0
  for await (const piece of process.stdin) held += Buffer.byteLength(piece)
  process.stdout.write(`${held}\n`)
  return 0
}
