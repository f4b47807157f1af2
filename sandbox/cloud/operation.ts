import type { World } from './world.ts'

/** Who called and how; a handler that needs none of it leaves the parameter out. */
export interface Call {
  readonly accessKeyId: string
  readonly requestId: string
}

/** One operation of one service: the AWS SDK's own input and output types, nothing of the wire. Throws AwsError. */
export type Operation<Input, Output> = (
  world: World,
  input: Input,
  call: Call,
) => Omit<Output, '$metadata'> | Promise<Omit<Output, '$metadata'>>

/** The operations that a service serves, by their AWS names. Whatever is missing is answered as AWS answers an unknown operation. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each handler is typed where it is written; the table is looked up by name
export type Operations = Readonly<Record<string, Operation<any, any>>>
