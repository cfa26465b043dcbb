const MIB = 1024 ** 2

/** A size for messages. */
export const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`

/** Bounds of a front. Sizes in bytes. */
export type FrontLimits = {
  /** Connections to the engine at work, each on a thread of its own. At least 3. */
  readonly lanes: number
  /** Of these, how many reads leave to statements that write (read-write only). */
  readonly lanesForWrites: number
  /** Requests in hand, waiting ones included; more are answered 503. */
  readonly requests: number
  /** Connections of clients. */
  readonly sockets: number
  /** How long a request may wait for a lane. */
  readonly waitMs: number
  /** How long one statement may run. */
  readonly executionSeconds: number
  /** Memory one statement may use. */
  readonly memoryBytes: number
  /** Request line and headers together. */
  readonly headerBytes: number
  /** Text of one statement, its parameters included. */
  readonly queryBytes: number
  /** Texts of all statements in hand. */
  readonly allQueryBytes: number
  /** Rows of one insert, unpacked; they are laid in a file. */
  readonly bodyBytes: number
  /** Rows of all inserts in hand. */
  readonly allBodyBytes: number
  /** One result, as the engine counts its columns in memory; it is laid in a file. */
  readonly resultBytes: number
  /** How long a client may keep the front waiting for the next piece of a body, or for room for the answer. */
  readonly stallMs: number
}

const shared = {
  lanes: 6,
  lanesForWrites: 2,
  requests: 256,
  sockets: 256,
  waitMs: 30_000,
  memoryBytes: 4096 * MIB,
  headerBytes: MIB,
  allQueryBytes: 256 * MIB,
  bodyBytes: 1024 * MIB,
  allBodyBytes: 4096 * MIB,
  resultBytes: 1024 * MIB,
  stallMs: 60_000,
}

/** Read-write: for our own processes, which send long statements and wait for their end. */
export const readWriteLimits: FrontLimits = {
  ...shared,
  executionSeconds: 600,
  queryBytes: 64 * MIB,
}

/** Read-only: for people and their tools. */
export const readOnlyLimits: FrontLimits = {
  ...shared,
  lanesForWrites: 0,
  executionSeconds: 60,
  queryBytes: MIB,
}

/** Counts what is in hand against a bound. */
export type Room = {
  /** Takes so much, or answers false where it would be too much. */
  readonly take: (amount: number) => boolean
  readonly give: (amount: number) => void
}

export const roomFor = (most: number): Room => {
  let taken = 0
  return {
    take: (amount) => {
      if (taken + amount > most) return false
      taken += amount
      return true
    },
    give: (amount) => {
      taken -= amount
    },
  }
}
