import { execFile, spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import process from 'node:process'
import { missingOf, type Need, type RunProbe } from './need.ts'
import { type Place, planFor } from './plan.ts'

const probeLimitMs = 20_000
const installLimitMs = 8 * 60_000

const runProbe: RunProbe = ([file, ...args]) =>
  new Promise((resolve) => {
    execFile(file, args, { timeout: probeLimitMs }, (error, stdout, stderr) =>
      resolve(error === null ? stdout + stderr : undefined),
    )
  })

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const here = async (): Promise<Place> => ({
  debian: (await isThere('/etc/debian_version')) && (await isThere('/usr/bin/apt-get')),
  root: process.getuid?.() === 0,
  macos: process.platform === 'darwin',
})

const install = ([file, ...args]: readonly [string, ...string[]]): Promise<void> =>
  new Promise((resolve, reject) => {
    const command = [file, ...args].join(' ')
    const child = spawn(file, args, {
      // what a package manager says is progress, never a result
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: installLimitMs,
    })
    child.once('error', (cause) => reject(new Error(`${command}: ${cause.message}`, { cause })))
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code ?? signal}.`)),
    )
  })

/**
 * Sees to it that all of `needs` are there: installs what is missing where it may. Rejects with one
 * message that names the missing programs and the exact command.
 */
export const ensureNeeds = async (
  needs: readonly Need[],
  say: (line: string) => void,
): Promise<void> => {
  const missing = await missingOf(needs, runProbe)
  const place = await here()
  const plan = planFor(missing, place)
  if (plan.kind === 'nothing') return
  if (plan.kind === 'ask') throw new Error(plan.message)
  for (const command of plan.commands) {
    say(command.join(' '))
    await install(command)
  }
  const still = planFor(await missingOf(missing, runProbe), { ...place, root: false })
  if (still.kind === 'ask') {
    throw new Error(`Installed, and still not found or too old. ${still.message}`)
  }
}
