import { z } from 'zod'

/** A whole number from `least` to `most`, at most nine digits; `mend` says what would be right. */
export const whole = (least: number, most: number, mend: string) =>
  z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most, mend)
    .transform(Number)
