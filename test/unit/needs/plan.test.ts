import { describe, expect, it } from 'vitest'
import { missingOf, type Need, type RunProbe } from '../../../scripts/needs/need.ts'
import { brokerNeeds, knownNeeds, testNeeds } from '../../../scripts/needs/needs.ts'
import { planFor } from '../../../scripts/needs/plan.ts'

const nowhere = { debian: false, root: false, macos: false }
const answering =
  (answers: Readonly<Record<string, string>>): RunProbe =>
  async (command) =>
    answers[command.join(' ')]

const java = (version: string, compiler = version) => ({
  'java -version': `openjdk version "${version}" 2025-04-15\nOpenJDK Runtime Environment`,
  'javac -version': `javac ${compiler}\n`,
})
const missingWith = async (answers: Readonly<Record<string, string>>) =>
  (await missingOf([knownNeeds.jdk], answering(answers))).map(({ name }) => name)

describe('what is missing', () => {
  it.each(['17.0.15', '21', '25.0.1', '17-ea'])('takes Java %s', async (version) => {
    expect(await missingWith(java(version))).toEqual([])
  })

  it.each(['1.8.0_392', '11.0.22', '16.0.2'])('does not take Java %s', async (version) => {
    expect(await missingWith(java(version))).toEqual(['JDK 17 or later'])
  })

  it('wants the compiler as well as the virtual machine', async () => {
    expect(await missingWith({ ...java('17'), 'javac -version': '' })).not.toEqual([])
    expect(await missingWith(java('17', '11.0.22'))).not.toEqual([])
  })

  it('keeps the order and leaves out what is there', async () => {
    const there = answering({ 'mvn --version': 'Apache Maven 3.8.7' })
    const names = (await missingOf(testNeeds, there)).map(({ name }) => name)
    expect(names).toContain('OpenSSL')
    expect(names).not.toContain('Maven')
    expect(names).toEqual(testNeeds.map(({ name }) => name).filter((name) => names.includes(name)))
  })
})

describe('how to get it', () => {
  it('does nothing where nothing is missing', () => {
    expect(planFor([], { ...nowhere, debian: true, root: true })).toEqual({ kind: 'nothing' })
  })

  it('installs everything in one transaction as root on Debian', () => {
    const twice: Need = { ...knownNeeds.maven, name: 'twice' }
    const plan = planFor([...brokerNeeds, twice], { ...nowhere, debian: true, root: true })
    expect(plan).toEqual({
      kind: 'install',
      commands: [
        ['apt-get', 'update'],
        [
          ...['apt-get', 'install', '--yes', '--no-install-recommends'],
          ...['default-jdk-headless', 'maven'],
        ],
      ],
    })
  })

  it('tells anybody else on Debian the command', () => {
    expect(planFor(brokerNeeds, { ...nowhere, debian: true })).toEqual({
      kind: 'ask',
      message: `These programs are missing:
  JDK 17 or later, for the Kafka broker of development and tests
  Maven, for fetching Apache Kafka
Install them and run this again:
  sudo apt-get update && sudo apt-get install --yes default-jdk-headless maven`,
    })
  })

  it.each([
    [{ ...nowhere, macos: true, root: true }, /again:\n {2}brew install maven temurin$/],
    [nowhere, /on Debian: sudo apt-get .*\n {2}on macOS: brew install maven temurin$/],
  ])('tells of Homebrew on macOS, of both elsewhere', (place, message) => {
    expect(planFor(brokerNeeds, place)).toMatchObject({
      kind: 'ask',
      message: expect.stringMatching(message),
    })
  })
})
