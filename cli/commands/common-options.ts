import { Command, Option } from 'commander'
import type { Settings } from '../../schemas/settings/settings.ts'
import type { Io } from '../io.ts'

/** Options of every command that works on a store. */
export type StoreOptions = { readonly data?: string; readonly server?: string }
export type FormatOptions = { readonly format: 'table' | 'json' | 'csv' }

/** `--data` and `--server`, which exclude each other. */
export const withStore = (command: Command): Command =>
  command
    .addOption(
      new Option('--data <dir>', 'directory of the embedded store (default ./.pulse)').conflicts(
        'server',
      ),
    )
    .addOption(new Option('--server <url>', 'ask a running `pulse up` at this address instead'))

/** Where a consumer is watched unless another port is named: `up` and `serve` have the usual one. */
export const CONSUME_PORT = '8081'

/** `--port` and `--host`; `usual` is the port where none is given, `what` is found there. */
export const withListening = (
  command: Command,
  usual = '8080',
  what = 'port to listen on',
): Command =>
  command
    .addOption(new Option('--port <port>', `${what} (default ${usual}; 0: any free one)`))
    .addOption(
      new Option('--host <address>', 'address to listen on (default 127.0.0.1: this machine only)'),
    )

/** `--format`. */
export const withFormat = (command: Command, usual: FormatOptions['format']): Command =>
  command.addOption(
    new Option('--format <format>', 'form of the result')
      .choices(['table', 'json', 'csv'])
      .default(usual),
  )

/** A command with its examples under the help. */
export const described = (
  usage: string,
  description: string,
  examples: readonly string[],
): Command =>
  new Command(usage)
    .description(description)
    .addHelpText('after', `\nExample:\n${examples.map((line) => `  ${line}`).join('\n')}`)

/** Settings from the environment and these options; warns of variables nothing reads. */
export const settingsFor = async (
  io: Io,
  options: StoreOptions & {
    readonly port?: string
    readonly host?: string
    readonly sqlPort?: string
  },
): Promise<Settings> => {
  const { parseSettings, unknownSettings } = await import('../../schemas/settings/settings.ts')
  for (const { name, meant } of unknownSettings(io.env))
    io.note(
      `warning: ${name} is not a setting${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    )
  const overrides: Record<string, { value: string; option: string }> = {}
  const override = (name: string, option: string, value: string | undefined): void => {
    if (value !== undefined) overrides[name] = { value, option }
  }
  override('PULSE_DATA', '--data', options.data)
  override('PULSE_SERVER', '--server', options.server)
  override('PULSE_PORT', '--port', options.port)
  override('PULSE_HOST', '--host', options.host)
  override('PULSE_SQL_PORT', '--sql-port', options.sqlPort)
  // a directory asked for by name is meant, whatever server the environment speaks of
  const env = options.data === undefined ? io.env : { ...io.env, PULSE_SERVER: undefined }
  return parseSettings(env, overrides)
}
