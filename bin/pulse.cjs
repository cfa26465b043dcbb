#!/usr/bin/env node
// CommonJS, because it is read without the thread pool: the pool's size is fixed when it first
// works, and loading an ES module already makes it work. Each connection to the embedded engine
// occupies a thread while it runs a query; with the usual four, files and names would wait for them.
const { closeSync, existsSync, openSync } = require('node:fs')
const { devNull } = require('node:os')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

process.env.UV_THREADPOOL_SIZE ??= '16'

// The embedded engine adds what waits on standard input to the rows of an INSERT. Only `append` has a
// use for it; of its statements none has rows in its text.
if (process.argv[2] !== 'append') {
  closeSync(0)
  openSync(devNull, 'r') // takes the lowest number that is free: 0
}

const main = join(__dirname, '..', 'dist', 'cli', 'main.js')
if (existsSync(main)) import(pathToFileURL(main).href).then(({ run }) => run())
else {
  process.stderr.write('pulse is not built yet: run `npm run build` once, then try again.\n')
  process.exitCode = 1
}
