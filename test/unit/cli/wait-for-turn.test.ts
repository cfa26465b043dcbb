import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitForTurn } from '../../../cli/access/wait-for-turn.ts'
import { PulseError } from '../../../schemas/errors.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'turn-'))
})
afterEach(() => rm(directory, { recursive: true }))

const busy = new PulseError('STORE_BUSY', 'locked')
const nobody = async (): Promise<undefined> => undefined
const held = (pid = process.ppid): Promise<void> =>
  writeFile(join(directory, 'status'), `PID: ${pid}\n`)

const turn = <T>(over: {
  open: (giveBack: () => Promise<void>) => Promise<T>
  aside?: () => Promise<T | undefined>
  waitMs?: number
  note?: (text: string) => void
}) =>
  waitForTurn({
    directory,
    waitMs: 2_000,
    note: () => undefined,
    aside: nobody as () => Promise<T | undefined>,
    ...over,
  })

describe('a directory that one process at a time may hold', () => {
  it('is opened at once when nobody has it', async () => {
    expect(await turn({ open: async () => 'opened' })).toBe('opened')
  })

  it('is opened by one of many at a time', async () => {
    let inside = 0
    let most = 0
    const open = async (giveBack: () => Promise<void>): Promise<void> => {
      most = Math.max(most, ++inside)
      await new Promise((done) => setTimeout(done, 20))
      inside--
      await giveBack()
    }
    await Promise.all(Array.from({ length: 5 }, () => turn({ open })))
    expect(most).toBe(1)
  })

  it('is opened when the other process lets go', async () => {
    await held()
    let tries = 0
    setTimeout(() => void rm(join(directory, 'status')), 250)
    await turn({
      open: async () => {
        tries++
      },
    })
    expect(tries).toBe(1)
  })

  it('is tried again when the engine says that it is taken', async () => {
    let tries = 0
    const open = async (): Promise<string> => {
      if (++tries < 3) throw busy
      return 'opened'
    }
    expect(await turn({ open })).toBe('opened')
  })

  it('is given up soon when nobody is seen to have it: it is broken, or open elsewhere', async () => {
    let tries = 0
    const failed = turn({
      open: async () => {
        tries++
        throw busy
      },
      waitMs: 10_000,
    })
    await expect(failed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await expect(failed).rejects.toThrow(/damaged.*--data.*another container/)
    expect(tries).toBeLessThan(10)
    expect(await turn({ open: async () => 'opened', waitMs: 0 })).toBe('opened')
  })

  it('is given up after the bound, naming the process and the way out', async () => {
    await held()
    const open = async (): Promise<never> => {
      throw busy
    }
    const failed = turn({ open, waitMs: 300 })
    await expect(failed).rejects.toMatchObject({ code: 'STORE_BUSY' })
    await expect(failed).rejects.toThrow(new RegExp(`process ${process.ppid}.*--data`))
  })

  it('says once, to a person, what it waits for', async () => {
    await held()
    const notes: string[] = []
    await turn({
      open: async () => undefined,
      waitMs: 2_000,
      note: (text) => notes.push(text),
    }).catch(() => undefined)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain('waiting up to 2 s')
  })

  it('is asked through a run that has begun to serve it meanwhile', async () => {
    await held()
    let looks = 0
    const served = await turn({
      open: async (): Promise<string> => {
        throw busy
      },
      aside: async () => (++looks > 2 ? 'served' : undefined),
    })
    expect(served).toBe('served')
  })

  it('fails at once, and lets others in, for a reason that waiting does not mend', async () => {
    const open = async (): Promise<never> => {
      throw new PulseError('MIGRATION_MISMATCH', 'newer')
    }
    await expect(turn({ open })).rejects.toMatchObject({ code: 'MIGRATION_MISMATCH' })
    expect(await turn({ open: async () => 'opened', waitMs: 0 })).toBe('opened')
  })
})
