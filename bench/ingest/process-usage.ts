import { readFile } from 'node:fs/promises'

export type Usage = {
  /** Of all threads so far, in user and system mode. */
  readonly cpuSeconds: number
  /** Most memory it ever held, in MB of 2^20 bytes. */
  readonly peakMb: number
}

/** Linux counts a process's time in these for every program, whatever the kernel itself uses. */
const TICKS_A_SECOND = 100

/** What a running process has used, from /proc: Linux only. */
export const usageOf = async (pid: number): Promise<Usage> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // the name, in parentheses, may hold anything; user and system time are the 12th and 13th after it
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
    peakMb: peakKb / 1024,
  }
}

/** Of several processes: their time together, and their peaks together, though those need not coincide. */
export const usageOfAll = async (pids: readonly number[]): Promise<Usage> => {
  const all = await Promise.all(pids.map(usageOf))
  return {
    cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMb: all.reduce((sum, { peakMb }) => sum + peakMb, 0),
  }
}
