/** Said where a log does not say how events ended. */
export const outcomesNote =
  'The events went through Kafka: `published` counts all of them. Which are new, duplicates or conflicts is found when they are stored.'
