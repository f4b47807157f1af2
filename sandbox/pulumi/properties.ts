import structProto, { type JavaScriptValue } from 'google-protobuf/google/protobuf/struct_pb.js'

/** A property value on its way between the engine and a provider: plain JSON, in which unknowns and secrets are marked. */
export type Value = null | boolean | number | string | Value[] | Properties
export interface Properties {
  [name: string]: Value
}

// Markers of the engine's protocol (pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go and sdk/go/common/resource/sig).
const signatureKey = '4dabf18193072939515e22adb298388d'
const secretSignature = '1b47061264138c4ac30d75fd1eb44270'
const unknowns = new Set([
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
])

/** What only the update itself will tell, such as the ARN of something that does not exist yet. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9'

type Struct = structProto.Struct

/** A message's properties; every kind of unknown becomes UNKNOWN. No message: no properties. */
export function decode(struct: Struct | undefined): Properties {
  return struct ? (sameUnknown(struct.toJavaScript()) as Properties) : {}
}

export function encode(properties: Properties): Struct {
  return structProto.Struct.fromJavaScript(withoutUndefined(properties) as Record<string, JavaScriptValue>)
}

function sameUnknown(value: JavaScriptValue): Value {
  if (typeof value === 'string') return unknowns.has(value) ? UNKNOWN : value
  if (Array.isArray(value)) return value.map(sameUnknown)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value as Record<string, JavaScriptValue>).map(([name, member]) => [name, sameUnknown(member)]),
    )
  return value
}

function withoutUndefined(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      (member as Value | undefined) === undefined ? [] : [[name, withoutUndefined(member)]],
    ),
  )
}

export function isObject(value: Value | undefined): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Neither absent nor null. */
export function isPresent(value: Value | undefined): value is Exclude<Value, null> {
  return value !== undefined && value !== null
}

export function containsUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown)
  if (isObject(value)) return Object.values(value).some(containsUnknown)
  return value === UNKNOWN
}

function isSecret(value: Value | undefined): value is Properties & { value: Value } {
  return isObject(value) && value[signatureKey] === secretSignature
}

export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value: reveal(value) }
}

/** The same value with the secret marks taken off. */
export function reveal(value: Value): Value {
  if (isSecret(value)) return reveal(value.value)
  if (Array.isArray(value)) return value.map(reveal)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, reveal(member)]))
  return value
}

export function revealProperties(properties: Properties): Properties {
  return reveal(properties) as Properties
}

export function containsSecret(value: Value | undefined): boolean {
  if (isSecret(value)) return true
  if (Array.isArray(value)) return value.some(containsSecret)
  return isObject(value) && Object.values(value).some(containsSecret)
}

/** Copies secretness from one value to the other by name; a list with a secret in it is secret as a whole. */
export function markSecrets(outs: Properties, ins: Properties): Properties {
  const marked = { ...outs }
  for (const [name, asked] of Object.entries(ins)) {
    const out = marked[name]
    if (out === undefined || isSecret(out)) continue
    if (isObject(out) && isObject(asked) && !isSecret(asked)) marked[name] = markSecrets(out, asked)
    else if (containsSecret(asked)) marked[name] = secret(out)
  }
  return marked
}

/** The names whose values differ. */
export function changedNames(a: Properties, b: Properties): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !equal(a[name], b[name]))
}

/** Equal as JSON, whatever the order of the keys. */
export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((element, index) => equal(element, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => name in b && equal(a[name], b[name]))
}
