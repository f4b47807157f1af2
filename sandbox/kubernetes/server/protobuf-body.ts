import type { Fields } from '../object.ts'
import { badRequest } from '../status-error.ts'

/**
 * Bodies in Kubernetes' protobuf, which `kubectl create namespace` and the other commands with typed clients send (they
 * take JSON for an answer). Only the kinds and fields that those commands set are known; a body with more is refused.
 */

export const protobufType = 'application/vnd.kubernetes.protobuf'

/** Every body begins with this, before the message `Unknown` that holds the kind and the object. */
const magic = Buffer.from('k8s\0')

/**
 * Field numbers from the `generated.proto` files of k8s.io/api and k8s.io/apimachinery: number → name, then what it
 * holds unless text. `?` keeps a zero, because the field is a pointer in Go.
 */
const messages: Record<string, Record<number, string>> = {
  Unknown: { 1: 'typeMeta TypeMeta', 2: 'raw bytes', 3: 'contentEncoding', 4: 'contentType' },
  TypeMeta: { 1: 'apiVersion', 2: 'kind' },
  ObjectMeta: {
    1: 'name',
    2: 'generateName',
    3: 'namespace',
    4: 'selfLink',
    5: 'uid',
    6: 'resourceVersion',
    7: 'generation number',
    8: 'creationTimestamp Time',
    11: 'labels map',
    12: 'annotations map',
    14: 'finalizers[]',
  },
  LabelSelector: { 1: 'matchLabels map' },
  Namespace: { 1: 'metadata ObjectMeta', 2: 'spec NamespaceSpec', 3: 'status Ignored' },
  NamespaceSpec: { 1: 'finalizers[]' },
  ConfigMap: { 1: 'metadata ObjectMeta', 2: 'data map', 3: 'binaryData bytesMap', 4: 'immutable boolean' },
  Secret: { 1: 'metadata ObjectMeta', 2: 'data bytesMap', 3: 'type', 4: 'stringData map', 5: 'immutable boolean' },
  ServiceAccount: { 1: 'metadata ObjectMeta', 4: 'automountServiceAccountToken boolean' },
  Service: { 1: 'metadata ObjectMeta', 2: 'spec ServiceSpec', 3: 'status Ignored' },
  ServiceSpec: {
    1: 'ports ServicePort[]',
    2: 'selector map',
    3: 'clusterIP',
    4: 'type',
    7: 'sessionAffinity',
    8: 'loadBalancerIP',
    10: 'externalName',
    11: 'externalTrafficPolicy',
    12: 'healthCheckNodePort number',
    13: 'publishNotReadyAddresses boolean',
  },
  ServicePort: {
    1: 'name',
    2: 'protocol',
    3: 'port number',
    4: 'targetPort IntOrString',
    5: 'nodePort number',
    6: 'appProtocol',
  },
  Deployment: { 1: 'metadata ObjectMeta', 2: 'spec DeploymentSpec', 3: 'status Ignored' },
  DeploymentSpec: {
    1: 'replicas number?',
    2: 'selector LabelSelector',
    3: 'template PodTemplateSpec',
    4: 'strategy DeploymentStrategy',
    5: 'minReadySeconds number',
    7: 'paused boolean',
  },
  DeploymentStrategy: { 1: 'type' },
  PodTemplateSpec: { 1: 'metadata ObjectMeta', 2: 'spec PodSpec' },
  PodSpec: {
    2: 'containers Container[]',
    3: 'restartPolicy',
    6: 'dnsPolicy',
    7: 'nodeSelector map',
    8: 'serviceAccountName',
    9: 'serviceAccount',
    10: 'nodeName',
    11: 'hostNetwork boolean',
    12: 'hostPID boolean',
    13: 'hostIPC boolean',
    16: 'hostname',
    17: 'subdomain',
    19: 'schedulerName',
    24: 'priorityClassName',
  },
  Container: {
    1: 'name',
    2: 'image',
    3: 'command[]',
    4: 'args[]',
    5: 'workingDir',
    6: 'ports ContainerPort[]',
    7: 'env EnvVar[]',
    8: 'resources Ignored',
    13: 'terminationMessagePath',
    14: 'imagePullPolicy',
    16: 'stdin boolean',
    17: 'stdinOnce boolean',
    18: 'tty boolean',
    20: 'terminationMessagePolicy',
  },
  ContainerPort: { 1: 'name', 2: 'hostPort number', 3: 'containerPort number', 4: 'protocol', 5: 'hostIP' },
  EnvVar: { 1: 'name', 2: 'value' },
}

