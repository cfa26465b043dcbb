import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DockerfileParser, type Instruction } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { read, root } from './repo-files.ts'

const text = read('Dockerfile')
const instructions: readonly Instruction[] = DockerfileParser.parse(text).getInstructions()
const words = (instruction: Instruction) => instruction.getArguments().map((one) => one.getValue())
const of = (keyword: string) =>
  instructions.filter((instruction) => instruction.getKeyword() === keyword)
const stages = of('FROM').map((from) => {
  const next = of('FROM').find((other) => other.getRange().start.line > from.getRange().start.line)
  const end = next?.getRange().start.line ?? Number.POSITIVE_INFINITY
  const start = from.getRange().start.line
  return instructions.filter((one) => {
    const { line } = one.getRange().start
    return line > start && line < end
  })
})
const last = stages.at(-1) ?? []

describe('the Dockerfile', () => {
  it('has nothing its linter complains of', () => {
    expect(
      validate(text, { deprecatedMaintainer: 2 }).map(({ message, range }) => ({
        message,
        line: range.start.line + 1,
      })),
    ).toEqual([])
  })

  it('builds on an image of one version, with the C library the engine is built for', () => {
    expect(text).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m)
    expect(of('FROM').map((from) => words(from)[0])).toEqual(
      stages.map(() => ['$', '{NODE_IMAGE}'].join('')),
    )
    expect(stages.length).toBeGreaterThan(2)
  })

  it('installs what is locked, runs no scripts of packages, and ends without what only builds', () => {
    const runs = of('RUN').map((run) => words(run).join(' '))
    const installs = runs.filter((run) => /\bnpm (?:i|install|ci)\b/.test(run))
    expect(installs.length).toBe(2)
    expect(installs.filter((run) => !/\bnpm ci\b.*--ignore-scripts/.test(run))).toEqual([])
    expect(installs.filter((run) => run.includes('--omit=dev'))).toHaveLength(1)
    const laid = last
      .filter((one) => one.getKeyword() === 'COPY')
      .map((copy) => copy.getTextContent())
    expect(laid.filter((line) => line.includes('node_modules'))).toEqual([
      'COPY --from=dependencies /app/node_modules node_modules',
    ])
    expect(
      last.some((one) => one.getKeyword() === 'RUN' && /npm|apt/.test(one.getTextContent())),
    ).toBe(false)
  })

  it('copies what is there and what .dockerignore lets through', () => {
    const let_ = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const copied = of('COPY')
      .filter((copy) => !copy.getTextContent().includes('--from='))
      .flatMap((copy) => words(copy).slice(0, -1))
    expect(copied.length).toBeGreaterThan(8)
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([])
    expect(
      copied.filter((path) => !let_.some((one) => path === one || path.startsWith(`${one}/`))),
    ).toEqual([])
    expect(
      let_.filter((one) => !copied.some((path) => path === one || path.startsWith(`${one}/`))),
    ).toEqual([])
  })

  it('copies every folder that is built', () => {
    const built: readonly string[] = JSON.parse(read('tsconfig.build.json')).include
    const copied = (stages[0] ?? []).filter((one) => one.getKeyword() === 'COPY').flatMap(words)
    expect(built.filter((folder) => !copied.includes(folder))).toEqual([])
  })

  it('runs as somebody who is not root, is asked for its health, and says what runs', () => {
    const users = last.filter((one) => one.getKeyword() === 'USER')
    expect(users.map(words)).toEqual([['1000:1000']])
    expect(last.filter((one) => one.getKeyword() === 'HEALTHCHECK')).toHaveLength(1)
    // through node: the file itself need not be executable
    expect(last.find((one) => one.getKeyword() === 'ENTRYPOINT')?.getArgumentsContent()).toBe(
      '["sh", "/app/bin/pulse"]',
    )
    // nothing is copied or run as that user: it may write its data only
    const user = users[0]?.getRange().start.line ?? 0
    const after = last
      .filter((one) => one.getRange().start.line > user)
      .map((one) => one.getKeyword())
    expect(after.filter((keyword) => ['RUN', 'COPY', 'ADD'].includes(keyword))).toEqual([])
  })
})
