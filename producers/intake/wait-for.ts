import { PulseError } from '../../schemas/errors.ts'
import type { WaitFor } from '../append/take-lines.ts'

export const waits: readonly WaitFor[] = ['visible', 'stored']

/** The `waitFor` of a query string, `usual` where it is absent. USAGE where it is something else. */
export const waitForOf = (
  query: Readonly<Record<string, unknown>>,
  usual: WaitFor = 'visible',
): WaitFor => {
  const asked = query['waitFor']
  const known = waits.find((wait) => wait === (asked ?? usual))
  if (known !== undefined) return known
  throw new PulseError('USAGE', `waitFor is given at most once and is ${waits.join(' or ')}.`)
}
