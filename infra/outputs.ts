import { Type, type TObject } from 'typebox'
import { clusterOutputsSchema } from './cluster/outputs.ts'
import { kindOf, kinds, type KindName } from './workloads/kinds.ts'
import { outputsOf, outputsVersion } from './workloads/outputs.ts'

/** One for each thing that a workload's stack may export: of most kinds one, of some several. */
export const workloadOutputsSchemas: readonly TObject[] = Object.keys(kinds).flatMap((name) => {
  const { exportsToo = [{}] } = kindOf(name as KindName)
  return exportsToo.map((more) => outputsOf(name, more))
})

const description =
  'The output `cutover` of the stack. `#/$defs/stack` and `#/$defs/cluster`: `pulumi stack output --json`.'

/**
 * For publishing, as JSON Schema: what a workload exports, and beside it what the CLI shows of its stack and of green's cluster,
 * whose kubeconfig is a secret that only the stack has.
 */
export const publishedOutputs = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:eks-cutover:outputs:${outputsVersion}`,
  title: "Outputs of a workload's stack",
  description,
  anyOf: workloadOutputsSchemas,
  $defs: {
    stack: {
      type: 'object',
      required: ['cutover'],
      properties: { cutover: { $ref: '#' } },
      additionalProperties: false,
    },
    cluster: Type.Object(
      { ...clusterOutputsSchema.properties, kubeconfig: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
  },
} as const
