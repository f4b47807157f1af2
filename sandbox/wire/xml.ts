import type { NormalizedSchema } from '@smithy/core/schema'
import type { Members } from './document.ts'
import { writeText } from './text.ts'

/** One element, with whatever `schema` says is in it. Members that are undefined are left out; empty lists are not. */
function writeElement(name: string, schema: NormalizedSchema, value: unknown): string {
  if (schema.isStructSchema()) return element(name, writeMembers(schema, value))
  if (schema.isListSchema()) return writeList(name, schema, value as readonly unknown[])
  if (schema.isMapSchema()) return writeMap(name, schema, value as Readonly<Record<string, unknown>>)
  return element(name, escapeXml(writeText(schema, value)))
}

/** The members of a structure without an element around them. */
export function writeMembers(schema: NormalizedSchema, value: unknown): string {
  return schema.isUnitSchema() || value === undefined ? '' : writeSomeMembers(schema.structIterator(), value)
}

export function writeSomeMembers(members: Members, value: unknown): string {
  const structure = value as Readonly<Record<string, unknown>>
  let xml = ''
  for (const [name, member] of members) {
    const content = structure[name]
    if (content === undefined || content === null) continue
    // Only the member's own traits: the name of its shape is another element's.
    xml += writeElement(member.getMemberTraits().xmlName ?? name, member, content)
  }
  return xml
}

export function element(name: string, content: string, namespace?: string): string {
  const start = namespace ? `${name} xmlns="${escapeXml(namespace)}"` : name
  return content === '' ? `<${start}/>` : `<${start}>${content}</${name}>`
}

function writeList(name: string, schema: NormalizedSchema, items: readonly unknown[]): string {
  const member = schema.getValueSchema()
  const flat = schema.getMergedTraits().xmlFlattened
  const itemName = flat ? name : (member.getMergedTraits().xmlName ?? 'member')
  const content = items.map((item) => writeElement(itemName, member, item)).join('')
  return flat ? content : element(name, content)
}

function writeMap(name: string, schema: NormalizedSchema, map: Readonly<Record<string, unknown>>): string {
  const keySchema = schema.getKeySchema()
  const valueSchema = schema.getValueSchema()
  const keyName = keySchema.getMergedTraits().xmlName ?? 'key'
  const valueName = valueSchema.getMergedTraits().xmlName ?? 'value'
  const flat = schema.getMergedTraits().xmlFlattened
  const content = Object.entries(map)
    .map(([key, value]) => writeElement(keyName, keySchema, key) + writeElement(valueName, valueSchema, value))
    .map((entry) => element(flat ? name : 'entry', entry))
    .join('')
  return flat ? content : element(name, content)
}

/** Text for an element or an attribute. A parser turns a bare carriage return into a line feed, and refuses other controls. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;')
    .replaceAll(notXml, '\u{FFFD}')
}

// XML 1.0, production 2 (Char)
// eslint-disable-next-line no-control-regex -- the characters that XML cannot carry are control characters
const notXml = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g
