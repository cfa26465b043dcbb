import { describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../cli/context.ts'
import { buildProgram } from '../../../cli/program.ts'
import { parseSettings, settingNames } from '../../../schemas/settings/settings.ts'
import { asFilledIn, composeFiles, isOurs } from './compose-files.ts'

const commands = buildProgram({} as CommandContext).commands.map((one) => one.name())

describe.each(composeFiles)('a process of ours in $path', ({ services }) => {
  const ours = services.filter(isOurs)

  it.each(ours)(
    '$name is given only variables that the code reads, with values that it takes',
    ({ environment }) => {
      expect(Object.keys(environment).filter((key) => !settingNames.includes(key))).toEqual([])
      expect(() => parseSettings(asFilledIn(environment))).not.toThrow()
    },
  )

  it.each(ours)('$name runs a command that there is', ({ command }) => {
    expect(commands).toContain(command?.[0])
  })
})
