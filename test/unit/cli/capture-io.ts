import type { Io } from '../../../cli/io.ts'
import { main } from '../../../cli/main.ts'

export type Ran = { readonly code: number; readonly out: string; readonly notes: string }

/** Runs one command line in this process and keeps what it wrote. */
export const runPulse = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: readonly string[] = [],
): Promise<Ran> => {
  let out = ''
  let notes = ''
  const io: Io = {
    out: (text) => {
      out += text
    },
    note: (text) => {
      notes += `${text}\n`
    },
    draw: (text) => {
      notes += text
    },
    stdin: (async function* () {
      for (const text of stdin) yield Buffer.from(text)
    })(),
    env,
    terminal: false,
    onStop: () => () => undefined,
  }
  const code = await main(args, io)
  return { code, out, notes }
}
