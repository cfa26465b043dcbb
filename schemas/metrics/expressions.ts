import { endOfLocalDay } from '../fold/local-days.ts'
import type { Expression } from './metric.ts'

/** Of the windows of 30, 60, 90 and 180 days (contract §3); the legal limits end with a local day. */
export const DAY_MS = 86_400_000

/** Epoch ms of a DateTime64 column that is known to have a value. */
export const msOf = (column: Expression): Expression =>
  `toUnixTimestamp64Milli(assumeNotNull(${column}))`

/** Is `column` there, and at most `days` of 86,400 s after `start`? */
export const withinDays = (column: Expression, start: Expression, days: number): Expression =>
  `(${column} IS NOT NULL AND ${msOf(column)} - ${msOf(start)} <= ${days * DAY_MS})`

/** Had the window of `days` from `start` ended by asOf? */
export const windowEnded = (start: Expression, days: number): Expression =>
  `(${msOf(start)} + ${days * DAY_MS} <= {asOf})`

/** The last millisecond of the n-th local day after `column`; NULL where that is. */
export const legalLimit = (column: Expression, days: number): Expression =>
  endOfLocalDay(column, days, '{timezone}')

/** Conditions that must all hold. */
export const all = (...conditions: readonly Expression[]): Expression => conditions.join(' AND ')
