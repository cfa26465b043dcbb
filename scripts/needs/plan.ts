import type { Need } from './need.ts'

/** Where the missing programs are to go. */
export type Place = { readonly debian: boolean; readonly root: boolean; readonly macos: boolean }

export type Plan =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'install'; readonly commands: readonly (readonly [string, ...string[]])[] }
  | { readonly kind: 'ask'; readonly message: string }

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort()

const listed = (missing: readonly Need[]): string =>
  missing.map(({ name, why }) => `  ${name}, for ${why}`).join('\n')

/**
 * How to get what is missing: root on Debian installs it, in one transaction; anybody else is told
 * the exact command.
 */
export const planFor = (missing: readonly Need[], place: Place): Plan => {
  if (missing.length === 0) return { kind: 'nothing' }
  const packages = distinct(missing.flatMap(({ debian }) => debian))
  if (place.debian && place.root) {
    return {
      kind: 'install',
      commands: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages],
      ],
    }
  }
  const debian = `sudo apt-get update && sudo apt-get install --yes ${packages.join(' ')}`
  const macos = `brew install ${distinct(missing.flatMap(({ brew }) => brew)).join(' ')}`
  const commands = place.debian
    ? [debian]
    : place.macos
      ? [macos]
      : [`on Debian: ${debian}`, `on macOS: ${macos}`]
  return {
    kind: 'ask',
    message: `These programs are missing:\n${listed(missing)}\nInstall them and run this again:\n${commands.map((line) => `  ${line}`).join('\n')}`,
  }
}
