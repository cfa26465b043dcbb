// Runs the stages of `npm test` one after another, each with a limit of time, and counts.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A stage is a command. Without `vitest` it is one check: it passes when the command exits with 0.
 * With `vitest` its tests are counted from the report it writes to the file whose name is appended.
 * `stops`: when it fails, nothing after it can be trusted, and nothing after it runs.
 * @typedef {{ name: string, minutes: number, command: readonly string[], vitest?: boolean, stops?: boolean }} Stage
 * @typedef {{ passed: number, failed: number, faults: readonly string[] }} Outcome
 */

/** Runs a command to its end, or ends it and all it started once its time is up. */
const runCommand = ([file, ...args], { limitMs, env, onStart }) =>
  new Promise((resolve) => {
    // a group of its own: what the command started must not outlive its limit
    const child = spawn(file, args, { stdio: 'inherit', detached: true, env })
    let timedOut = false
    const endGroup = (signal) => {
      try {
        process.kill(-child.pid, signal)
      } catch {
        // it has ended by itself
      }
    }
    onStart(endGroup)
    const timer = setTimeout(() => {
      timedOut = true
      endGroup('SIGKILL')
    }, limitMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve({ fault: `could not be started (${error.code})` })
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      endGroup('SIGKILL')
      if (timedOut) resolve({ fault: `took longer than ${limitMs / 60_000} min and was ended` })
      else if (code === 0) resolve({})
      else resolve({ fault: code === null ? `ended by ${signal}` : `exit code ${code}` })
    })
  })

/**
 * Counts from vitest's JSON report. A test that was skipped did not pass, a file that broke outside its
 * tests failed, and a stage that ran none proves nothing.
 * @returns {Outcome}
 */
export const countReport = (report) => {
  const skipped = report.numTotalTests - report.numPassedTests - report.numFailedTests
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length
  const faults = []
  if (report.numTotalTests === 0) faults.push('ran no test')
  if (report.numFailedTests > 0) faults.push(`${report.numFailedTests} tests failed`)
  if (broken > 0) faults.push(`${broken} files failed outside their tests`)
  if (skipped > 0) faults.push(`${skipped} tests were skipped`)
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken + skipped,
    faults,
  }
}

const readReport = async (file) => {
  try {
    return countReport(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return { passed: 0, failed: 0, faults: ['left no report'] }
  }
}

/** @returns {Promise<Outcome>} */
const runStage = async (stage, onStart) => {
  const folder = await mkdtemp(join(tmpdir(), 'pulse-test-'))
  const file = join(folder, 'report.json')
  const command = stage.vitest ? [...stage.command, `--outputFile.json=${file}`] : stage.command
  try {
    const { fault } = await runCommand(command, {
      limitMs: stage.minutes * 60_000,
      env: process.env,
      onStart,
    })
    const counted = stage.vitest
      ? await readReport(file)
      : { passed: fault === undefined ? 1 : 0, failed: 0, faults: [] }
    const faults = [...counted.faults, ...(fault === undefined ? [] : [fault])]
    return { ...counted, failed: Math.max(counted.failed, faults.length > 0 ? 1 : 0), faults }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const minutes = (ms) => `${(ms / 60_000).toFixed(2)} min`

/**
 * Runs the stages, says how each ended, and closes with `N passed, N failed`. Nothing is run twice.
 * `say` takes a line; `onStart` hears how to end what is running.
 * @param {readonly Stage[]} stages
 * @returns {Promise<boolean>} whether everything passed
 */
export const runStages = async (stages, { say, onStart = () => {} }) => {
  const sum = { passed: 0, failed: 0 }
  const lines = []
  for (const [index, stage] of stages.entries()) {
    say(`\n== ${stage.name} (at most ${stage.minutes} min)`)
    const from = Date.now()
    const { passed, failed, faults } = await runStage(stage, onStart)
    const ended = faults.length === 0 ? 'passed' : `FAILED: ${faults.join('; ')}`
    sum.passed += passed
    sum.failed += failed
    lines.push(`${stage.name.padEnd(12)}${minutes(Date.now() - from).padStart(10)}  ${ended}`)
    say(`== ${lines.at(-1)}`)
    const rest = stages.slice(index + 1)
    if (faults.length > 0 && stage.stops && rest.length > 0) {
      lines.push(
        `not run, because ${stage.name} failed: ${rest.map(({ name }) => name).join(', ')}`,
      )
      break
    }
  }
  say(['', ...lines, `${sum.passed} passed, ${sum.failed} failed`].join('\n'))
  return stages.length > 0 && sum.failed === 0
}
