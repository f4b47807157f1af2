import { isObject, secret, UNKNOWN, type Properties, type Value } from '../properties.ts'

// Markers of the engine's protocol (pulumi/pulumi, sdk/go/common/resource/sig).
const signatureKey = '4dabf18193072939515e22adb298388d'
const resourceSignature = '5cf8f73096256a8f31e491e813e4eb8e'
const outputSignature = 'd0e6a833031e9bbcd3f4e8bde6ca49a4'

/** A resource as a property's value. `id`: undefined for a component. */
export function resourceReference(urn: string, id: string | undefined, packageVersion: string): Value {
  const version = { ...(packageVersion && { packageVersion }) }
  return { [signatureKey]: resourceSignature, urn, ...(id !== undefined && { id }), ...version }
}

export function urnOf(value: Value | undefined): string | undefined {
  return isObject(value) && value[signatureKey] === resourceSignature ? (value.urn as string) : undefined
}

/** Those values that are resources. */
export function references(values: readonly (Value | undefined)[]): { urn: string }[] {
  return values.flatMap((value) => {
    const urn = urnOf(value)
    return urn === undefined ? [] : [{ urn }]
  })
}

/** The arguments of a component without the wrapping of outputs: values, secrets and unknowns. */
export function plainArguments(inputs: Properties): Properties {
  return plain(inputs) as Properties
}

function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  if (value[signatureKey] !== outputSignature)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
  const known = value.value === undefined ? UNKNOWN : plain(value.value)
  return value.secret === true ? secret(known) : known
}
