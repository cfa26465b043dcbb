import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { holderOf } from '../../../schemas/lock/holder.ts'
import { lives, ownIdentity } from '../../../schemas/lock/process-identity.ts'
import {
  findServing,
  readServing,
  removeServing,
  type Serving,
  writeServing,
} from '../../../schemas/lock/serving.ts'
import { tryTurn } from '../../../schemas/lock/turn.ts'

/** No process has it: above what any system hands out. */
const DEAD = 2 ** 30

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'handover-'))
})
afterEach(() => rm(directory, { recursive: true }))

const note = (over: Partial<Serving> = {}): Serving => ({
  pid: process.pid,
  url: 'http://127.0.0.1:1',
  instance: 'a',
  startedAt: '2024-01-01T00:00:00Z',
  ...over,
})

describe('the note of a run that serves a directory', () => {
  it('is found while the run lives and answers with its own name', async () => {
    await writeServing(directory, note())
    expect(await findServing(directory, async () => 'a')).toEqual(note())
  })

  it('is seen through when the process is gone', async () => {
    await writeServing(directory, note({ pid: DEAD }))
    expect(await findServing(directory, async () => 'a')).toBeUndefined()
  })

  it('is seen through when another run answers at the address', async () => {
    await writeServing(directory, note())
    expect(await findServing(directory, async () => 'b')).toBeUndefined()
  })

  it('is seen through when nobody answers', async () => {
    await writeServing(directory, note())
    expect(await findServing(directory, async () => undefined)).toBeUndefined()
  })

  it('counts as none when it is damaged', async () => {
    await writeFile(join(directory, 'serving.json'), '{"pid":')
    expect(await readServing(directory)).toBeUndefined()
  })

  it('is removed by its own run only', async () => {
    await writeServing(directory, note({ instance: 'later' }))
    await removeServing(directory, 'earlier')
    expect(await readServing(directory)).toBeDefined()
    await removeServing(directory, 'later')
    expect(await readServing(directory)).toBeUndefined()
  })

  it('leaves no draft behind', async () => {
    await writeServing(directory, note())
    expect(await readdir(directory)).toEqual(['serving.json'])
  })
})

describe('the process that has a directory open', () => {
  it('is the one the engine wrote down, while it lives', async () => {
    await writeFile(join(directory, 'status'), `PID: ${process.ppid}\nStarted at: x\n`)
    expect(await holderOf(directory)).toBe(process.ppid)
  })

  it('is nobody when that process is gone, is this one, or nothing is written', async () => {
    expect(await holderOf(directory)).toBeUndefined()
    await writeFile(join(directory, 'status'), `PID: ${DEAD}\n`)
    expect(await holderOf(directory)).toBeUndefined()
    await writeFile(join(directory, 'status'), `PID: ${process.pid}\n`)
    expect(await holderOf(directory)).toBeUndefined()
  })
})

describe('a turn at a directory', () => {
  it('is one process’s until it gives it back', async () => {
    const first = await tryTurn(directory)
    const second = await tryTurn(directory)
    expect(second).toEqual({ taken: false, by: await ownIdentity() })
    if (first.taken) await first.giveBack()
    expect((await tryTurn(directory)).taken).toBe(true)
  })

  it('is taken over from a process that was killed', async () => {
    await writeFile(join(directory, 'turn.json'), JSON.stringify({ pid: DEAD }))
    expect((await tryTurn(directory)).taken).toBe(true)
  })

  it('is taken over when another process has the number of the one that was killed', async () => {
    const { started } = await ownIdentity()
    await writeFile(
      join(directory, 'turn.json'),
      JSON.stringify({ pid: process.pid, started: `${started}0` }),
    )
    // where the system does not tell when a process began, the number is all there is
    expect((await tryTurn(directory)).taken).toBe(started !== undefined)
  })

  it('is left to a process that is just writing its note, and taken from one that never did', async () => {
    const path = join(directory, 'turn.json')
    await writeFile(path, '')
    expect((await tryTurn(directory)).taken).toBe(false)
    const past = new Date(Date.now() - 60_000)
    await utimes(path, past, past)
    expect((await tryTurn(directory)).taken).toBe(true)
  })
})

describe('a process', () => {
  it('lives while it runs', async () => {
    expect(await lives(await ownIdentity())).toBe(true)
    expect(await lives({ pid: DEAD })).toBe(false)
  })
})
