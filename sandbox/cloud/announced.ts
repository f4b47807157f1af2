import type { Operation, Operations } from './operation.ts'

/** Writes whose effect the data plane follows, each before its caller has the answer. */
export const announced = (writes: Operations): Operations =>
  Object.fromEntries(Object.entries(writes).map(([name, write]) => [name, announce(write)]))

const announce = (write: Operation<unknown, unknown>): Operation<unknown, unknown> => {
  return async (world, input, call) => {
    const output = await write(world, input, call)
    world.events.emit('changed')
    return output
  }
}
