import { PulseError } from '../../schemas/errors.ts'
import { zoneOf } from '../../schemas/periods/zone.ts'

/** So often is read again what was folded while it was read, before the way is taken that nothing disturbs. */
const UNDISTURBED_TRIES = 3

export type UndisturbedDeps = {
  /** The moment up to which everything received is stored (epoch ms). */
  readonly watermark: () => number | Promise<number>
  readonly settings: { readonly timezone: string }
}

/**
 * Reads as received by the moment asked for; by default the watermark, anew for each try. `read` gives
 * undefined where rows were folded meanwhile that it may have read too, which it never does where
 * `moving`. USAGE where the moment lies after the watermark.
 */
export const readUndisturbed = async <T>(
  { watermark, settings }: UndisturbedDeps,
  wanted: number | undefined,
  read: (receivedBy: number, moving: boolean) => Promise<T | undefined>,
): Promise<{ readonly receivedBy: number; readonly found: T }> => {
  for (let attempt = 1; ; attempt++) {
    const upTo = await watermark()
    const receivedBy = wanted ?? upTo
    if (receivedBy > upTo)
      throw new PulseError(
        'USAGE',
        `--received-by must not lie after ${zoneOf(settings.timezone).format(upTo)}, up to which everything received is stored.`,
      )
    const found = await read(receivedBy, attempt > UNDISTURBED_TRIES)
    if (found !== undefined) return { receivedBy, found }
  }
}
