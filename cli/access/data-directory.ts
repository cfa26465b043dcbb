import { access, constants, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { PulseError } from '../../schemas/errors.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { makeDirectory } from '../../schemas/store/make-directory.ts'

/** Folders that the engine makes in the directory of a store. */
const engineFolders = new Set(['data', 'metadata', 'metadata_dropped', 'store', 'tmp'])

/** The store that this directory is the engine's own folder of, if it is: another store inside would spoil it. */
const storeAround = async (directory: string): Promise<string | undefined> => {
  const path = resolve(directory)
  if (!engineFolders.has(basename(path))) return undefined
  const around = dirname(path)
  const isThere = (name: string) =>
    stat(join(around, name)).then(
      () => true,
      () => false,
    )
  return (await isThere('store')) && (await isThere('metadata')) ? around : undefined
}

/** Makes the directory; what stands in its way is said by name. */
export const prepareDirectory = async (directory: string): Promise<void> => {
  const around = await storeAround(directory)
  if (around !== undefined)
    throw new PulseError(
      'USAGE',
      `${directory} is a folder of the engine inside the store ${around}. Give the store itself: --data ${around}.`,
    )
  try {
    makeDirectory(resolve(directory))
    if (!(await stat(directory)).isDirectory())
      throw Object.assign(new Error(), { code: 'ENOTDIR' })
    await access(directory, constants.R_OK | constants.W_OK)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new PulseError(
      'USAGE',
      code === 'EEXIST' || code === 'ENOTDIR'
        ? `The data directory ${directory} is a file. Give a directory with --data.`
        : `The data directory ${directory} cannot be used (${code}). Give one this account may write to with --data.`,
      { cause: error },
    )
  }
}

/** Whether there is a store to ask: a server always; a directory once the engine has made tables in it. */
export const storeExists = async (settings: Settings): Promise<boolean> => {
  if (settings.server !== undefined || settings.clickhouse !== undefined) return true
  try {
    await stat(join(settings.data, 'store'))
    return true
  } catch {
    return false
  }
}
