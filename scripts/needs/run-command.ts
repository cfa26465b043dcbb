import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const keptLines = 15
const maxBuffer = 2 ** 26

/** Runs a command to its end, within `limitMs`. Rejects with the end of what it said. */
export const runCommand = async (
  [file, ...args]: readonly [string, ...string[]],
  { limitMs, cwd }: { readonly limitMs: number; readonly cwd?: string },
): Promise<void> => {
  try {
    await promisify(execFile)(file, args, {
      timeout: limitMs,
      maxBuffer,
      ...(cwd === undefined ? {} : { cwd }),
    })
  } catch (cause) {
    const {
      stdout = '',
      stderr = '',
      killed,
      code,
    } = cause as {
      readonly stdout?: string
      readonly stderr?: string
      readonly killed?: boolean
      readonly code?: string | number
    }
    const how = killed ? `took longer than ${limitMs / 1000} s` : `failed (${code})`
    const said = `${stdout}${stderr}`.trimEnd().split('\n').slice(-keptLines).join('\n')
    throw new Error(`${file} ${args[0] ?? ''} ${how}:\n${said}`, { cause })
  }
}
