import { withAccess } from '../access/choose.ts'
import type { CommandContext } from '../context.ts'
import { renderReport } from '../render-report.ts'
import { type FormatOptions, type StoreOptions, settingsFor } from './common-options.ts'

/** `pulse migrate`: opening the store brings its tables up to date; prints `{version, applied}`. */
export const runMigrate = async (
  { io }: CommandContext,
  options: StoreOptions & FormatOptions,
): Promise<void> => {
  const settings = await settingsFor(io, options)
  const migrated = await withAccess({ settings, io, create: true }, (access) => access.migrate())
  io.out(renderReport(migrated, options.format))
}
