import { PulseError } from '../../errors.ts'

/** An error as ClickHouse tells it over HTTP. `message` begins with `Code: N. DB::Exception: `. */
export type Exception = {
  readonly code: number
  readonly status: number
  readonly message: string
}

/** Codes of the errors the front itself gives. */
export const refusalCodes = {
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  UNKNOWN_COMPRESSION_METHOD: 89,
  UNKNOWN_SETTING: 115,
  READONLY: 164,
  REQUIRED_PASSWORD: 194,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  SOCKET_TIMEOUT: 209,
  QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING: 216,
  QUERY_IS_TOO_LARGE: 229,
  TOO_MANY_BYTES: 307,
  SUPPORT_IS_DISABLED: 344,
  INTO_OUTFILE_NOT_ALLOWED: 358,
  TOO_MANY_ROWS_OR_BYTES: 396,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  UNKNOWN_EXCEPTION: 1002,
} as const

/** The server's statuses for its codes; all others are 500. */
export const statusCodes: readonly {
  readonly status: number
  readonly codes: readonly number[]
}[] = [
  { status: 401, codes: [194] },
  { status: 403, codes: [192, 193, 497, 512, 516] },
  {
    status: 400,
    codes: [
      6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427,
      441, 675, 676,
    ],
  },
  { status: 404, codes: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511] },
  { status: 408, codes: [159] },
  { status: 411, codes: [381] },
  { status: 413, codes: [229] },
  { status: 415, codes: [779] },
  { status: 501, codes: [48] },
  { status: 503, codes: [76, 209, 439] },
]
const statuses: ReadonlyMap<number, number> = new Map(
  statusCodes.flatMap(({ status, codes }) => codes.map((code) => [code, status])),
)

/** What the front itself refuses, by ClickHouse's name for it. `status` where HTTP has a better one. */
export const refusal = (
  name: keyof typeof refusalCodes,
  message: string,
  status?: number,
): PulseError =>
  new PulseError(
    'STORE_REJECTED',
    `Code: ${refusalCodes[name]}. DB::Exception: ${message} (${name})`,
    {
      details: { type: name, ...(status === undefined ? {} : { status }) },
    },
  )

/** The front has no room now; the same request may pass later. */
export const busy = (message: string): PulseError =>
  refusal('TOO_MANY_SIMULTANEOUS_QUERIES', `${message} Send it again shortly.`, 503)

const fault: Exception = {
  code: refusalCodes.UNKNOWN_EXCEPTION,
  status: 500,
  message: `Code: ${refusalCodes.UNKNOWN_EXCEPTION}. DB::Exception: The store front failed; its own log says more. (UNKNOWN_EXCEPTION)`,
}

/**
 * The exception an error of the engine or of the front is told as; undefined for what is neither:
 * a fault of ours, which says nothing of the inside.
 */
const tellable = (error: unknown): Exception | undefined => {
  const message = error instanceof Error ? error.message : ''
  const told = /^Code: (\d+)\. DB::Exception: /.exec(message)
  if (told === null) return undefined
  const code = Number(told[1])
  const given = error instanceof PulseError ? error.details['status'] : undefined
  return { code, status: typeof given === 'number' ? given : (statuses.get(code) ?? 500), message }
}

/** How an error is answered; `log` hears of those that are faults of ours. */
export const exceptionOf = (error: unknown, log: (error: unknown) => void): Exception => {
  const told = tellable(error)
  if (told === undefined) log(error)
  return told ?? fault
}
