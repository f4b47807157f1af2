import { Ajv2020 } from 'ajv/dist/2020.js'
import { publishedOutputs } from '../../infra/outputs.ts'

/** As it is published; test/docs sees to it that the file says the same. */
export const published = JSON.parse(JSON.stringify(publishedOutputs)) as { readonly $id: string }

const ajv = new Ajv2020({ strict: true, allErrors: true }).addSchema(published)

const faultsBy =
  (reference: string) =>
  (document: unknown): readonly string[] => {
    const validate = ajv.getSchema(`${published.$id}${reference}`)
    if (!validate) throw new Error(`the published schema has no ${reference}`)
    if (validate(document) === true) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }

/** What is wrong with what a workload exports; [] when it is as published. */
export const faultsOfOutputs = faultsBy('')

/** The same of what `pulumi stack output --json` prints for a workload's stack, and for the stack of green's cluster. */
export const faultsOfStack = faultsBy('#/$defs/stack')
export const faultsOfCluster = faultsBy('#/$defs/cluster')
