import { CommanderError } from 'commander'
import { exitCodeOf, PulseError } from '../schemas/errors.ts'
import type { CommandContext } from './context.ts'
import type { Io } from './io.ts'
import { processIo } from './process-io.ts'
import { buildProgram } from './program.ts'

/** The chain of causes, for failures that are ours to look into. */
const causes = (error: unknown): string => {
  const lines: string[] = []
  for (
    let cause = error instanceof Error ? error.cause : undefined;
    cause instanceof Error && lines.length < 5;
    cause = cause.cause
  )
    lines.push(`  because: ${cause.message.split('\n')[0]}`)
  return lines.join('\n')
}

/** One message for an error: what it says itself, or for a fault of ours what helps to find it. */
export const explain = (error: unknown, debug: boolean): string => {
  if (error instanceof PulseError)
    return [`error: ${error.message}`, ...(debug ? [causes(error)] : [])].join('\n')
  const fault = error instanceof Error ? error : new Error(String(error))
  return `error: unexpected: ${fault.message}\n${debug ? (fault.stack ?? '') : 'Set DEBUG=1 to see where; please report it.'}`
}

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
