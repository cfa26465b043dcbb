import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServing } from '../support/cli-child.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pulse-standard-input-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const LINES = '{"x":1}\n'.repeat(5_000)

/** What a process that opens a store with `lines` waiting on its standard input says. */
const withWaiting = (lines: string): Promise<{ code: number | null; out: string }> => {
  const root = join(import.meta.dirname, '..', '..')
  const child = spawn(
    process.execPath,
    [
      join(root, 'scripts', 'run-typescript.mjs'),
      join(import.meta.dirname, 'standard-input-child.ts'),
      join(directory, 'a'),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stdin.end(lines)
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, out }))
  })
}

describe('what waits on standard input', () => {
  it('is not taken for rows of what the store itself writes', async () => {
    expect(await withWaiting(LINES)).toEqual({ code: 0, out: `value\n${LINES.length}\n` })
  })

  it('is not taken for rows of what clients of `pulse store` write', async () => {
    const store = await startServing(['store', '--data', join(directory, 'b')], {}, LINES)
    const ask = async (query: string, body?: string) => {
      const url = `${store.url}/?query=${encodeURIComponent(query)}`
      const answer = await fetch(url, { method: 'POST', ...(body === undefined ? {} : { body }) })
      return { status: answer.status, text: await answer.text() }
    }
    await ask('CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a')
    expect(await ask('INSERT INTO t FORMAT CSV', '"one"\n')).toMatchObject({ status: 200 })
    expect(await ask("INSERT INTO t VALUES ('two')")).toMatchObject({ status: 200 })
    expect(await ask('SELECT a FROM t ORDER BY a')).toEqual({ status: 200, text: 'one\ntwo\n' })
    expect(await store.end('SIGTERM')).toBe(0)
  })
})
