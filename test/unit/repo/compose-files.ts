import { parse } from 'yaml'
import { z } from 'zod'
import { read } from './repo-files.ts'

const limits = z.object({ cpus: z.string(), memory: z.string(), pids: z.int() })

/** What every service of ours must say; what else it says is the schema's affair. */
const service = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.union([
    z.object({
      test: z.array(z.string()).min(2),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
    }),
    z.object({ disable: z.literal(true) }),
  ]),
  restart: z.string(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  logging: z.object({ options: z.object({ 'max-size': z.string(), 'max-file': z.string() }) }),
  networks: z.object({ default: z.object({ aliases: z.array(z.string()) }) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  deploy: z.object({ resources: z.object({ limits }) }),
})

export type Service = z.infer<typeof service>

const file = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
})

export type ComposeFile = {
  readonly path: string
  /** As YAML reads it, with its anchors filled in. */
  readonly whole: unknown
  readonly services: readonly (Service & { readonly name: string })[]
  readonly volumes: readonly string[]
}

export const composeFiles: readonly ComposeFile[] = [
  'docker-compose.yml',
  'docker-compose.cluster.yml',
].map((path) => {
  const whole: unknown = parse(read(path), { merge: true, maxAliasCount: -1 })
  const { services, volumes } = file.parse(whole)
  return {
    path,
    whole,
    services: Object.entries(services).map(([name, said]) => ({ name, ...said })),
    volumes: Object.keys(volumes),
  }
})

/** The processes of this project. */
export const isOurs = ({ image }: Pick<Service, 'image'>): boolean =>
  image.startsWith('petition-pulse:')

/** Names of the variables that compose itself fills in, and what it does without them. */
export const filledIn = (text: string): { name: string; otherwise: string }[] =>
  [...text.matchAll(/\$\{(\w+)(:[?-][^}]*)?\}/g)].map(([, name = '', otherwise = '']) => ({
    name,
    otherwise,
  }))

/** Variables with what compose gives where the environment has nothing, and a word for each secret. */
export const asFilledIn = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [
      key,
      value.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replace(/\$\{\w+:\?[^}]*\}/g, 'filled-in'),
    ]),
  )

/** `2G`, `768M` in bytes. */
export const bytesOf = (size: string): number =>
  Number.parseInt(size, 10) * (size.endsWith('G') || size.endsWith('GB') ? 1024 ** 3 : 1024 ** 2)
