import { describe, expect, it } from 'vitest'
import { insertHeadOf } from '../../../schemas/store/http-front/insert-head.ts'
import { outlineOf } from '../../../schemas/store/http-front/statement.ts'

describe('the outline of a statement', () => {
  it.each([
    ['SELECT 1', undefined],
    ['SELECT 1 FORMAT JSON', 'JSON'],
    ['select 1 format `CSV`;', 'CSV'],
    ['SELECT 1 FORMAT CSV SETTINGS max_threads = 1, a = (1, 2)', 'CSV'],
    ['SELECT 1 SETTINGS max_threads = 1 FORMAT CSV -- FORMAT JSON', 'CSV'],
    ["SELECT format('{}', x), 'FORMAT JSON' FROM t", undefined],
    ['SELECT a AS format FROM t', undefined],
    ['SELECT format FROM t', undefined],
    ['SELECT t.format FROM t', undefined],
    ['SELECT * FROM format', undefined],
    ['SELECT * FROM format FORMAT TSV', 'TSV'],
    ['SELECT (SELECT 1 FORMAT CSV)', undefined],
    ['SELECT * FORMAT Native', 'Native'],
    ['SELECT [1] FORMAT Native', 'Native'],
  ])('finds the FORMAT clause of %s', (text, wanted) => {
    const { format } = outlineOf(text)
    expect(format?.name).toBe(wanted)
    if (format !== undefined)
      expect(text.slice(format.at, format.at + 6).toUpperCase()).toBe('FORMAT')
  })

  it('ends before a closing semicolon and before comments', () => {
    const text = 'SELECT 1 /* a */ ; ; -- b'
    const outline = outlineOf(text)
    expect(text.slice(0, outline.end)).toBe('SELECT 1')
    expect(outline.several).toBe(false)
  })

  it.each([
    ['SELECT 1; SELECT 2', true],
    ['SELECT 1; SET max_threads = 1;', true],
    ["SELECT ';SELECT 2'", false],
    ['SELECT 1 -- ; SELECT 2', false],
    ['SELECT (1; SELECT 2', true],
    ['; SELECT 1', true],
    ['SELECT 1;;', false],
  ])('sees whether %s is several', (text, several) => {
    expect(outlineOf(text).several).toBe(several)
  })

  it.each([
    ['', ''],
    ['-- nothing', ''],
    ['  (SELECT 1)', '('],
    ['WITH a AS (SELECT 1) SELECT * FROM a', 'WITH'],
    ['WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a', 'INSERT'],
    ['/* x */ create table t (a Int8)', 'CREATE'],
  ])('begins %s with its verb', (text, verb) => {
    expect(outlineOf(text).verb).toBe(verb)
  })

  it.each([
    ["SELECT 1 INTO OUTFILE '/x'", true],
    ["INSERT INTO t FROM\nINFILE '/x' FORMAT CSV", true],
    ["SELECT 'INTO OUTFILE'", false],
    ['SELECT outfiles FROM t', false],
  ])('sees whether %s touches files', (text, touches) => {
    expect(outlineOf(text).touchesFiles).toBe(touches)
  })

  it.each([
    ['SET max_threads = 1', true],
    ['use pulse', true],
    ['CREATE TEMPORARY TABLE t (a Int8)', true],
    ['CREATE OR REPLACE TEMPORARY TABLE t (a Int8)', true],
    ['CREATE TABLE t (a Int8)', false],
    ['SELECT 1 SETTINGS max_threads = 1', false],
  ])('sees whether %s leaves something on its connection', (text, changes) => {
    expect(outlineOf(text).changesSession).toBe(changes)
  })
})

const dataOf = (text: string): string | undefined => {
  const head = insertHeadOf(text, true)
  return typeof head === 'string' ? undefined : `${head.format}|${text.slice(head.dataStart)}`
}

describe('the head of an INSERT', () => {
  it.each([
    ['INSERT INTO t FORMAT CSV\n1,2\n', 'CSV|1,2\n'],
    ['INSERT INTO t FORMAT CSV  1,2\n', 'CSV|1,2\n'],
    ['INSERT INTO t FORMAT RowBinary\n\n\u0001 ', 'RowBinary|\n\u0001 '],
    ['INSERT INTO t FORMAT TSV \r\n\t1', 'TSV|\t1'],
    ['insert into `a b`.t (`x`, y) format JSONEachRow {"a":1}', 'JSONEachRow|{"a":1}'],
    ["INSERT INTO t VALUES (1, 'a;b')", "Values| (1, 'a;b')"],
    ['INSERT INTO TABLE db.values (a) VALUES (1)', 'Values| (1)'],
    ['INSERT INTO format FORMAT CSV\n1', 'CSV|1'],
    ['INSERT INTO db.format FORMAT CSV\n1', 'CSV|1'],
    ['/* c */ INSERT INTO t (a) /* FORMAT JSON */ FORMAT CSV\n1', 'CSV|1'],
    ["INSERT INTO FUNCTION file('x', 'CSV', 'a Int8') FORMAT CSV\n1", 'CSV|1'],
    ['INSERT INTO t SETTINGS async_insert = 0 FORMAT CSV\n1', 'CSV|1'],
    ['INSERT INTO t SELECT 1', undefined],
    ['INSERT INTO t (a) (SELECT 1)', undefined],
    ['INSERT INTO t WITH 1 AS x SELECT x FORMAT CSV', undefined],
    ["INSERT INTO t FROM INFILE '/x' FORMAT CSV", undefined],
    ["SELECT 'INSERT INTO t VALUES (1)'", undefined],
    ['INSERT INTO t', undefined],
  ])('tells where the rows of %j begin', (text, wanted) => {
    expect(dataOf(text)).toBe(wanted)
  })

  it('puts what names a file before the settings', () => {
    const text = "INSERT INTO t (a) SETTINGS a = 'FORMAT', b = 1 FORMAT CSV\n1"
    const head = insertHeadOf(text, true)
    expect(head).toMatchObject({
      infileAt: text.indexOf('SETTINGS'),
      formatAt: text.indexOf('FORMAT CSV'),
    })
  })

  it('waits for more while what decides may be cut off, wherever the cut is', () => {
    const text = 'INSERT INTO db.t (a, b) SETTINGS x = 1 FORMAT CSV\n'
    for (let cut = 0; cut < text.length; cut++)
      expect(insertHeadOf(text.slice(0, cut), false), text.slice(0, cut)).toBe('unfinished')
    expect(insertHeadOf(`${text}1`, false)).toMatchObject({ format: 'CSV', dataStart: text.length })
    expect(insertHeadOf('SELECT 1', false)).toBe('none')
  })
})
