import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** A directory for all tests of a file, gone with them. */
export const temporaryDirectory = (name: string): { readonly path: () => string } => {
  let path = ''
  beforeAll(() => {
    path = mkdtempSync(join(tmpdir(), `pulse-${name}-`))
  })
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return { path: () => path }
}
