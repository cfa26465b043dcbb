import type { Settings } from '../../schemas/settings/settings.ts'
import type { Io } from '../io.ts'
import { type Listening, listen } from './listen.ts'
import { portProblem } from './port-problem.ts'

/** Binds the port of the settings, or tells why not in one line. */
export const bind = async (
  settings: Pick<Settings, 'host' | 'port'>,
  io: Pick<Io, 'note'>,
): Promise<Listening | undefined> => {
  try {
    return await listen(settings.host, settings.port)
  } catch (error) {
    const problem = portProblem(error, settings)
    if (problem === undefined) throw error
    io.note(`error: ${problem}`)
    return undefined
  }
}
