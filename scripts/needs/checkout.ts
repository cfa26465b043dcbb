import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the checkout this program is of, also when it was built into a folder of it. */
export const checkout = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error('Run this from a checkout of petition-pulse.')
    folder = dirname(folder)
  }
  return folder
}

/** What tools fetch and keep between runs, out of version control. */
export const cacheFolder = (): string => join(checkout(), '.cache')
