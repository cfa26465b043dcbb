import type { Need } from './need.ts'

const atLeast =
  (major: number, pattern: RegExp) =>
  (output: string): boolean =>
    Number(pattern.exec(output)?.[1] ?? 0) >= major

/** One entry a program. Whatever is missing of those a run needs is installed in one transaction. */
export const knownNeeds = {
  jdk: {
    name: 'JDK 17 or later',
    why: 'the Kafka broker of development and tests',
    probes: [
      { command: ['java', '-version'], accepts: atLeast(17, /version "(\d+)/) },
      { command: ['javac', '-version'], accepts: atLeast(17, /javac (\d+)/) },
    ],
    debian: ['default-jdk-headless'],
    brew: ['temurin'],
  },
  maven: {
    name: 'Maven',
    why: 'fetching Apache Kafka',
    probes: [{ command: ['mvn', '--version'] }],
    debian: ['maven'],
    brew: ['maven'],
  },
  openssl: {
    name: 'OpenSSL',
    why: 'certificates of the test broker',
    probes: [{ command: ['openssl', 'version'] }],
    debian: ['openssl'],
    brew: ['openssl'],
  },
  curl: {
    name: 'curl',
    why: 'asking the store front as somebody in a terminal does',
    probes: [{ command: ['curl', '--version'] }],
    debian: ['curl'],
    brew: ['curl'],
  },
  python: {
    name: 'Python 3 with venv',
    why: 'the example of a producer in Python',
    probes: [{ command: ['python3', '-c', 'import ensurepip, venv'] }],
    debian: ['python3', 'python3-venv'],
    brew: ['python'],
  },
} as const satisfies Readonly<Record<string, Need>>

/** What `npm run kafka` needs. */
export const brokerNeeds: readonly Need[] = [knownNeeds.jdk, knownNeeds.maven]

/** What `npm test` needs, all stages together. */
export const testNeeds: readonly Need[] = Object.values(knownNeeds)
