/** What a command may touch of the process; tests give their own. */
export type Io = {
  /** Results. Nothing else is ever written here. */
  readonly out: (text: string) => void
  /** Notes, warnings and errors. */
  readonly note: (text: string) => void
  /** Text beside the notes as it is, without an end of line: what draws over itself. */
  readonly draw: (text: string) => void
  readonly stdin: AsyncIterable<Uint8Array>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether notes go to a person's terminal: progress is shown there only. */
  readonly terminal: boolean
  /**
   * Runs `stop` once when the process is asked to end (SIGINT, SIGTERM), then ends it with `exitCode`
   * (default 128 + the signal's number). Asked a second time it ends at once. The function returned
   * takes it back.
   */
  readonly onStop: (stop: () => Promise<void>, exitCode?: number) => () => void
}
