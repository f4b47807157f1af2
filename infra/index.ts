import { runProgram } from './programs.ts'

/**
 * The entry of `pulumi up`, `preview` and `refresh` by hand. The stack's config says which program runs and all that it needs:
 * `program: workload` moves one workload (programs.ts has the table). The service runs the same programs with the same config.
 * A default export, because Pulumi calls a function only when it is one; what it returns are the stack's outputs.
 */
export default function run() {
  return runProgram('hand')
}
