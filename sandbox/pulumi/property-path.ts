import { isObject, type Properties, type Value } from './properties.ts'

/** The way to a value inside properties: `actions[0].forward.targetGroups[1].weight` is ['actions', 0, 'forward', …]. */
export type PropertyPath = readonly (string | number)[]

export function formatPath(path: PropertyPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    if (/[.[\]"]/.test(step)) return `${text}["${step.replaceAll('"', '\\"')}"]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

/** Reads what people write in `ignoreChanges`: `a.b`, `a[0]`, `a["b.c"]`, and `*` for anything at that place. */
export function parsePath(text: string): PropertyPath {
  const steps = text.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\[(\*)\]|([^.[\]]+)/g)
  return [...steps].map(([, index, quoted, star, name]) => {
    if (index !== undefined) return Number(index)
    return quoted?.replaceAll('\\"', '"') ?? star ?? name ?? ''
  })
}

/** Whether `path` is the place that `pattern` names, or lies inside it. */
export function contains(pattern: PropertyPath, path: PropertyPath): boolean {
  return pattern.length <= path.length && pattern.every((step, index) => step === '*' || step === path[index])
}

/** `value` with everything under `pattern` as it is in `old`: how a change is ignored. */
export function restore(value: Value | undefined, old: Value | undefined, pattern: PropertyPath): Value | undefined {
  const [step, ...rest] = pattern
  if (step === undefined) return old
  if (Array.isArray(value) || Array.isArray(old)) {
    const [mine, theirs] = [Array.isArray(value) ? value : [], Array.isArray(old) ? old : []]
    if (step === '*' && rest.length === 0) return old
    return mine.map((element, index) =>
      step === '*' || step === index ? (restore(element, theirs[index], rest) ?? null) : element,
    )
  }
  if (!isObject(value) && !isObject(old)) return value
  const [mine, theirs]: [Properties, Properties] = [isObject(value) ? value : {}, isObject(old) ? old : {}]
  const names = step === '*' ? new Set([...Object.keys(mine), ...Object.keys(theirs)]) : [String(step)]
  const restored = { ...mine }
  for (const name of names) {
    const member = restore(mine[name], theirs[name], rest)
    if (member === undefined) delete restored[name]
    else restored[name] = member
  }
  return restored
}
