import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { madeOnce } from '../../../scripts/needs/made-once.ts'
import { scratchDirectory } from '../../support/scratch-store.ts'

const place = async () => join(await scratchDirectory('made'), 'cache', 'it')
const beside = (folder: string) => readdir(dirname(folder))

const filling = (text: string) => async (folder: string) => {
  await writeFile(join(folder, 'first'), text)
  await writeFile(join(folder, 'second'), text)
}
const textsIn = (folder: string) =>
  Promise.all(['first', 'second'].map((name) => readFile(join(folder, name), 'utf8')))

describe('a folder that is made once', () => {
  it('is not made again', async () => {
    const folder = await place()
    await madeOnce(folder, filling('a'))
    await madeOnce(folder, filling('b'))
    expect(await textsIn(folder)).toEqual(['a', 'a'])
  })

  it('is not there when filling it broke, and is made the next time', async () => {
    const folder = await place()
    const broken = async (half: string) => {
      await writeFile(join(half, 'first'), 'half')
      throw new Error('the line was cut')
    }
    await expect(madeOnce(folder, broken)).rejects.toThrow('the line was cut')
    expect(await beside(folder)).toEqual([])
    await madeOnce(folder, filling('a'))
    expect(await textsIn(folder)).toEqual(['a', 'a'])
  })

  it('is of one maker when two make it at once', async () => {
    const folder = await place()
    await Promise.all(['a', 'b'].map((text) => madeOnce(folder, filling(text))))
    const [first, second] = await textsIn(folder)
    expect(first).toBe(second)
    expect(await beside(folder)).toEqual(['it'])
  })
})
