//go:build race

package transport

// mostMemory is what one reply may allocate in a test; the race detector allocates more than a plain run.
const mostMemory = 10 * maxReply
