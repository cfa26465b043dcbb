import { PulseError } from '../../schemas/errors.ts'
import type { CommandContext } from '../context.ts'
import { serveIntake } from '../serve/serve-intake.ts'
import { settingsFor } from './common-options.ts'
import type { IntakeOptions } from './intake.ts'

/** `pulse intake`. */
export const runIntake = async (
  { io, exitWith, onStep }: CommandContext,
  options: IntakeOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const { kafka } = settings
  if (kafka === undefined)
    throw new PulseError(
      'CONFIG_INVALID',
      'Settings: KAFKA_BROKERS is not set; `pulse intake` puts events into Kafka. For everything in one process without Kafka there is `pulse up`.',
    )
  if ((await serveIntake({ ...settings, kafka }, io, onStep === undefined ? {} : { onStep })) !== 0)
    exitWith(1)
}
