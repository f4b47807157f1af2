/** A path with variables: `/shop/{id}`, `/shop/{proxy+}`. A greedy variable takes one segment or more. */
export interface PathPattern {
  readonly path: string
}

/** The variables of a path that fits; undefined: it does not fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [segmentsOf(pattern), segmentsOf(path)]
  const variables: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const name = /^\{(.+)\}$/.exec(part)?.[1]
    const segment = given[index]
    if (segment === undefined) return undefined
    if (name?.endsWith('+')) {
      variables[name.slice(0, -1)] = given.slice(index).join('/')
      return variables
    }
    if (name === undefined ? part !== segment : segment === '') return undefined
    if (name !== undefined) variables[name] = segment
  }
  return wanted.length === given.length ? variables : undefined
}

const segmentsOf = (path: string) => path.replace(/\/$/, '').split('/').slice(1)

/** Sorts the most specific path first: segment by segment, a literal before a variable before a greedy one. */
export function bySpecificity(a: PathPattern, b: PathPattern): number {
  const [left, right] = [segmentsOf(a.path), segmentsOf(b.path)]
  for (const [index, part] of left.entries()) {
    const other = right[index]
    if (other === undefined) break
    const difference = rank(part) - rank(other)
    if (difference !== 0) return difference
  }
  return right.length - left.length
}

const rank = (part: string) => (part.endsWith('+}') ? 2 : part.startsWith('{') ? 1 : 0)
