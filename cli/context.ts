import type { Io } from './io.ts'

/** What a command is given: the process it runs in, and where to leave an exit code other than 0. */
export type CommandContext = {
  readonly io: Io
  readonly exitWith: (code: 1 | 2) => void
  /** Called at each labelled step of the work of a process that serves the log. Only tests give one. */
  readonly onStep?: StepHook
}

/** Waited for: the step begins, or what follows it does, when it has resolved. */
export type StepHook = (label: string) => void | Promise<void>
