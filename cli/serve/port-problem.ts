const problemsOf = (option: string): Readonly<Record<string, string>> => ({
  EADDRINUSE: `is in use; stop what listens there or choose another with ${option}`,
  EACCES: `may not be used by this account; choose one above 1023 with ${option}`,
  EADDRNOTAVAIL: 'cannot be bound: this machine has no such address; mend --host',
  ENOTFOUND: 'cannot be bound: there is no such host; mend --host',
})

/**
 * Why a port could not be bound, in one sentence; undefined: the error is about something else.
 * `option` names the port.
 */
export const portProblem = (
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  option = '--port',
): string | undefined => {
  const { code = '', syscall } = error as NodeJS.ErrnoException
  const problems = problemsOf(option)
  if (problems[code] === undefined && syscall !== 'listen' && syscall !== 'bind') return undefined
  return `port ${port} of ${host} ${problems[code] ?? `cannot be bound (${code})`}.`
}
