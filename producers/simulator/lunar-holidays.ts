/** Solar dates (month, day) of the lunar holidays of a year: Spring Festival, Dragon Boat, Mid-Autumn. */
export type LunarHolidays = {
  readonly springFestival: string
  readonly dragonBoat: string
  readonly midAutumn: string
}

const year = (springFestival: string, dragonBoat: string, midAutumn: string): LunarHolidays => ({
  springFestival,
  dragonBoat,
  midAutumn,
})

/**
 * The dates are embedded because the engines' own Chinese calendar (ICU) is a day off where a new
 * moon falls close to midnight in Beijing: 2027 and 2030. Years outside the table have no lunar
 * holidays in the simulated city.
 */
export const lunarHolidays: ReadonlyMap<number, LunarHolidays> = new Map([
  [2015, year('02-19', '06-20', '09-27')],
  [2016, year('02-08', '06-09', '09-15')],
  [2017, year('01-28', '05-30', '10-04')],
  [2018, year('02-16', '06-18', '09-24')],
  [2019, year('02-05', '06-07', '09-13')],
  [2020, year('01-25', '06-25', '10-01')],
  [2021, year('02-12', '06-14', '09-21')],
  [2022, year('02-01', '06-03', '09-10')],
  [2023, year('01-22', '06-22', '09-29')],
  [2024, year('02-10', '06-10', '09-17')],
  [2025, year('01-29', '05-31', '10-06')],
  [2026, year('02-17', '06-19', '09-25')],
  [2027, year('02-06', '06-09', '09-15')],
  [2028, year('01-26', '05-28', '10-03')],
  [2029, year('02-13', '06-16', '09-22')],
  [2030, year('02-03', '06-05', '09-12')],
  [2031, year('01-23', '06-24', '10-01')],
  [2032, year('02-11', '06-12', '09-19')],
  [2033, year('01-31', '06-01', '09-08')],
  [2034, year('02-19', '06-20', '09-27')],
  [2035, year('02-08', '06-10', '09-16')],
])
