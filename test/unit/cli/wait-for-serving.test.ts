import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitForServing } from '../../../cli/access/wait-for-serving.ts'
import { writeServing } from '../../../schemas/lock/serving.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'serving-'))
})
afterEach(() => rm(directory, { recursive: true }))

const note = { pid: process.ppid, url: 'http://127.0.0.1:1', instance: 'a', startedAt: 'now' }
const held = (): Promise<void> => writeFile(join(directory, 'status'), `PID: ${process.ppid}\n`)
const silent = async (): Promise<undefined> => undefined

describe('the run that serves a directory', () => {
  it('is found at once, and so is that there is none', async () => {
    expect(await waitForServing(directory, silent, 60_000)).toBeUndefined()
    await writeServing(directory, note)
    expect(await waitForServing(directory, async () => 'a', 60_000)).toEqual(note)
  })

  it('is waited for while it begins or does not get to answer', async () => {
    await held()
    await writeServing(directory, note)
    let asked = 0
    const late = async () => (++asked < 3 ? undefined : 'a')
    expect(await waitForServing(directory, late, 60_000)).toEqual(note)
    expect(asked).toBe(3)
  })

  it('is named where it does not answer in time', async () => {
    await held()
    await expect(waitForServing(directory, silent, 150)).rejects.toMatchObject({
      code: 'STORE_BUSY',
      message: expect.stringContaining(`open in process ${process.ppid}, which does not answer`),
    })
  })
})
