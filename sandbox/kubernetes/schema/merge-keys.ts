import type { Schema } from './schema.ts'

/**
 * What a type of @kubernetes/client-node does not say of itself: how its lists and maps merge, and which of its fields
 * must be there. From the `patchStrategy`, `patchMergeKey`, `listType`, `listMapKey` and `mapType` markers and the
 * `required` lists of the API types (k8s.io/api at 1.24). What is not here merges as one value.
 */
interface Marks {
  /** Fields whose lists merge item by item: field → the key of a strategic merge patch, or all keys of server-side apply, first the patch's. */
  lists?: Record<string, string[]>
  /** Lists of scalars that merge as sets. */
  sets?: string[]
  /** Fields of which a strategic merge patch keeps only the members that it names. */
  retainKeys?: string[]
  /** Maps that server-side apply owns as a whole. */
  atomicMaps?: string[]
  required?: string[]
  /** Defaults of fields that are part of a list's key, which a client may leave out. */
  defaults?: Record<string, string>
}

const conditions = { lists: { conditions: ['type'] } }

const container: Marks = {
  lists: {
    ports: ['containerPort', 'protocol'],
    env: ['name'],
    volumeMounts: ['mountPath'],
    volumeDevices: ['devicePath'],
  },
  required: ['name'],
}

const marks: Record<string, Marks> = {
  V1ObjectMeta: { lists: { ownerReferences: ['uid'] }, sets: ['finalizers'] },
  V1OwnerReference: { required: ['apiVersion', 'kind', 'name', 'uid'] },
  V1PodSpec: {
    lists: {
      containers: ['name'],
      initContainers: ['name'],
      ephemeralContainers: ['name'],
      volumes: ['name'],
      imagePullSecrets: ['name'],
      hostAliases: ['ip'],
      topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
      resourceClaims: ['name'],
      schedulingGates: ['name'],
    },
    retainKeys: ['volumes'],
    atomicMaps: ['nodeSelector'],
    required: ['containers'],
  },
  V1Container: container,
  V1EphemeralContainer: container,
  V1ContainerPort: { required: ['containerPort'], defaults: { protocol: 'TCP' } },
  V1EnvVar: { required: ['name'] },
  V1Volume: { required: ['name'] },
  V1VolumeMount: { required: ['name', 'mountPath'] },
  V1HTTPGetAction: { required: ['port'] },
  V1TCPSocketAction: { required: ['port'] },
  V1PodStatus: { lists: { conditions: ['type'], podIPs: ['ip'], hostIPs: ['ip'] } },
  V1DeploymentSpec: { retainKeys: ['strategy'], required: ['selector', 'template'] },
  V1DeploymentStatus: conditions,
  V1ReplicaSetSpec: { required: ['selector'] },
  V1ReplicaSetStatus: conditions,
  V1ServiceSpec: { lists: { ports: ['port', 'protocol'] }, atomicMaps: ['selector'] },
  V1ServicePort: { required: ['port'], defaults: { protocol: 'TCP' } },
  V1ServiceStatus: conditions,
  V1NodeSpec: { sets: ['podCIDRs'] },
  V1NodeStatus: { lists: { conditions: ['type'], addresses: ['type'] } },
  V1NamespaceStatus: conditions,
  V1PersistentVolumeClaimStatus: conditions,
  V1ServiceAccount: { lists: { secrets: ['name'] } },
  V1EndpointSlice: { required: ['addressType', 'endpoints'] },
  V1Endpoint: { required: ['addresses'], sets: ['addresses'] },
  V1CustomResourceDefinition: { required: ['spec'] },
  V1CustomResourceDefinitionSpec: { required: ['group', 'names', 'scope', 'versions'] },
  V1CustomResourceDefinitionNames: { required: ['kind', 'plural'] },
  V1CustomResourceDefinitionVersion: { required: ['name', 'served', 'storage'] },
  V1CustomResourceDefinitionStatus: conditions,
  CoreV1Event: { required: ['metadata', 'involvedObject'] },
}

/** Types that server-side apply owns as a whole. */
const atomicTypes = new Set([
  'V1LabelSelector',
  'V1LocalObjectReference',
  'V1ObjectReference',
  'V1ObjectFieldSelector',
  'V1SecretKeySelector',
  'V1ConfigMapKeySelector',
  'V1ResourceFieldSelector',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1TypedLocalObjectReference',
])

function markField(schema: Schema, field: string, type: Marks): Schema {
  const keys = type.lists?.[field]
  const strategy = [
    ...(keys || type.sets?.includes(field) ? ['merge'] : []),
    ...(type.retainKeys?.includes(field) ? ['retainKeys'] : []),
  ]
  return {
    ...schema,
    ...(keys && { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys }),
    ...(keys && { 'x-kubernetes-patch-merge-key': keys[0] ?? '' }),
    ...(type.sets?.includes(field) && { 'x-kubernetes-list-type': 'set' }),
    ...(strategy.length > 0 && { 'x-kubernetes-patch-strategy': strategy.join(',') }),
    ...(type.atomicMaps?.includes(field) && { 'x-kubernetes-map-type': 'atomic' }),
    ...(type.defaults?.[field] !== undefined && { default: type.defaults[field] }),
  }
}

export function withMarks(type: string, schema: Schema): Schema {
  const found = marks[type] ?? {}
  const properties = Object.entries(schema.properties ?? {})
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([field, inner]) => [field, markField(inner, field, found)])),
    ...(found.required && { required: found.required }),
    ...(atomicTypes.has(type) && { 'x-kubernetes-map-type': 'atomic' }),
  }
}
