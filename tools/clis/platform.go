package main

import "runtime"

// executableSuffix ends the names of programs.
var executableSuffix = map[string]string{"windows": ".exe"}[runtime.GOOS]
