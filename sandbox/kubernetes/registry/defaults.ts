import { fieldsOf, isFields, listOf, type Draft, type Fields } from '../object.ts'

/** Sets members that are not there yet. The drafts are the caller's own copies, so they are changed in place. */
export function fill(target: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) target[name] ??= value
}

/** The object at a member, made if it is missing. */
export function section(target: Fields, name: string): Fields {
  const existing = target[name]
  if (isFields(existing)) return existing
  const made: Fields = {}
  target[name] = made
  return made
}

const items = (value: unknown): Fields[] => listOf(value).filter(isFields)

function pullPolicy(image: unknown): string {
  const tag = /:([^:/]+)$/.exec(typeof image === 'string' ? image : '')?.[1]
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent'
}

function container(target: Fields): void {
  fill(target, {
    imagePullPolicy: pullPolicy(target.image),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  for (const port of items(target.ports)) fill(port, { protocol: 'TCP' })
  for (const kind of ['readinessProbe', 'livenessProbe', 'startupProbe']) {
    const probe = target[kind]
    if (!isFields(probe)) continue
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
    if (isFields(probe.httpGet)) fill(probe.httpGet, { path: '/', scheme: 'HTTP' })
  }
}

function podSpec(spec: Fields): void {
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  })
  for (const one of [...items(spec.containers), ...items(spec.initContainers)]) container(one)
}

function template(spec: Fields): void {
  podSpec(section(section(spec, 'template'), 'spec'))
}

function deployment({ spec }: Draft): void {
  const target = fieldsOf(spec)
  fill(target, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 })
  const strategy = section(target, 'strategy')
  fill(strategy, { type: 'RollingUpdate' })
  if (strategy.type === 'RollingUpdate')
    fill(section(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' })
  template(target)
}

function replicaSet({ spec }: Draft): void {
  const target = fieldsOf(spec)
  fill(target, { replicas: 1 })
  template(target)
}

function pod({ spec }: Draft): void {
  const target = fieldsOf(spec)
  podSpec(target)
  fill(target, { enableServiceLinks: true })
}

function service({ spec }: Draft): void {
  const target = fieldsOf(spec)
  fill(target, { type: 'ClusterIP', sessionAffinity: 'None' })
  if (target.type !== 'ExternalName') fill(target, { internalTrafficPolicy: 'Cluster' })
  if (target.type === 'NodePort' || target.type === 'LoadBalancer') fill(target, { externalTrafficPolicy: 'Cluster' })
  if (target.type === 'LoadBalancer') fill(target, { allocateLoadBalancerNodePorts: true })
  for (const port of items(target.ports)) fill(port, { protocol: 'TCP', targetPort: port.port })
}

function secret(draft: Draft): void {
  fill(draft, { type: 'Opaque' })
  // Write-only: the API server moves the plain strings into data.
  for (const [name, text] of Object.entries(fieldsOf(draft.stringData))) {
    section(draft, 'data')[name] = Buffer.from(String(text)).toString('base64')
  }
  delete draft.stringData
}

function namespace({ metadata }: Draft): void {
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name ?? '' }
}

function definition({ spec }: Draft): void {
  const target = fieldsOf(spec)
  fill(target, { conversion: { strategy: 'None' } })
  const names = fieldsOf(target.names)
  const kind = String(names.kind)
  fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` })
}

function endpoints({ subsets }: Draft): void {
  for (const subset of items(subsets)) for (const port of items(subset.ports)) fill(port, { protocol: 'TCP' })
}

const byKey: Record<string, (draft: Draft) => void> = {
  'apps/deployments': deployment,
  'apps/replicasets': replicaSet,
  '/pods': pod,
  '/services': service,
  '/secrets': secret,
  '/namespaces': namespace,
  '/endpoints': endpoints,
  'apiextensions.k8s.io/customresourcedefinitions': definition,
}

/** What the API server fills in when it decodes an object of a built-in kind. Changes `draft`. */
export function setDefaults(key: string, draft: Draft): void {
  byKey[key]?.(draft)
}
