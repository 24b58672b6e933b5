package main

import "os"

// awaitParent returns when the process that started this one has ended. Ids of processes are used again, so that it holds
// a handle. Where there is none to be had, it never returns.
func awaitParent() {
	if parent, err := os.FindProcess(os.Getppid()); err == nil {
		if _, err := parent.Wait(); err == nil {
			return
		}
	}
	select {}
}
