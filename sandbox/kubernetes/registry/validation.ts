import { at, equal, fieldsOf, isFields, listOf, type Draft, type Fields } from '../object.ts'
import type { Resource } from '../resource.ts'
import { invalidValue, notSupported, required, type FieldError } from '../status-error.ts'
import { selects } from '../store/selectors.ts'

/** Checks of the API server that the sandbox makes itself: names, and what would otherwise mislead a reader of our objects. */

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = new RegExp(`^${label}(\\.${label})*$`)

const subdomainWords =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const labelWords =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const serviceWords =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

interface NameRule {
  pattern: RegExp
  limit: number
  words: string
}

const nameRules: Record<string, NameRule> = {
  '/namespaces': { pattern: new RegExp(`^${label}$`), limit: 63, words: labelWords },
  '/services': { pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/, limit: 63, words: serviceWords },
}
const anyName: NameRule = { pattern: subdomain, limit: 253, words: subdomainWords }

function nameErrors({ key }: Resource, { metadata }: Draft): FieldError[] {
  const { pattern, limit, words } = nameRules[key] ?? anyName
  const name = metadata.name ?? ''
  if (name === '') return [required('metadata.name', 'name or generateName is required')]
  if (name.length > limit) return [invalidValue('metadata.name', name, `must be no more than ${limit} characters`)]
  return pattern.test(name) ? [] : [invalidValue('metadata.name', name, words)]
}

function containerErrors(spec: Fields, path: string): FieldError[] {
  const containers = listOf(spec.containers)
  if (containers.length === 0) return [required(`${path}.containers`)]
  return containers.flatMap((one, index) => {
    const where = `${path}.containers[${index}]`
    const { name, image } = fieldsOf(one)
    return [...(name ? [] : [required(`${where}.name`)]), ...(image ? [] : [required(`${where}.image`)])]
  })
}

/** A map as Go prints it, for that is what the messages show. */
function goMap(labels: Record<string, string> | undefined): string {
  if (!labels) return 'map[string]string(nil)'
  const pairs = Object.entries(labels).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `map[string]string{${pairs.join(', ')}}`
}

function workloadErrors({ spec }: Draft, before: Draft | undefined): FieldError[] {
  const selector = at(spec, 'selector')
  const labels = at(spec, 'template', 'metadata', 'labels') as Record<string, string> | undefined
  const replicas = at(spec, 'replicas')
  const errors: FieldError[] = []
  if (typeof replicas === 'number' && replicas < 0) {
    errors.push(invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'))
  }
  if (!isFields(selector)) errors.push(required('spec.selector'))
  if (!isFields(selector) || !selects(selector, labels)) {
    const field = 'spec.template.metadata.labels'
    const message = `Invalid value: ${goMap(labels)}: \`selector\` does not match template \`labels\``
    errors.push({ type: 'FieldValueInvalid', field, message })
  }
  if (before && !equal(at(before.spec, 'selector'), selector)) {
    errors.push(invalidValue('spec.selector', selector, 'field is immutable'))
  }
  return [...errors, ...containerErrors(fieldsOf(at(spec, 'template', 'spec')), 'spec.template.spec')]
}

function serviceErrors({ spec }: Draft, before: Draft | undefined): FieldError[] {
  const ports = listOf(at(spec, 'ports')).map(fieldsOf)
  const type = at(spec, 'type')
  const errors: FieldError[] = []
  if (!['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'].includes(String(type))) {
    errors.push(notSupported('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']))
  }
  if (ports.length === 0 && type !== 'ExternalName' && at(spec, 'clusterIP') !== 'None')
    errors.push(required('spec.ports'))
  for (const [index, { name, port }] of ports.entries()) {
    const where = `spec.ports[${index}]`
    if (ports.length > 1 && !name) errors.push(required(`${where}.name`))
    if (typeof port !== 'number' || port < 1 || port > 65535) {
      errors.push(invalidValue(`${where}.port`, port, 'must be between 1 and 65535, inclusive'))
    }
  }
  const address = at(before?.spec, 'clusterIP')
  if (address && type !== 'ExternalName' && at(spec, 'clusterIP') !== address) {
    errors.push(invalidValue('spec.clusterIPs[0]', at(spec, 'clusterIP'), 'field is immutable'))
  }
  return errors
}

/** What a running pod may still change; the API server refuses every other change of its spec. */
function podErrors({ spec }: Draft, before: Draft | undefined): FieldError[] {
  const changeable = (fields: unknown): Fields => {
    const {
      activeDeadlineSeconds: _a,
      terminationGracePeriodSeconds: _g,
      tolerations: _t,
      nodeName: _n,
      containers,
      ...rest
    } = fieldsOf(fields)
    return { ...rest, containers: listOf(containers).map((one) => ({ ...fieldsOf(one), image: '' })) }
  }
  const errors = containerErrors(fieldsOf(spec), 'spec')
  if (before && !equal(changeable(spec), changeable(before.spec))) {
    errors.push({
      type: 'FieldValueForbidden',
      field: 'spec',
      message:
        'Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations) or `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    })
  }
  return errors
}

function definitionErrors({ metadata, spec }: Draft): FieldError[] {
  const name = `${String(at(spec, 'names', 'plural'))}.${String(at(spec, 'group'))}`
  const versions = listOf(at(spec, 'versions')).map(fieldsOf)
  const needed = ['group', 'scope', 'names.plural', 'names.kind']
  const errors = needed.filter((path) => !at(spec, ...path.split('.'))).map((path) => required(`spec.${path}`))
  if (metadata.name !== name)
    errors.push(invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'))
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.push(
      invalidValue(
        'spec.versions',
        versions.map((version) => version.name),
        'must have exactly one version marked as storage version',
      ),
    )
  }
  versions.forEach(({ schema }, index) => {
    if (!at(schema, 'openAPIV3Schema'))
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'))
  })
  return errors
}

const byKey: Record<string, (draft: Draft, before: Draft | undefined) => FieldError[]> = {
  'apps/deployments': workloadErrors,
  'apps/replicasets': workloadErrors,
  '/services': serviceErrors,
  '/pods': podErrors,
  'apiextensions.k8s.io/customresourcedefinitions': definitionErrors,
}

export function errorsOf(resource: Resource, draft: Draft, before: Draft | undefined): FieldError[] {
  return [...(before ? [] : nameErrors(resource, draft)), ...(byKey[resource.key]?.(draft, before) ?? [])]
}
