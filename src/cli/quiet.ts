/**
 * Keeps libraries from printing what they do. With `DEBUG=*` or `DIAGNOSTICS=*` winston prints to stdout, where
 * documents are, and clients print requests, whose credentials nobody masks. Entry points import this before anything
 * else.
 * @module
 */

for (const name of ['DEBUG', 'DIAGNOSTICS']) Reflect.deleteProperty(process.env, name)
