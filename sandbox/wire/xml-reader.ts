import type { NormalizedSchema } from '@smithy/core/schema'
import type { AwsError } from '../cloud/errors.ts'
import type { Members } from './document.ts'
import { requiredCount } from './model.ts'
import { readText } from './text.ts'
import type { XmlElement } from './xml-parser.ts'

/** Reads the input that a schema describes out of an element. Required members that are not there are in `missing`. */
export class XmlReader {
  readonly missing: string[] = []
  readonly #malformed: (path: string, text: string, expected: string) => AwsError

  constructor(malformed: (path: string, text: string, expected: string) => AwsError) {
    this.#malformed = malformed
  }

  /** `required`: how many of the members, from the first on, have to be there. */
  members(members: Members, required: number, parent: XmlElement, path = ''): Record<string, unknown> {
    const structure: Record<string, unknown> = {}
    for (const [name, member] of members) {
      const elementName = member.getMemberTraits().xmlName ?? name
      const found = parent.children.filter((child) => child.name === elementName)
      const [first] = found
      const memberPath = path === '' ? elementName : `${path}.${elementName}`
      if (first === undefined) {
        if (required > 0) this.missing.push(memberPath)
      } else if (member.isListSchema() && member.getMergedTraits().xmlFlattened) {
        structure[name] = found.map((item) => this.#read(member.getValueSchema(), item, memberPath))
      } else {
        structure[name] = this.#read(member, first, memberPath)
      }
      required -= 1
    }
    return structure
  }

  #read(schema: NormalizedSchema, from: XmlElement, path: string): unknown {
    if (schema.isStructSchema()) return this.members(schema.structIterator(), requiredCount(schema), from, path)
    if (schema.isListSchema()) {
      const member = schema.getValueSchema()
      const itemName = member.getMergedTraits().xmlName ?? 'member'
      const items = from.children.filter((child) => child.name === itemName)
      return items.map((item) => this.#read(member, item, `${path}.${itemName}`))
    }
    return readText(schema, from.text, (expected) => this.#malformed(path, from.text, expected))
  }
}
