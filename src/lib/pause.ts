/** Waits. Also where the code runs outside of Workers, as in the simulator. */
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
