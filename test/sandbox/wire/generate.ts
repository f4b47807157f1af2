import type { NormalizedSchema } from '@smithy/core/schema'

/** `full`: every member, two of each list and map. `empty`: every member, with nothing in lists and maps. */
export type Amount = 'full' | 'empty'

/** Makes values for schemas, none of which may contain itself; no two scalars are alike as far as their types allow. */
export class Generator {
  #made = 0
  readonly #amount: Amount

  constructor(amount: Amount) {
    this.#amount = amount
  }

  value(schema: NormalizedSchema): unknown {
    if (schema.isUnitSchema()) return {}
    if (schema.isListSchema()) return this.#several(() => this.value(schema.getValueSchema()))
    if (schema.isMapSchema()) {
      const entries = this.#several((): [string, unknown] => [this.#text(), this.value(schema.getValueSchema())])
      return Object.fromEntries(entries)
    }
    if (schema.isStructSchema()) {
      const members = [...schema.structIterator()]
      const present = schema.isUnionSchema() ? members.slice(0, 1) : members
      return Object.fromEntries(present.map(([name, member]) => [name, this.value(member)]))
    }
    return this.#scalar(schema)
  }

  #several<Item>(make: () => Item): Item[] {
    return this.#amount === 'empty' ? [] : [make(), make()]
  }

  #scalar(schema: NormalizedSchema): unknown {
    this.#made += 1
    if (schema.isBooleanSchema()) return this.#made % 2 === 0
    if (schema.isNumericSchema()) return this.#made
    if (schema.isTimestampSchema()) return new Date(Date.UTC(2022, 11, 1) + this.#made * 1000)
    if (schema.isBlobSchema()) return new Uint8Array([0, 255, this.#made % 256])
    if (schema.isStringSchema()) return isHeader(schema) ? `header ${this.#made}` : this.#text()
    throw new Error(`no value for ${String(schema.getName())}`)
  }

  /** With everything that a form or an XML document has to escape. */
  #text(): string {
    return `text ${++this.#made} a=b&c <d> "e" 'f' % + é 가\r\n]]>`
  }
}

/** A header carries ASCII alone. */
const isHeader = (schema: NormalizedSchema): boolean =>
  schema.isMemberSchema() && schema.getMemberTraits().httpHeader !== undefined
