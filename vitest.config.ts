import { defineConfig } from 'vitest/config'

// Two projects: `unit` needs nothing but Node; `engine` opens the embedded ClickHouse engine.
// A data directory belongs to one process, so each engine file runs in a process of its own,
// at most two at a time (the machine this is sized for has two cores).
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: ['test/engine/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
