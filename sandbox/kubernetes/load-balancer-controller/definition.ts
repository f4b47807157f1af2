import type { Fields } from '../object.ts'
import type { PrinterColumn } from '../resource.ts'
import type { Schema } from '../schema/schema.ts'
import type { Abilities } from './binding.ts'

/** The CustomResourceDefinition of TargetGroupBinding as the controller's chart brings it; field for field config/crd/bases of the release. */

const text: Schema = { type: 'string' }
const intOrString = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true } as Schema
const listOf = (items: Schema): Schema => ({ type: 'array', items })
const object = (properties: Record<string, Schema>, required?: string[]): Schema => ({
  type: 'object',
  properties,
  ...(required && { required }),
})

const networking = object({
  ingress: listOf(
    object(
      {
        from: listOf(
          object({ ipBlock: object({ cidr: text }, ['cidr']), securityGroup: object({ groupID: text }, ['groupID']) }),
        ),
        ports: listOf(object({ port: intOrString, protocol: { ...text, enum: ['TCP', 'UDP'] } })),
      },
      ['from', 'ports'],
    ),
  ),
})

const nodeSelector = object({
  matchExpressions: listOf(object({ key: text, operator: text, values: listOf(text) }, ['key', 'operator'])),
  matchLabels: { type: 'object', additionalProperties: text },
})

const serviceRef = object({ name: text, port: intOrString }, ['name', 'port'])
const targetType: Schema = { ...text, enum: ['instance', 'ip'] }
const status = object({ observedGeneration: { type: 'integer', format: 'int64' } })

function specOf(abilities: Abilities): Schema {
  return object(
    {
      ipAddressType: { ...text, enum: ['ipv4', 'ipv6'] },
      ...(abilities.multiCluster && { multiClusterTargetGroup: { type: 'boolean' } }),
      networking,
      nodeSelector,
      serviceRef,
      targetGroupARN: { ...text, minLength: 1 },
      targetType,
      ...(abilities.vpcId && { vpcID: text }),
    },
    ['serviceRef', 'targetGroupARN'],
  )
}

const oldSpec = object({ networking, serviceRef, targetGroupARN: text, targetType }, ['serviceRef', 'targetGroupARN'])

const columns: PrinterColumn[] = [
  {
    name: 'SERVICE-NAME',
    type: 'string',
    jsonPath: '.spec.serviceRef.name',
    description: "The Kubernetes Service's name",
  },
  {
    name: 'SERVICE-PORT',
    type: 'string',
    jsonPath: '.spec.serviceRef.port',
    description: "The Kubernetes Service's port",
  },
  {
    name: 'TARGET-TYPE',
    type: 'string',
    jsonPath: '.spec.targetType',
    description: "The AWS TargetGroup's TargetType",
  },
  {
    name: 'ARN',
    type: 'string',
    jsonPath: '.spec.targetGroupARN',
    priority: 1,
    description: "The AWS TargetGroup's Amazon Resource Name",
  },
  { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
]

function versionOf(name: string, storage: boolean, spec: Schema): Fields {
  const openAPIV3Schema = object({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status })
  return {
    name,
    served: true,
    storage,
    additionalPrinterColumns: columns,
    schema: { openAPIV3Schema },
    subresources: { status: {} },
  }
}

export function bindingDefinition(abilities: Abilities): Fields {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'targetgroupbindings.elbv2.k8s.aws' },
    spec: {
      group: 'elbv2.k8s.aws',
      scope: 'Namespaced',
      names: {
        kind: 'TargetGroupBinding',
        listKind: 'TargetGroupBindingList',
        plural: 'targetgroupbindings',
        singular: 'targetgroupbinding',
      },
      versions: [versionOf('v1alpha1', false, oldSpec), versionOf('v1beta1', true, specOf(abilities))],
    },
  }
}
