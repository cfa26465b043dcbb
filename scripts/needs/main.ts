import { ensureNeeds } from './ensure.ts'
import { testNeeds } from './needs.ts'

/** The stage `needs` of `npm test`: what npm cannot bring is there, or is installed where it may be. */
export const main = async (): Promise<number> => {
  try {
    await ensureNeeds(testNeeds, (line) => console.log(line))
    console.log(`There: ${testNeeds.map(({ name }) => name).join(', ')}.`)
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}
