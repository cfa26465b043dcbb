import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What the program is built from. */
const folders = ['schemas', 'producers', 'consumers', 'dashboards', 'cli']

const changedAt = (path: string): number =>
  statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY

/** Throws where the built program is missing or older than its sources: a test of it proves nothing. */
export const requireBuild = (): void => {
  const built = changedAt(join(root, 'dist', 'cli', 'main.js'))
  for (const folder of folders)
    for (const name of readdirSync(join(root, folder), { encoding: 'utf8', recursive: true }))
      if (name.endsWith('.ts') && changedAt(join(root, folder, name)) > built)
        throw new Error(
          `The build is older than ${join(folder, name)}: run \`npm run build\` first.`,
        )
}
