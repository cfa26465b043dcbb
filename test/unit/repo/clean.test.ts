import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, repoFiles, root } from './repo-files.ts'

const texts = repoFiles.filter((path) => !/\.(xlsx|png|gz)$/.test(path))

// Written in pieces, or this file would find itself.
const machinePaths = ['/wo' + 'rk/', '/ro' + 'ot/', '/Us' + 'ers/', '/ho' + 'me/']
const registryHosts = [
  'registry.' + 'npmjs',
  'npm' + 'mirror',
  'pypi' + '.org',
  'maven' + '.org',
  'proxy.' + 'golang',
]

const holding = (words: readonly string[]) =>
  texts.flatMap((path) => {
    const text = read(path)
    return words.filter((word) => text.includes(word)).map((word) => `${path}: ${word}`)
  })

describe('the repository', () => {
  it('names no path of one machine', () => {
    expect(holding(machinePaths)).toEqual([])
  })

  it('names no host of a registry, the lock file included', () => {
    expect(repoFiles).toContain('package-lock.json')
    expect(holding(registryHosts)).toEqual([])
  })

  // One missing, and `npm ci` refuses the lock file. npm leaves out what a registry did not have when
  // the file was written: then the entry is written by hand, without `integrity`.
  it('locks the packages of every platform', () => {
    const packages: Record<string, { optionalDependencies?: Record<string, string> }> = JSON.parse(
      read('package-lock.json'),
    ).packages
    const optional = Object.values(packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    )
    expect(optional.length).toBeGreaterThan(0)
    expect(optional.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
  })

  it('has a runner for CI that can be run', () => {
    expect(statSync(join(root, '.ci/run')).mode & 0o111).toBe(0o111)
  })

  it('carries its licence in full', () => {
    const licence = read('LICENSE')
    expect(licence).toMatch(/Apache License\s+Version 2\.0, January 2004/)
    expect(licence).toContain('END OF TERMS AND CONDITIONS')
    expect(JSON.parse(read('package.json')).license).toBe('Apache-2.0')
  })

  it('skips no test and runs none alone', () => {
    const alone = /\b(?:it|test|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(/
    const tests = texts.filter((path) => path.startsWith('test/') && path.endsWith('.ts'))
    expect(tests.filter((path) => path !== 'test/unit/repo/clean.test.ts').length).toBeGreaterThan(
      20,
    )
    expect(tests.filter((path) => alone.test(read(path)))).toEqual([])
  })
})
