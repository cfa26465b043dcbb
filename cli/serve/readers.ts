import { PulseError } from '../../schemas/errors.ts'
import type { Settings } from '../../schemas/settings/settings.ts'
import { openFront } from '../../schemas/store/http-front/front.ts'
import type { Io } from '../io.ts'
import { logTo } from './log-to.ts'
import { portProblem } from './port-problem.ts'

/** Where other tools read the embedded store of this process. */
export type Readers = { readonly url: string; readonly close: () => Promise<void> }

/**
 * What is open to tools: the folded state. The events carry petitioner keys, which are shown nowhere,
 * and the rest is of no use to them.
 */
const READABLE = ['matters', 'petitions']

/**
 * Answers ClickHouse's HTTP interface on connections that can only read. Rejects with CONFIG_INVALID
 * where the port cannot be had, or where it would be open to a network without a password.
 */
export const openReaders = async (
  settings: Pick<Settings, 'data' | 'host' | 'maxMemoryBytes'>,
  { port, password }: NonNullable<Settings['sql']>,
  io: Io,
): Promise<Readers> => {
  const { host } = settings
  try {
    return await openFront({
      directory: settings.data,
      host,
      port,
      mode: 'read-only',
      readable: READABLE,
      passwordSetting: 'PULSE_SQL_PASSWORD',
      ...(password === undefined ? {} : { password }),
      limits: { memoryBytes: settings.maxMemoryBytes },
      log: logTo(io),
    })
  } catch (error) {
    const problem = portProblem(error, { host, port }, '--sql-port')
    if (problem === undefined) throw error
    throw new PulseError('CONFIG_INVALID', problem)
  }
}
