import type { Command } from 'commander'
import type { CommandContext } from '../context.ts'
import { described } from './common-options.ts'
import { type UpOptions, withServing } from './up.ts'

export type DemoOptions = UpOptions & {
  readonly years: string
  readonly matters: string
  readonly seed: string
}

export const demoCommand = (context: CommandContext): Command =>
  withServing(
    described(
      'demo',
      'Load a simulated city, then run `up`. Asked again it reuses the store.\n载入模拟城市数据并启动；再次运行时沿用已有数据。',
      ['pulse demo', 'pulse demo --years 1 --matters 5000 --seed 7 --data /tmp/demo --port 9000'],
    )
      .option('--years <n>', 'years of history', '3')
      .option('--matters <n>', 'matters in all', '60000')
      .option('--seed <n>', 'the same seed gives the same city', '1'),
  ).action(async (options: DemoOptions) => {
    const { runDemo } = await import('./demo-run.ts')
    await runDemo(context, options)
  })
