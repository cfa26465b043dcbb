import { PulseError } from '../schemas/errors.ts'

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
