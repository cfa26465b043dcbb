import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeDirectory } from '../../../schemas/store/make-directory.ts'
import { scratchDirectory } from '../../support/scratch-store.ts'

it('makes a directory with those above it, and is content where it is there', async () => {
  const path = join(await scratchDirectory('made'), 'a', 'b', 'c')
  makeDirectory(path)
  makeDirectory(path)
  expect(existsSync(path)).toBe(true)
})

it('refuses below a file', async () => {
  const file = join(await scratchDirectory('made'), 'file')
  writeFileSync(file, '')
  expect(() => makeDirectory(join(file, 'below'))).toThrow(/ENOTDIR/)
})

it('gives up where the system makes no directories', () => {
  expect(() => makeDirectory('/proc/pulse-none/below')).toThrow(/ENOENT|EACCES|EPERM/)
})
