/**
 * Runs the benchmarks, each in a process of its own, one after another.
 *
 * npm run bench -- [part …] [--store DIR] [--matters N] [--rows N] [--demo N] [--rounds N]
 *
 * Parts: import, fill-store, rebuild, figures, command-line, durability, store-front, validator; all
 * by default.
 * Without --store the large store is made in a directory that is removed at the end.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEmbedded } from '../schemas/store/embedded.ts'
import { readArguments } from './arguments.ts'
import { describeMachine, load } from './measure.ts'
import { scratchPrefix } from './pulse-process.ts'

const parts = [
  'import',
  'fill-store',
  'rebuild',
  'figures',
  'command-line',
  'durability',
  'store-front',
  'validator',
] as const

const directory = await mkdtemp(scratchPrefix)
try {
  const asked = readArguments(process.argv.slice(2), join(directory, 'large'))
  const unknown = asked.parts.filter((part) => !parts.some((known) => known === part))
  if (unknown.length > 0)
    throw new RangeError(`no part is called ${unknown.join(', ')}; parts: ${parts.join(', ')}`)

  const scratch = await openEmbedded({ directory: join(directory, 'version') })
  const [engine] = await scratch.query<{ version: string }>('SELECT version() AS version')
  await scratch.close()
  console.log(`${describeMachine(engine?.version ?? 'unknown')}; ${load()}`)

  const sizes = ['store', 'matters', 'rows', 'demo', 'rounds'] as const
  const options = sizes.flatMap((name) => [`--${name}`, String(asked[name])])
  for (const part of parts) {
    if (asked.parts.length > 0 && !asked.parts.includes(part)) continue
    console.log(`\n${part}`)
    const script = fileURLToPath(new URL(`${part}.js`, import.meta.url))
    const child = spawn(process.execPath, [script, ...(part === 'validator' ? [] : options)], {
      stdio: 'inherit',
      // as `bin/pulse.cjs` sets it: each connection to the engine occupies a thread
      env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    })
    const [code] = await once(child, 'close')
    if (code !== 0) {
      console.log(`${part} failed (${code})`)
      process.exitCode = 1
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true })
}
