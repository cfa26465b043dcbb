/** Why a set is no figure of the first metrics. `later` names the metric of contract §4 that will do it. */
export type NotExpressed = {
  readonly id: string
  readonly when: 'later' | 'never'
  readonly reason: string
}

const later = (metric: string, id: string): NotExpressed => ({
  id,
  when: 'later',
  reason: `needs ${metric}`,
})
const never = (reason: string, ...ids: readonly string[]): readonly NotExpressed[] =>
  ids.map((id) => ({ id, when: 'never', reason }))

export const goldenNotExpressed: readonly NotExpressed[] = [
  later('backlog_resolution_rate', 'G02'),
  later('collective_people_share', 'G08'),
  later('collective_visits and collective_visits_share', 'G11'),
  later('cross_level_any, by a rule of its own level', 'G12'),
  later('backlog_resolution_rate, its listings counted by who assigned them', 'G13'),
  // the parts printed contradict the whole: 439 of 476 is 92.23 %, and 230 of 267 is 86.14 %
  later('backlog_resolution_rate', 'G14'),
  later('backlog_resolution_rate by cohort; one of the two definitions is local', 'G15'),
  later('settlement_rate', 'G18'),
  later('relief_amount', 'G45'),
  later('leader_reception_visits and the comparison share', 'G49'),
  later('backlog_candidates', 'G51'),
  later('multi_channel_share', 'G56'),
  later('backlog_resolution_rate (its denominator)', 'G60'),
  later('backlog_resolution_rate (its denominator)', 'G61'),
  ...never('the counts are masked: nothing to compute', 'G26', 'G27', 'G28'),
  ...never('directions of masked counts: nothing to compute', 'G29'),
  ...never('counts officials for each case, not petitions', 'G30', 'G31'),
  ...never('counts persons in a population survey, not petitions', 'G33', 'G34'),
  ...never('staff and budgets, not petitions', 'G35', 'G36', 'G37', 'G47'),
  ...never('a target without figures', 'G38', 'G41', 'G42', 'G43', 'G44'),
  ...never('a change without counts, over a period that is not named', 'G39'),
  ...never('a target above what a rate can reach', 'G40'),
  ...never('interceptions of persons: not built, on purpose', 'G48'),
  ...never('a local definition that contradicts the national one', 'G52'),
  ...never('names categories without counts', 'G55'),
  ...never('divides 人次 or persons by 件 or 件次: units are never mixed', 'G57', 'G58', 'G59'),
]
