import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder the first time it is asked for. It is filled under another name and put in place by
 * one rename: what is there is whole, and of two processes that make it at once one keeps its own.
 * Rejects as `fill` does, with nothing left behind.
 */
export const madeOnce = async (
  folder: string,
  fill: (folder: string) => Promise<void>,
): Promise<void> => {
  if (existsSync(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const half = await mkdtemp(`${folder}.half-`)
  try {
    await fill(half)
    await rename(half, folder).catch((error) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}
