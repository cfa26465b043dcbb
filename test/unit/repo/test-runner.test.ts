import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scratchDirectory } from '../../support/scratch-store.ts'
import { root } from './repo-files.ts'

type Outcome = { passed: number; failed: number; faults: string[] }
type Stage = {
  name: string
  minutes: number
  command: readonly string[]
  vitest?: boolean
  stops?: boolean
}
type Runner = {
  countReport: (report: object) => Outcome
  runStages: (
    stages: readonly Stage[],
    options: { say: (line: string) => void },
  ) => Promise<boolean>
}
const { countReport, runStages }: Runner = await import(
  pathToFileURL(join(root, 'scripts/run-stages.mjs')).href
)

const node = (program: string): string[] => [process.execPath, '-e', program]
const good: Stage = { name: 'good', minutes: 1, command: node('') }
const bad: Stage = { name: 'bad', minutes: 1, command: node('process.exitCode = 3') }

const run = async (stages: readonly Stage[]) => {
  const lines: string[] = []
  const passed = await runStages(stages, { say: (line) => lines.push(line) })
  return { passed, said: lines.join('\n'), closing: lines.join('\n').split('\n').at(-1) }
}

/** A stage that writes a report as vitest does. */
const reporting = (report: object): Stage => ({
  name: 'tests',
  minutes: 1,
  vitest: true,
  command: node(
    `require('fs').writeFileSync(process.argv.at(-1).split('=')[1], '${JSON.stringify(report)}')`,
  ).concat('--'),
})

describe('the runner of the stages', () => {
  it('passes when all pass, and says how many', async () => {
    const report = { numTotalTests: 5, numPassedTests: 5, numFailedTests: 0, testResults: [] }
    const { passed, closing } = await run([good, reporting(report)])
    expect({ passed, closing }).toEqual({ passed: true, closing: '6 passed, 0 failed' })
  })

  it('fails by name, and still runs what does not depend on it', async () => {
    const { passed, said, closing } = await run([bad, good])
    expect({ passed, closing }).toEqual({ passed: false, closing: '1 passed, 1 failed' })
    expect(said).toMatch(/^bad .*FAILED: exit code 3$/m)
  })

  it('runs nothing after a stage that the rest stands on', async () => {
    const { said, closing } = await run([{ ...bad, stops: true }, good])
    expect(said).toContain('not run, because bad failed: good')
    expect(closing).toBe('0 passed, 1 failed')
  })

  it('ends a stage that takes too long, and all that it started', async () => {
    const beats = join(await scratchDirectory('beats'), 'beats')
    const slow = 'while :; do printf . >> "$0"; sleep 0.02; done & wait'
    const command = ['sh', '-c', slow, beats]
    const { said } = await run([{ name: 'slow', minutes: 1 / 30, command }])
    expect(said).toMatch(/^slow .*FAILED: took longer/m)
    const after = (await readFile(beats)).length
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await readFile(beats)).length).toBe(after)
  })

  it('fails a command that is not there', async () => {
    const { said } = await run([{ ...good, command: ['no-such-command-of-ours'] }])
    expect(said).toMatch(/FAILED: could not be started \(ENOENT\)/)
  })

  it('fails a stage that left no report, or ran no test', async () => {
    const none = await run([{ ...good, vitest: true, command: [...good.command, '--'] }])
    expect(none.closing).toBe('0 passed, 1 failed')
    const report = { numTotalTests: 0, numPassedTests: 0, numFailedTests: 0, testResults: [] }
    expect(countReport(report).faults).toEqual(['ran no test'])
  })

  it('takes a skipped test for one that did not pass', () => {
    const report = { numTotalTests: 9, numPassedTests: 7, numFailedTests: 1, testResults: [] }
    expect(countReport(report)).toMatchObject({ passed: 7, failed: 2 })
  })

  it('counts a file that broke before its tests', () => {
    const testResults = [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [] },
    ]
    const report = { numTotalTests: 1, numPassedTests: 1, numFailedTests: 0, testResults }
    expect(countReport(report)).toEqual({
      passed: 1,
      failed: 1,
      faults: ['1 files failed outside their tests'],
    })
  })
})
