/**
 * An invented city. Its codes are shaped like GB/T 2260, but 47 is a province number that is not
 * assigned, so no figure of the demo can be taken for one of a real place.
 */
export const provinceCode = '470000'
export const cityCode = '470100'
export const provinceName = '岚江省'
export const cityName = '云澜市'

/** How long an office takes to write down what happened, and whether it says when it did. */
export type LagProfile = 'instant' | 'prompt' | 'nextDay' | 'weekly' | 'slow'

export type DistrictTraits = {
  readonly code: string
  readonly name: string
  readonly rural: boolean
  readonly population: number
  /** Yearly growth of the population, a part of 1. */
  readonly growth: number
  /** Petitions for its population, against the city's mean of 1. */
  readonly volume: number
  /** Handling time against the mean of 1. */
  readonly pace: number
  /** Overdue matters against the mean of 1. */
  readonly lateness: number
  /** Matters that come back, against the mean of 1. */
  readonly returns: number
  /** Visits above the home level, against the mean of 1. */
  readonly upward: number
  readonly collective: number
  readonly online: number
  /** Dissatisfied ratings against the mean of 1. */
  readonly discontent: number
  readonly lag: LagProfile
  readonly statesRecording: boolean
  /** Streets of an urban district, towns and townships of a rural one. */
  readonly streets: readonly string[]
}

type Row = [
  code: string,
  name: string,
  rural: boolean,
  population: number,
  growth: number,
  volume: number,
  pace: number,
  lateness: number,
  returns: number,
  upward: number,
  collective: number,
  online: number,
  discontent: number,
  lag: LagProfile,
  statesRecording: boolean,
  streets: string,
]

const rows: readonly Row[] = [
  // biome-ignore format: a table is read by its columns
  ['470102', '澜东区', false, 912_000, 0.012, 1.15, 0.9, 0.7, 0.85, 0.9, 0.9, 1.25, 0.9, 'prompt', true, '朝澜 望桥 青柳 文渊 五岔 东埠 书院坪 兰圃'],
  // biome-ignore format: a table is read by its columns
  ['470103', '澜西区', false, 845_000, 0.006, 1.05, 1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.0, 'prompt', true, '西塘 钟鼓 银杏 石栏 百花洲 旧渡 澜岸'],
  // biome-ignore format: a table is read by its columns
  ['470104', '雁湖区', false, 760_000, 0.021, 1.3, 1.1, 1.3, 1.25, 1.35, 1.3, 1.2, 1.2, 'nextDay', true, '雁栖洲 湖心 芦汀 南浦 晴川坝 鹭岛 新墩'],
  // biome-ignore format: a table is read by its columns
  ['470105', '云岭区', false, 688_000, 0.009, 0.85, 0.85, 0.55, 0.7, 0.7, 0.8, 1.05, 0.75, 'prompt', true, '岭下 松涛里 采石坡 云台里 长亭坳 梧桐坞 半山铺'],
  // biome-ignore format: a table is read by its columns
  ['470111', '松浦区', false, 641_000, 0.028, 1.1, 1.05, 1.1, 1.1, 1.0, 1.2, 1.15, 1.05, 'nextDay', false, '松浦里 港前 机械厂 铁桥 滨渠 科苑 盐仓'],
  // biome-ignore format: a table is read by its columns
  ['470112', '沙渚区', false, 577_000, 0.034, 1.2, 1.15, 1.5, 1.3, 1.1, 1.5, 0.95, 1.25, 'weekly', true, '沙渚头 新港湾 浅滩 渔火 围圩 码头湾'],
  // biome-ignore format: a table is read by its columns
  ['470121', '清屏县', true, 524_000, -0.006, 0.8, 1.1, 1.2, 1.05, 1.25, 1.0, 0.75, 1.0, 'slow', true, '屏城 上溪坪 茶亭坳 双河口 竹坪坝 高岩头'],
  // biome-ignore format: a table is read by its columns
  ['470122', '桐源县', true, 468_000, -0.011, 0.75, 1.2, 1.4, 1.15, 1.5, 1.1, 0.6, 1.1, 'slow', false, '桐城关 源口 枫树垭 白鹤塘 罗家桥 下坪坝'],
  // biome-ignore format: a table is read by its columns
  ['470181', '梅渡市', true, 612_000, 0.003, 0.9, 0.95, 0.85, 0.9, 0.9, 0.9, 0.85, 0.9, 'nextDay', true, '梅渡口 桂苑 花桥铺 赤石坪 太阳坳 沿河坝'],
]

export const districtTraits: readonly DistrictTraits[] = rows.map(
  ([
    code,
    name,
    rural,
    population,
    growth,
    volume,
    pace,
    lateness,
    returns,
    upward,
    collective,
    online,
    discontent,
    lag,
    statesRecording,
    streets,
  ]) => ({
    code,
    name,
    rural,
    population,
    growth,
    volume,
    pace,
    lateness,
    returns,
    upward,
    collective,
    online,
    discontent,
    lag,
    statesRecording,
    streets: streets.split(' '),
  }),
)
