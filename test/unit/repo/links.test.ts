import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { markdownFiles, read, repoFiles, root } from './repo-files.ts'

/** The anchor a heading gets: lower case, punctuation gone, spaces as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

const anchorsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''))

const linksOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))

const broken = (from: string): readonly string[] =>
  linksOf(from).filter((link) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? from : normalize(join(dirname(from), file))
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && !anchorsOf(target).includes(decodeURIComponent(anchor))
  })

describe('links of the documentation', () => {
  it.each(markdownFiles)('%s points to what is there', (path) => {
    expect(broken(path)).toEqual([])
  })

  it('reach every page', () => {
    const reached = new Set(['README.md'])
    for (const page of reached)
      for (const link of linksOf(page)) {
        const target = normalize(join(dirname(page), link.split('#')[0] ?? ''))
        if (target.endsWith('.md') && repoFiles.includes(target)) reached.add(target)
      }
    const pages = markdownFiles.filter((path) => path.startsWith('docs/'))
    expect(pages.filter((page) => !reached.has(page))).toEqual([])
  })
})
