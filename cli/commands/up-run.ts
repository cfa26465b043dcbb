import type { CommandContext } from '../context.ts'
import { serve } from '../serve/serve.ts'
import { settingsFor } from './common-options.ts'
import type { UpOptions } from './up.ts'

/** `pulse up`. */
export const runUp = async (
  { io, exitWith, onStep }: CommandContext,
  options: UpOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  if ((await serve(settings, io, onStep === undefined ? {} : { onStep })) !== 0) exitWith(1)
}
