/** A command and what its output must be like. Both streams are read: `java -version` writes to the second. */
export type Probe = {
  readonly command: readonly [string, ...string[]]
  readonly accepts?: (output: string) => boolean
}

/** A program that tests or development need and that npm cannot bring. There when every probe passes. */
export type Need = {
  readonly name: string
  /** What it is for, as the end of "… is needed for". */
  readonly why: string
  readonly probes: readonly [Probe, ...Probe[]]
  readonly debian: readonly string[]
  /** Formulae and casks for `brew install`. */
  readonly brew: readonly string[]
}

/** Output of a command that ended with 0; undefined when it failed, or is not there. */
export type RunProbe = (command: readonly [string, ...string[]]) => Promise<string | undefined>

/** The needs that are not met, in their order. */
export const missingOf = async (
  needs: readonly Need[],
  run: RunProbe,
): Promise<readonly Need[]> => {
  const met = await Promise.all(
    needs.map(async ({ probes }) => {
      for (const { command, accepts = () => true } of probes) {
        const output = await run(command)
        if (output === undefined || !accepts(output)) return false
      }
      return true
    }),
  )
  return needs.filter((_, index) => !met[index])
}
