import { at, textOf, type KubernetesObject } from '../object.ts'
import { badRequest, type StatusError } from '../status-error.ts'
import type { LabelSelector } from '../types.ts'

export type Matcher = (object: KubernetesObject<unknown>) => boolean

const everything: Matcher = () => true

type Labels = Record<string, string>

function labelRequirement(text: string): (labels: Labels) => boolean {
  const set = /^\s*([^\s!=,()]+)\s+(in|notin)\s+\(([^()]*)\)\s*$/.exec(text)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    const within = ({ [key]: value }: Labels) => value !== undefined && values.includes(value)
    return operator === 'in' ? within : (labels) => !within(labels)
  }
  const comparison = /^\s*([^\s!=,()]+)\s*(==?|!=)\s*([^\s!=,()]*)\s*$/.exec(text)
  if (comparison) {
    const [, key = '', operator, value] = comparison
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  const presence = /^\s*(!?)\s*([^\s!=,()]+)\s*$/.exec(text)
  if (presence) {
    const [, not, key = ''] = presence
    return not ? (labels) => labels[key] === undefined : (labels) => labels[key] !== undefined
  }
  throw badRequest(`unable to parse requirement: ${JSON.stringify(text)}`)
}

/** A `labelSelector` parameter: `app=web,tier in (a,b),!legacy`. */
export function parseLabelSelector(text: string | undefined): Matcher {
  if (!text?.trim()) return everything
  // Commas part requirements, but not those within a set's brackets.
  const requirements = text.split(/,(?![^(]*\))/).map(labelRequirement)
  return (object) => requirements.every((holds) => holds(object.metadata.labels ?? {}))
}

/** The selector of a workload or a service, on labels alone. */
export function selects(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  const pairs = Object.entries(selector?.matchLabels ?? {})
  const expressions = selector?.matchExpressions ?? []
  return (
    pairs.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value)
        case 'NotIn':
          return value === undefined || !values.includes(value)
        case 'Exists':
          return value !== undefined
        case 'DoesNotExist':
          return value === undefined
      }
    })
  )
}

/** The fields beside name and namespace that each resource lets a client select by. */
const selectable: Record<string, string[]> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'status.phase',
    'status.podIP',
  ],
  '/events': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'type',
    'source',
    'reportingComponent',
  ],
  '/namespaces': ['status.phase'],
  '/secrets': ['type'],
  '/nodes': ['spec.unschedulable'],
}

function unknownField(field: string, { key, custom }: { key: string; custom?: unknown }): StatusError {
  if (selectable[key] || custom) return badRequest(`field label not supported: ${field}`)
  return badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

/** A `fieldSelector` parameter: `metadata.name=web,status.phase!=Running`. */
export function parseFieldSelector(text: string | undefined, resource: { key: string; custom?: unknown }): Matcher {
  if (!text?.trim()) return everything
  const allowed = ['metadata.name', 'metadata.namespace', ...(selectable[resource.key] ?? [])]
  const requirements = text.split(',').map((requirement) => {
    const match = /^\s*([^=!\s]+)\s*(==?|!=)\s*(.*?)\s*$/.exec(requirement)
    if (!match) throw badRequest(`invalid field selector: ${JSON.stringify(text)}`)
    const [, field = '', operator, wanted] = match
    if (!allowed.includes(field)) throw unknownField(field, resource)
    const path = field === 'source' ? ['source', 'component'] : field.split('.')
    return (object: KubernetesObject<unknown>) => {
      return (textOf(at(object, ...path)) === wanted) === (operator !== '!=')
    }
  })
  return (object) => requirements.every((holds) => holds(object))
}
