//go:build !race

package transport

// mostMemory is what one reply may allocate in a test.
const mostMemory = 6 * maxReply
