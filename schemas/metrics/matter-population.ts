import type { Expression, Words } from './metric.ts'

/** What most matter metrics look at (contract §4: "in scope unless said otherwise"). */
export const inScope: Expression = 'present AND NOT voided AND in_scope'
export const inScopeWords: Words = {
  zh: '范围内的信访事项（未不予受理、未撤回、未并入、未作废）',
  en: 'matters in scope (not declined, withdrawn, merged away or void)',
}

/** What the matter counts look at: in scope or not. */
export const notMerged: Expression = "present AND NOT voided AND merged_into = ''"
export const notMergedWords: Words = {
  zh: '未作废、未并入的信访事项',
  en: 'matters neither void nor merged away',
}

export const mattersWords: Words = { zh: '件', en: 'matters' }
export const registeredWords: Words = { zh: '首次登记时间', en: 'time of the first petition' }
export const acceptedWords: Words = { zh: '受理时间', en: 'accepted at' }
export const closedWords: Words = { zh: '办结时间', en: 'closed at' }
export const firstClosedWords: Words = { zh: '首次办结时间', en: 'first closing' }

/** An article of the regulation of 2022. */
export const article = (zh: string, en: string | number): Words => ({
  zh: `《信访工作条例》第${zh}条`,
  en: `Regulation on petition work (2022), art. ${en}`,
})
export const convention: Words = { zh: '本系统约定', en: 'Convention of this system' }
