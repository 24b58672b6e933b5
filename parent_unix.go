//go:build !windows

package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// awaitParent returns when the process that started this one has ended: another one is the parent then. A line of the log,
// which nobody reads any more, must not end the process before that is noticed.
func awaitParent() {
	signal.Ignore(syscall.SIGPIPE)
	for parent := os.Getppid(); os.Getppid() == parent; {
		time.Sleep(time.Second)
	}
}
