import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Io } from '../../../cli/io.ts'
import { buildProgram } from '../../../cli/program.ts'
import { codeBlocks, markdownFiles, read } from './repo-files.ts'

// Building the command line touches nothing of it; running would.
const program: Command = buildProgram({ io: {} as Io, exitWith: () => undefined })

const scripts = Object.keys(JSON.parse(read('package.json')).scripts)

/** Lines of code and code in a line. */
const codeOf = (path: string): readonly string[] => {
  const text = read(path)
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)]
  return [
    ...codeBlocks(text).flatMap((block) => block.split('\n')),
    ...inline.map(([, code]) => code ?? ''),
  ]
}

const shown = (pattern: RegExp) =>
  markdownFiles.flatMap((path) =>
    codeOf(path).flatMap((code) =>
      [...code.matchAll(pattern)].map((match) => ({ path, found: match[1] ?? '' })),
    ),
  )

describe('commands the documentation shows', () => {
  it('are scripts of the package', () => {
    const asked = shown(/\bnpm run (?:-s )?([\w:-]+)/g)
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter(({ found }) => !scripts.includes(found))).toEqual([])
  })

  it('are commands of pulse with options it has', () => {
    const lines = shown(/\bpulse (?:-- )?([a-z][a-z-]*(?: .*)?)$/g)
    const wrong = lines.flatMap(({ path, found }) => {
      const line = (found.split(/\s[#>|]/)[0] ?? '').trim()
      const [name, next] = line.split(/\s/)
      const outer = program.commands.find((one) => one.name() === name)
      const command = outer?.commands.find((one) => one.name() === next) ?? outer
      if (command === undefined) return [{ path, line }]
      const known = ['--help', ...command.options.map(({ long }) => long)]
      const used = line.match(/--[a-z-]+/g) ?? []
      return used.every((option) => known.includes(option)) ? [] : [{ path, line }]
    })
    expect(lines.length).toBeGreaterThan(10)
    expect(wrong).toEqual([])
  })

  it('are the same in both languages of the README', () => {
    const commands = (path: string) =>
      codeBlocks(read(path))
        .slice(1)
        .map((block) => block.replace(/\s+#.*$/gm, ''))
    expect(commands('README.zh-CN.md')).toEqual(commands('README.md'))
  })

  it('begin with the two that matter', () => {
    const [, first = ''] = codeBlocks(read('README.md'))
    expect(first).toMatch(/^npm ci && npm run demo\b.*\nnpm ci && npm test\b/)
  })
})
