package main

import "testing"

func TestLogged(t *testing.T) {
	t.Parallel()
	for variable, want := range map[string]bool{
		"TF_LOG=DEBUG": true, "TF_LOG_PROVIDER=WARN": true, "TF_LOG_SDK_PROTO=TRACE": true, "TF_LOG_PROVIDER_ACCOUNTS=INFO": true,
		"TF_LOG=": false, "TF_INPUT=0": false, "PATH=TF_LOG=TRACE": false,
	} {
		if got := logged([]string{"HOME=/root", variable}); got != want {
			t.Errorf("%s: %t", variable, got)
		}
	}
}
