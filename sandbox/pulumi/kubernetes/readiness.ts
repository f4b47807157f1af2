import { isObject, isPresent, type Properties, type Value } from '../properties.ts'
import { annotation, isAnnotated, metadataOf, textOf, type KubernetesObject } from './objects.ts'

/** When a new or changed object counts as ready. An answer that is no `true` says what is missing. */
export type Condition = (live: KubernetesObject) => true | string

const always: Condition = () => true

/** The annotations decide; without them a few kinds have a condition of their own, others none. */
export function readyCondition(inputs: KubernetesObject): Condition {
  if (isAnnotated(inputs, 'pulumi.com/skipAwait')) return always
  const waitFor = annotation(inputs, 'pulumi.com/waitFor')
  if (waitFor !== '') return all(expressionsOf(waitFor).map(parseExpression))
  return builtIn[`${textOf(inputs.apiVersion)}/${textOf(inputs.kind)}`] ?? always
}

/** One expression, or a JSON list of them that must all hold. */
function expressionsOf(waitFor: string): string[] {
  try {
    const parsed = JSON.parse(waitFor) as unknown
    if (Array.isArray(parsed)) return parsed.map(String)
  } catch {
    // No JSON, so it is one expression.
  }
  return [waitFor]
}

function all(conditions: Condition[]): Condition {
  if (conditions.length === 0) throw new Error('at least one condition must be specified')
  return (live) => conditions.map((condition) => condition(live)).find((answer) => answer !== true) ?? true
}

function parseExpression(expression: string): Condition {
  const [, kind, rest = ''] = /^(jsonpath|condition)=(.*)$/s.exec(expression) ?? []
  if (kind === 'jsonpath') return parseJsonPath(rest)
  if (kind === 'condition') return parseCondition(rest)
  throw new Error(`expected a "jsonpath=" or "condition=" prefix, got "${expression}"`)
}

/** `{.status.phase}=Running`, or a path alone that must lead somewhere. */
function parseJsonPath(expression: string): Condition {
  const [, path, wanted] = /^\{\s*\$?(.*?)\s*\}(?:=(.+))?$/s.exec(expression) ?? []
  if (path === undefined) throw new Error(`${expression} should be wrapped in brackets { ... }`)
  const steps = stepsOf(path)
  return (live) => {
    if (isStale(live)) return `Waiting for {${path}}`
    const found = steps.reduce<Value | undefined>(follow, live)
    if (!isPresent(found)) return `{${path}} selected nothing`
    if (wanted === undefined) return true
    if (typeof found === 'object') throw new Error(`"{${path}}" has a non-primitive value`)
    return String(found) === wanted ? true : `Waiting for {${path}}=${wanted} (found "${String(found)}")`
  }
}

type Step = string | number | { name: string; value: string }

/** Members, indexes and the filter `[?(@.type=="Ready")]`: what people write in a wait. */
function stepsOf(path: string): Step[] {
  const pattern = /\.([\w-]+|"[^"]+")|\[(\d+)\]|\['([^']+)'\]|\[\?\(@\.([\w-]+)\s*==\s*["']([^"']*)["']\)\]/g
  return [...path.matchAll(pattern)].map(([, member, index, quoted, name, value = '']) => {
    if (index !== undefined) return Number(index)
    return name === undefined ? (quoted ?? member ?? '').replaceAll('"', '') : { name, value }
  })
}

function follow(value: Value | undefined, step: Step): Value | undefined {
  if (typeof step === 'object')
    return Array.isArray(value) ? value.find((each) => isObject(each) && each[step.name] === step.value) : undefined
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined
  return isObject(value) ? value[step] : undefined
}

/** `Ready`, or `Ready=False`. */
function parseCondition(expression: string): Condition {
  const [type = '', status = 'True'] = expression.split('=')
  return (live) =>
    !isStale(live) && conditionOf(live, type)?.status === status
      ? true
      : `Waiting for condition "${type}" to be "${status}"`
}

/** The controller has not seen the latest change yet. */
function isStale(live: KubernetesObject): boolean {
  const { observedGeneration } = statusOf(live)
  const { generation } = metadataOf(live)
  return typeof observedGeneration === 'number' && typeof generation === 'number' && observedGeneration < generation
}

const builtIn: Readonly<Record<string, Condition>> = {
  'apiextensions.k8s.io/v1/CustomResourceDefinition': parseCondition('Established'),
  'apps/v1/Deployment': (live) => {
    const { replicas = 1 } = isObject(live.spec) ? live.spec : {}
    const { updatedReplicas = 0, availableReplicas = 0, observedGeneration } = statusOf(live)
    if (observedGeneration === undefined || isStale(live)) return 'Waiting for app ReplicaSet be marked available'
    return Number(updatedReplicas) >= Number(replicas) && Number(availableReplicas) >= Number(replicas)
      ? true
      : `Minimum number of live Pods was not attained (${Number(availableReplicas)}/${Number(replicas)})`
  },
  'v1/Pod': (live) =>
    conditionOf(live, 'Ready')?.status === 'True' || statusOf(live).phase === 'Succeeded'
      ? true
      : `Pod is not ready (${textOf(statusOf(live).phase)})`,
  'v1/Service': (live) => {
    const { type } = isObject(live.spec) ? live.spec : {}
    const { loadBalancer } = statusOf(live)
    if (type !== 'LoadBalancer') return true
    return isObject(loadBalancer) && Array.isArray(loadBalancer.ingress) && loadBalancer.ingress.length > 0
      ? true
      : 'Service was not allocated an IP address; does your cloud provider support this?'
  },
}

function statusOf(live: KubernetesObject): Properties {
  return isObject(live.status) ? live.status : {}
}

function conditionOf(live: KubernetesObject, type: string): Properties | undefined {
  const { conditions } = statusOf(live)
  return Array.isArray(conditions)
    ? conditions.filter(isObject).find((condition) => condition.type === type)
    : undefined
}