interface RawField {
  number: number
  value: number | Buffer
}

function* fieldsIn(message: Buffer): Generator<RawField> {
  let offset = 0
  const varint = (): number => {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = message[offset++]
      if (byte === undefined) throw badRequest('the protobuf body ends too early')
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }
  while (offset < message.length) {
    const tag = varint()
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    if (wire === 0) yield { number, value: varint() }
    else if (wire === 2) {
      const length = varint()
      yield { number, value: message.subarray(offset, (offset += length)) }
    } else throw badRequest(`the protobuf body has a field of wire type ${wire}`)
  }
}

const numbered = (message: Buffer): Map<number, number | Buffer> =>
  new Map([...fieldsIn(message)].map(({ number, value }) => [number, value]))

/** `type 0: intVal, 1: strVal` */
function intOrString(message: Buffer): number | string {
  const fields = numbered(message)
  return fields.get(1) === 1 ? String(fields.get(3) ?? '') : Number(fields.get(2) ?? 0)
}

function valueOf(kind: string, value: number | Buffer): unknown {
  if (typeof value === 'number') return kind === 'boolean' ? value === 1 : value
  switch (kind) {
    case 'text':
      return value.toString('utf8')
    case 'bytes':
      return value
    case 'IntOrString':
      return intOrString(value)
    // Times and statuses of new objects are the server's own, amounts of resources mean nothing here.
    case 'Time':
    case 'Ignored':
      return undefined
    default:
      return decodeMessage(kind, value)
  }
}

/** Go writes fields that are not set as zeros; JSON leaves them out. */
const isZero = (value: unknown): boolean => value === undefined || value === '' || value === 0 || value === false

function decodeMessage(type: string, message: Buffer): Fields {
  const known = messages[type]
  if (!known) throw badRequest(`this sandbox does not read ${type} from a protobuf body; send JSON`)
  const decoded: Fields = {}
  for (const { number, value } of fieldsIn(message)) {
    const spec = known[number]
    if (spec === undefined) {
      throw badRequest(`this sandbox does not read field ${number} of ${type} from a protobuf body; send JSON`)
    }
    const [, name = '', kind = 'text', suffix = ''] = /^(\w+)(?: (\w+))?(\[\]|\?)?$/.exec(spec) ?? []
    if ((kind === 'map' || kind === 'bytesMap') && Buffer.isBuffer(value)) {
      const entry = numbered(value)
      const content = Buffer.isBuffer(entry.get(2)) ? (entry.get(2) as Buffer) : Buffer.alloc(0)
      const text = content.toString(kind === 'map' ? 'utf8' : 'base64')
      decoded[name] = { ...(decoded[name] as Fields | undefined), [String(entry.get(1) ?? '')]: text }
    } else if (suffix === '[]') {
      decoded[name] = [...((decoded[name] as unknown[] | undefined) ?? []), valueOf(kind, value)]
    } else {
      const content = valueOf(kind, value)
      if (suffix === '?' || !isZero(content)) decoded[name] = content
    }
  }
  return decoded
}

export function decodeProtobuf(body: Buffer): Fields {
  if (!body.subarray(0, magic.length).equals(magic)) {
    throw badRequest('the protobuf body does not begin as Kubernetes bodies do')
  }
  const { typeMeta, raw } = decodeMessage('Unknown', body.subarray(magic.length))
  const { apiVersion, kind } = typeMeta as { apiVersion: string; kind: string }
  return { apiVersion, kind, ...decodeMessage(kind, raw as Buffer) }
}
