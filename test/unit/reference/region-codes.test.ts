import { describe, expect, it } from 'vitest'
import { ancestorAt, liesIn } from '../../reference/region-codes.ts'

describe('region@level by digits', () => {
  it.each([
    ['430102001', 1, '430102001'],
    ['430102001001', 1, '430102001'],
    ['430102001', 2, '430102'],
    ['430102', 2, '430102'],
    ['430102', 3, '4301'],
    ['430100', 3, '4301'],
    ['430100', 2, '430100'],
    ['430000', 4, '43'],
    ['430000', 3, '430000'],
    ['4301', 3, '4301'],
    ['4301', 4, '43'],
    ['43', 2, '43'],
    ['东区', 3, '东区'],
    ['43010', 3, '43010'],
  ])('%s at %i is %s', (code, level, ancestor) => {
    expect(ancestorAt(code, level)).toBe(ancestor)
  })
})

describe('where region', () => {
  it.each([
    ['430102', '4301', true],
    ['430102', '430100', true],
    ['4301', '430100', true],
    ['430102001', '430000', true],
    ['430100', '430102', false],
    ['431001', '4301', false],
    ['东区', '东区', true],
    ['东区一', '东区', false],
    ['10', '1', false],
    ['1', '1', true],
  ])('%s lies in %s: %s', (recorded, asked, answer) => {
    expect(liesIn(recorded, asked)).toBe(answer)
  })
})
