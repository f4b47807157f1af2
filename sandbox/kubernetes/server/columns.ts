import { at, fieldsOf, listOf, textOf, type KubernetesObject } from '../object.ts'
import type { Resource } from '../resource.ts'
import type { PrinterColumn } from '../resource.ts'

/** A column of `kubectl get`; priority 1 shows with `-o wide` alone. */
export interface Column {
  name: string
  type: 'string' | 'integer' | 'date' | 'number' | 'boolean'
  format?: string
  priority: 0 | 1
  cell(object: KubernetesObject): unknown
}

/** Between two times, as kubectl shows an age: coarser the longer it is. */
function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86400)]
  const two = (whole: number, unit: string, rest: number, small: string) =>
    `${whole}${unit}${rest ? `${rest}${small}` : ''}`
  if (seconds < -1) return '<invalid>'
  if (seconds < 120) return `${Math.max(seconds, 0)}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return two(days, 'd', hours % 24, 'h')
  return days < 730 ? `${days}d` : `${Math.floor(days / 365)}y`
}

const since = (time: unknown): string =>
  typeof time === 'string' ? humanDuration(Date.now() - Date.parse(time)) : '<unknown>'

const column = (name: string, cell: Column['cell'], rest: Partial<Column> = {}): Column => ({
  name,
  type: 'string',
  priority: 0,
  ...rest,
  cell,
})
const wide = (name: string, cell: Column['cell']): Column => column(name, cell, { priority: 1 })
const field = (name: string, ...path: string[]): Column => column(name, (object) => at(object, ...path) ?? '<none>')
const number = (name: string, ...path: string[]): Column =>
  column(name, (object) => at(object, ...path) ?? 0, { type: 'integer' })

const name = column('Name', ({ metadata }) => metadata.name, { format: 'name' })
const age = column('Age', ({ metadata }) => since(metadata.creationTimestamp))

const joined = (value: unknown): string =>
  Object.entries(fieldsOf(value))
    .map(([key, one]) => `${key}=${textOf(one)}`)
    .join(',') || '<none>'

const containers = (object: KubernetesObject) =>
  listOf(at(object, 'spec', 'template', 'spec', 'containers')).map(fieldsOf)
const workloadWide = [
  wide('Containers', (object) =>
    containers(object)
      .map((one) => one.name)
      .join(','),
  ),
  wide('Images', (object) =>
    containers(object)
      .map((one) => one.image)
      .join(','),
  ),
  wide('Selector', (object) => joined(at(object, 'spec', 'selector', 'matchLabels'))),
]

const statuses = (object: KubernetesObject) => listOf(at(object, 'status', 'containerStatuses')).map(fieldsOf)

function podState(object: KubernetesObject): unknown {
  if (object.metadata.deletionTimestamp) return 'Terminating'
  const waiting = statuses(object)
    .map((status) => at(status, 'state', 'waiting', 'reason'))
    .find(Boolean)
  return waiting ?? at(object, 'status', 'phase')
}

const pods: Column[] = [
  name,
  column(
    'Ready',
    (object) =>
      `${statuses(object).filter(({ ready }) => ready).length}/${listOf(at(object, 'spec', 'containers')).length}`,
  ),
  column('Status', podState),
  column(
    'Restarts',
    (object) => statuses(object).reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0),
    { type: 'string' },
  ),
  age,
  wide('IP', (object) => at(object, 'status', 'podIP') ?? '<none>'),
  wide('Node', (object) => at(object, 'spec', 'nodeName') ?? '<none>'),
  wide('Nominated Node', () => '<none>'),
  wide('Readiness Gates', () => '<none>'),
]

const servicePorts = (object: KubernetesObject): string =>
  listOf(at(object, 'spec', 'ports'))
    .map(fieldsOf)
    .map(
      ({ port, nodePort, protocol }) => `${textOf(port)}${nodePort ? `:${textOf(nodePort)}` : ''}/${textOf(protocol)}`,
    )
    .join(',') || '<none>'

function endpointsText(object: KubernetesObject): string {
  const all = listOf(object.subsets)
    .map(fieldsOf)
    .flatMap(({ addresses, ports }) =>
      listOf(ports).flatMap((port) =>
        listOf(addresses).map((address) => `${textOf(at(address, 'ip'))}:${textOf(at(port, 'port'))}`),
      ),
    )
  if (all.length === 0) return '<none>'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}

const ready = (object: KubernetesObject): string => {
  const condition = listOf(at(object, 'status', 'conditions'))
    .map(fieldsOf)
    .find(({ type }) => type === 'Ready')
  return condition?.status === 'True' ? 'Ready' : 'NotReady'
}
const nodeAddress = (type: string) => (object: KubernetesObject) =>
  listOf(at(object, 'status', 'addresses'))
    .map(fieldsOf)
    .find((one) => one.type === type)?.address ?? '<none>'

const byKey: Record<string, Column[]> = {
  '/pods': pods,
  '/services': [
    name,
    field('Type', 'spec', 'type'),
    field('Cluster-IP', 'spec', 'clusterIP'),
    column('External-IP', (object) => at(object, 'spec', 'externalName') ?? '<none>'),
    column('Port(s)', servicePorts),
    age,
    wide('Selector', (object) => joined(at(object, 'spec', 'selector'))),
  ],
  '/endpoints': [name, column('Endpoints', endpointsText), age],
  '/configmaps': [
    name,
    column('Data', (object) => Object.keys(fieldsOf(object.data)).length, { type: 'integer' }),
    age,
  ],
  '/secrets': [
    name,
    field('Type', 'type'),
    column('Data', (object) => Object.keys(fieldsOf(object.data)).length, { type: 'integer' }),
    age,
  ],
  '/serviceaccounts': [name, column('Secrets', (object) => listOf(object.secrets).length, { type: 'integer' }), age],
  '/namespaces': [name, field('Status', 'status', 'phase'), age],
  '/nodes': [
    name,
    column('Status', ready),
    column('Roles', () => '<none>'),
    age,
    field('Version', 'status', 'nodeInfo', 'kubeletVersion'),
    wide('Internal-IP', nodeAddress('InternalIP')),
    wide('External-IP', () => '<none>'),
    wide('OS-Image', (object) => at(object, 'status', 'nodeInfo', 'osImage')),
    wide('Kernel-Version', (object) => at(object, 'status', 'nodeInfo', 'kernelVersion')),
    wide('Container-Runtime', (object) => at(object, 'status', 'nodeInfo', 'containerRuntimeVersion')),
  ],
  '/events': [
    column('Last Seen', (object) => since(object.lastTimestamp)),
    field('Type', 'type'),
    field('Reason', 'reason'),
    column(
      'Object',
      ({ involvedObject }) =>
        `${textOf(at(involvedObject, 'kind')).toLowerCase()}/${textOf(at(involvedObject, 'name'))}`,
    ),
    wide('Source', (object) => at(object, 'source', 'component')),
    field('Message', 'message'),
    wide('First Seen', (object) => since(object.firstTimestamp)),
    wide('Count', (object) => at(object, 'count')),
    wide('Name', ({ metadata }) => metadata.name),
  ],
  'apps/deployments': [
    name,
    column(
      'Ready',
      (object) => `${textOf(at(object, 'status', 'readyReplicas') ?? 0)}/${textOf(at(object, 'spec', 'replicas'))}`,
    ),
    number('Up-to-date', 'status', 'updatedReplicas'),
    number('Available', 'status', 'availableReplicas'),
    age,
    ...workloadWide,
  ],
  'apps/replicasets': [
    name,
    number('Desired', 'spec', 'replicas'),
    number('Current', 'status', 'replicas'),
    number('Ready', 'status', 'readyReplicas'),
    age,
    ...workloadWide,
  ],
  'discovery.k8s.io/endpointslices': [
    name,
    field('AddressType', 'addressType'),
    column(
      'Ports',
      ({ ports }) =>
        listOf(ports)
          .map((port) => at(port, 'port'))
          .join(',') || '<unset>',
    ),
    column(
      'Endpoints',
      ({ endpoints }) =>
        listOf(endpoints)
          .flatMap((one) => listOf(at(one, 'addresses')))
          .join(',') || '<unset>',
    ),
    age,
  ],
}

const createdAt = column('Created At', ({ metadata }) => metadata.creationTimestamp, { type: 'date' })

/** `.spec.ports[0].name` and no more of JSONPath, which is what definitions use. */
function customColumn({ name: title, type, jsonPath, priority }: PrinterColumn): Column {
  const path = jsonPath
    .replace(/^\./, '')
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
  const read = (object: KubernetesObject) =>
    path.reduce<unknown>(
      (value, step) => (Array.isArray(value) ? (value as unknown[])[Number(step)] : at(value, step)),
      object,
    )
  return {
    name: title,
    type: type as Column['type'],
    priority: priority ? 1 : 0,
    cell: (object) => (type === 'date' ? since(read(object)) : (read(object) ?? null)),
  }
}

export function columnsOf(resource: Resource): Column[] {
  if (!resource.custom) return byKey[resource.key] ?? [name, createdAt]
  const own = resource.custom.columns.map(customColumn)
  return [name, ...(own.length > 0 ? own : [age])]
}
