import { readFileSync } from 'node:fs'

/** The version of package.json, which lies one folder up from the source and two from the build. */
export const version = (): string => {
  for (const at of ['../package.json', '../../package.json'])
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(at, import.meta.url), 'utf8'))
      if (typeof found === 'object' && found !== null && 'version' in found)
        return String(found.version)
    } catch {
      // not here: one folder further up
    }
  return 'unknown'
}
