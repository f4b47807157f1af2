import { Type } from 'typebox'
import type { ClusterView } from '../../automation/cluster/view.ts'
import { clusterOutputsSchema } from '../../infra/cluster/outputs.ts'
import { clusterStates, nullableString } from './common.ts'
import { showOperation } from './operation.ts'

/** What another release left in the journal is answered as it stands there. */
const outputsSchema = Type.Object(clusterOutputsSchema.properties, {
  additionalProperties: true,
  description: "The stack's outputs, but for the kubeconfig, which is secret there.",
})

export const clusterSchema = Type.Object(
  {
    migration: Type.String(),
    cluster: Type.String(),
    state: Type.Union(clusterStates.map((state) => Type.Literal(state))),
    version: Type.Object({ wanted: nullableString, built: nullableString }),
    addons: Type.Record(Type.String(), Type.String()),
    outputs: Type.Union([outputsSchema, Type.Null()]),
    operation: Type.Union([Type.Ref('Operation'), Type.Null()]),
    sentence: Type.String(),
  },
  { $id: 'Cluster' },
)

export const showCluster = (view: ClusterView) => ({
  ...view,
  addons: { ...view.addons },
  outputs: view.outputs && { ...view.outputs, autoScalingGroups: [...view.outputs.autoScalingGroups] },
  operation: view.operation && showOperation(view.operation),
})
