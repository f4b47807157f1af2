import { isFields, type Fields } from '../object.ts'

/**
 * A set of paths into an object, as `managedFields` keeps what a manager owns. A path element is `f:<field>`,
 * `k:<key of a list's item as JSON>` or `v:<value in a list that is a set>`.
 */
export class FieldSet {
  /** The path up to here belongs to the set itself. */
  member = false
  readonly children = new Map<string, FieldSet>()

  get empty(): boolean {
    return !this.member && this.children.size === 0
  }

  child(element: string): FieldSet {
    const child = this.children.get(element) ?? new FieldSet()
    this.children.set(element, child)
    return child
  }

  /** Drops branches that hold nothing. */
  #tidied(): this {
    for (const [element, child] of this.children) if (child.empty) this.children.delete(element)
    return this
  }

  static combine(
    a: FieldSet | undefined,
    b: FieldSet | undefined,
    keep: (inA: boolean, inB: boolean) => boolean,
  ): FieldSet {
    const result = new FieldSet()
    result.member = keep(a?.member ?? false, b?.member ?? false)
    for (const element of new Set([...(a?.children.keys() ?? []), ...(b?.children.keys() ?? [])])) {
      result.children.set(element, FieldSet.combine(a?.children.get(element), b?.children.get(element), keep))
    }
    return result.#tidied()
  }

  union(other: FieldSet): FieldSet {
    return FieldSet.combine(this, other, (a, b) => a || b)
  }

  intersection(other: FieldSet): FieldSet {
    return FieldSet.combine(this, other, (a, b) => a && b)
  }

  difference(other: FieldSet): FieldSet {
    return FieldSet.combine(this, other, (a, b) => a && !b)
  }

  /** This set without a path and whatever lies below it. */
  without(...path: string[]): FieldSet {
    const [first = '', ...rest] = path
    const result = FieldSet.combine(this, undefined, (a) => a)
    const child = result.children.get(first)
    if (rest.length === 0) result.children.delete(first)
    else if (child) result.children.set(first, child.without(...rest))
    return result.#tidied()
  }

  /** Only what lies at and below a field of the object. */
  only(element: string): FieldSet {
    const result = new FieldSet()
    const child = this.children.get(element)
    if (child) result.children.set(element, child)
    return result
  }

  /** The members as people read them: `.spec.containers[name="web"].image`. */
  paths(prefix = ''): string[] {
    return [...this.children].flatMap(([element, child]) => {
      const path = prefix + readable(element)
      return [...(child.member ? [path] : []), ...child.paths(path)]
    })
  }

  static fromJson(fields: Fields): FieldSet {
    const set = new FieldSet()
    for (const [element, inner] of Object.entries(fields)) {
      if (element === '.') set.member = true
      else {
        const child = isFields(inner) ? FieldSet.fromJson(inner) : new FieldSet()
        child.member ||= child.children.size === 0
        set.children.set(element, child)
      }
    }
    return set
  }

  toJson(): Fields {
    const children = [...this.children].sort(([a], [b]) => (a < b ? -1 : 1))
    const json: Fields = this.member && children.length > 0 ? { '.': {} } : {}
    for (const [element, child] of children) json[element] = child.toJson()
    return json
  }
}

function readable(element: string): string {
  const text = element.slice(2)
  if (element.startsWith('f:')) return `.${text}`
  const value = JSON.parse(text) as unknown
  if (!element.startsWith('k:') || !isFields(value)) return `[=${text}]`
  return `[${Object.entries(value)
    .map(([name, key]) => `${name}=${JSON.stringify(key)}`)
    .join(',')}]`
}
