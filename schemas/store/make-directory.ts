import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory and those above it. Node's own recursive form tries for ever where the system
 * refuses a new entry with "no such directory" (below /proc, for one); here each folder is tried
 * once, and once more after the one above it was made.
 */
export const makeDirectory = (path: string): void => {
  const make = (): 'made' | 'noParent' => {
    try {
      mkdirSync(path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return 'noParent'
      if (code !== 'EEXIST') throw error
    }
    return 'made'
  }
  if (make() === 'made') return
  const above = dirname(path)
  if (above !== path) makeDirectory(above)
  mkdirSync(path)
}
