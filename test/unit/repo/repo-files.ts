import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What is made, installed or kept by a tool, and no part of the repository. */
const notOurs = new Set([
  'node_modules',
  'dist',
  'dist-bench',
  '.git',
  '.pulse',
  '.cache',
  '.tmpdist',
  'coverage',
  'tmp',
])

const walk = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name) || entry.name.startsWith('.pulse')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [relative(root, path).split(sep).join('/')]
  })

/** Paths of the repository's files from its root, with `/`. */
export const repoFiles: readonly string[] = walk(root).sort()

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export const markdownFiles: readonly string[] = repoFiles.filter((path) => path.endsWith('.md'))

/** Contents of the fenced code blocks of a Markdown text, of one language where it is given. */
export const codeBlocks = (markdown: string, language?: string): readonly string[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, named]) => language === undefined || named === language)
    .map(([, , body]) => body ?? '')
