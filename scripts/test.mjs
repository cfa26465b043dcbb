// `npm test`: everything that must hold, in stages. `npm test -- unit engine` runs only these.
import process from 'node:process'
import { runStages } from './run-stages.mjs'

const script = (name) => ['npm', 'run', '--silent', name]
const tests = (project) => ({
  command: ['npx', 'vitest', 'run', '--project', project, '--reporter=default', '--reporter=json'],
  vitest: true,
})

/** In this order; `minutes` is the limit of each: about four times what it takes on two quiet cores. A new stage is a new line. */
const stages = [
  {
    name: 'needs',
    minutes: 10,
    command: ['node', 'scripts/run-typescript.mjs', 'scripts/needs/main.ts'],
  },
  { name: 'build', minutes: 2, command: script('build'), stops: true },
  { name: 'types', minutes: 2, command: script('check:types') },
  { name: 'lint', minutes: 2, command: script('check:lint') },
  { name: 'unit', minutes: 4, ...tests('unit') },
  { name: 'engine', minutes: 16, ...tests('engine') },
  { name: 'kafka', minutes: 16, ...tests('kafka') },
]

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !stages.some((stage) => stage.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no stage ${unknown.join(', ')}; there are ${stages.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(2)
}

let endRunning = (_signal) => {}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => {
    endRunning('SIGKILL')
    process.exit(1)
  })

const passed = await runStages(
  stages.filter(({ name }) => asked.length === 0 || asked.includes(name)),
  {
    say: (line) => console.log(line),
    onStart: (end) => {
      endRunning = end
    },
  },
)
process.exitCode = passed ? 0 : 1
