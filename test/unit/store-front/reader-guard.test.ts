import { describe, expect, it } from 'vitest'
import { guardReader, parseFault } from '../../../schemas/store/http-front/reader-guard.ts'

const guard =
  (text: string, values: Readonly<Record<string, string>> = {}) =>
  () =>
    guardReader(text, new Map(Object.entries(values)))

// the texts are as the engine's parser writes them: one space, capitals, no comments
describe('the guard of readers', () => {
  it.each([
    "SELECT 'file', 'INTO OUTFILE' FROM t",
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'SHOW TABLES FROM pulse',
    'DESCRIBE TABLE pulse.matters',
    'DESCRIBE TABLE (SELECT count() FROM matters)',
    'EXISTS TABLE matters',
    'EXPLAIN SELECT 1',
    'SELECT files, profile, airline FROM t',
    'SELECT {x:String}',
  ])('lets %s pass', (text) => {
    expect(guard(text, { x: 'file' })).not.toThrow()
  })

  it.each([
    ["SELECT file('/etc/passwd')", 'READONLY'],
    ["SELECT arrayMap(file, ['/etc/passwd'])", 'READONLY'],
    ["SELECT * APPLY file FROM (SELECT '/etc/passwd')", 'READONLY'],
    ["SELECT `file`('/etc/passwd')", 'READONLY'],
    ["SELECT catboostEvaluate('/m', 1)", 'READONLY'],
    ["SELECT aiGenerate('x')", 'READONLY'],
    ["SELECT * FROM eval('SELECT 1')", 'READONLY'],
    ["SELECT 1 INTO OUTFILE '/x'", 'INTO_OUTFILE_NOT_ALLOWED'],
    ["DESCRIBE TABLE url('http://10.0.0.1/')", 'READONLY'],
    ["EXPLAIN TABLE OVERRIDE url('http://10.0.0.1/') PARTITION BY a", 'READONLY'],
    ['SYSTEM STOP MERGES', 'READONLY'],
    ['KILL QUERY WHERE 1 ASYNC', 'READONLY'],
    ['INSERT INTO t FORMAT CSV', 'READONLY'],
    ['USE other', 'READONLY'],
    ['SET max_threads = 1', 'READONLY'],
    ['CHECK TABLE t', 'READONLY'],
  ])('refuses %s', (text, name) => {
    expect(guard(text)).toThrow(`(${name})`)
  })

  it('refuses a value that stands for the name of a function', () => {
    expect(guard("SELECT arrayMap({f:Identifier}, ['/x'])", { f: 'file' })).toThrow('(READONLY)')
  })

  it('tells a fault of the text without the query it was parsed in', () => {
    expect(
      parseFault(
        "Code: 62. DB::Exception: Syntax error: failed at position 1 (x): x. : In scope SELECT formatQuerySingleLine('x'). (SYNTAX_ERROR)",
      ),
    ).toBe('Code: 62. DB::Exception: Syntax error: failed at position 1 (x): x. (SYNTAX_ERROR)')
  })
})
