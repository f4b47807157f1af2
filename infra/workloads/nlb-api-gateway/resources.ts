import type * as pulumi from '@pulumi/pulumi'

/** What the resources of an API tell the rest of the program. */
export interface ApiResources {
  readonly deployment: {
    readonly id: pulumi.Output<string>
    readonly description: pulumi.Output<string | undefined>
  } | null
  readonly testStage: pulumi.Output<string> | null
}
