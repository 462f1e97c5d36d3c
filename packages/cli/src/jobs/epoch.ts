/** Now, in milliseconds since 1970 but as fine as the clock that times: the same in a page as in the process that opened it. */
export const epochMs = (): number => performance.timeOrigin + performance.now();
