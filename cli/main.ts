import { CommanderError } from 'commander'
import { exitCodeOf } from '../schemas/errors.ts'
import type { CommandContext } from './context.ts'
import { explain } from './explain.ts'
import type { Io } from './io.ts'
import { processIo } from './process-io.ts'
import { buildProgram } from './program.ts'

/**
 * Runs one command line and returns its exit code: 0 done, 1 the work failed, 2 wrong usage or
 * input. Never rejects.
 */
export const main = async (
  args: readonly string[],
  io: Io,
  hooks: Pick<CommandContext, 'onStep'> = {},
): Promise<number> => {
  let code = 0
  const exitWith = (value: 1 | 2): void => {
    code = value
  }
  const program = buildProgram({ io, exitWith, ...hooks })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    // commander has said what was wrong; help and version that were asked for are no error
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    io.note(explain(error, io.env['DEBUG'] !== undefined))
    return exitCodeOf(error)
  }
}

/** The process: runs its own arguments and exits. */
export const run = async (): Promise<void> => {
  const code = await main(process.argv.slice(2), processIo())
  // what was written must be out before the engine's threads are left behind
  process.stdout.write('', () => process.exit(code))
}
