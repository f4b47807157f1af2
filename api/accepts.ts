/**
 * The first of `offered` that an Accept header names; the very first where it takes anything. Throws 406. Of weights only the zero
 * is heeded.
 */
export function accepted<T extends string>(header: string | undefined, offered: readonly T[]): T {
  const ranges = (header ?? '*/*')
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim().toLowerCase()))
    .filter((parts) => !parts.slice(1).some((part) => /^q=0(\.0*)?$/.test(part)))
    .map(([type = '']) => type)
  const takes = (type: string): boolean =>
    ranges.some((range) => range === type || range === '*/*' || range === `${type.split('/')[0]}/*`)
  const choice = offered.find((type) => ranges.includes(type)) ?? offered.find(takes)
  if (choice !== undefined) return choice
  throw Object.assign(new Error(`this route answers ${offered.join(' or ')}`), { statusCode: 406 })
}
