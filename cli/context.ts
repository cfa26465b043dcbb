import type { Io } from './io.ts'

/** What a command is given: the process it runs in, and where to leave an exit code other than 0. */
export type CommandContext = { readonly io: Io; readonly exitWith: (code: 1 | 2) => void }
