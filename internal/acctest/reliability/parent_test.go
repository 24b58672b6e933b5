//go:build unix

package reliability_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// A provider whose Terraform is killed ends too. A request that has been sent gets its reply first; nothing follows it.
// That holds with a log, whose reader is gone as well, and without one.
func TestParentKilled(t *testing.T) {
	t.Parallel()
	subject := subjects()[3] // one is enough: it is the same code for every vendor
	for name, log := range map[string]string{"with a log": "TRACE", "without a log": ""} {
		t.Run(name+", while a create is under way", func(t *testing.T) {
			t.Parallel()
			w := subject.open(t, 0)
			arrived, goOn := make(chan struct{}), make(chan struct{})
			release := sync.OnceFunc(func() { close(goOn) })
			defer release()
			w.server.Inject(mockserver.Fault{On: subject.post, Times: 1, Before: func() { close(arrived); <-goOn }})
			pid := killed(t, w, subject, log, arrived)
			time.Sleep(3 * time.Second) // longer than the provider takes to notice
			if !running(t, pid) {
				t.Error("the provider has not waited for the reply")
			}
			release()
			ends(t, pid)
			if ids := w.named("acme"); len(ids) != 1 || w.server.Count(subject.step) > 0 {
				t.Errorf("the vendor has %v, and %d requests followed", ids, w.server.Count(subject.step))
			}
		})
		t.Run(name+", while nothing is under way", func(t *testing.T) {
			t.Parallel()
			w := subject.open(t, 0)
			arrived := make(chan struct{})
			w.server.Inject(mockserver.Fault{
				On: subject.post, Status: 429, Header: http.Header{"Retry-After": {"300"}}, Before: sync.OnceFunc(func() { close(arrived) }),
			})
			ends(t, killed(t, w, subject, log, arrived))
		})
	}
}

// killed starts an apply, kills Terraform once the create has arrived, and returns the provider's process.
func killed(t *testing.T, w *world, s subject, log string, arrived <-chan struct{}) (pid int) {
	t.Helper()
	env := acctest.Environment{"TF_LOG_PROVIDER": log}
	maps.Copy(env, w.env)
	c := acctest.NewCLI(t, env)
	document, err := json.Marshal(Values{
		"resource": Values{s.typeName: Values{"x": acctest.With(s.called("acme", s.followUp), Values{"provider": "accounts"})}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Write("main.tf.json", string(document))
	terraform := c.Command("apply", "-auto-approve")
	if err := terraform.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	pid = childOf(t, terraform.Process.Pid)
	if err := terraform.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = terraform.Wait() // it was killed
	return pid
}

// processes are all processes: the id of each, that of its parent, and its state.
func processes(t *testing.T) (all [][]string) {
	t.Helper()
	listed, err := exec.CommandContext(t.Context(), "ps", "-A", "-o", "pid=,ppid=,stat=").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(listed)) {
		all = append(all, strings.Fields(line))
	}
	return all
}

// childOf is the one process that another one has started.
func childOf(t *testing.T, parent int) int {
	t.Helper()
	found := 0
	for _, p := range processes(t) {
		if len(p) == 3 && p[1] == strconv.Itoa(parent) {
			found, _ = strconv.Atoi(p[0])
		}
	}
	if found == 0 {
		t.Fatal("Terraform has started no provider")
	}
	return found
}

// running reports whether a process is alive. One that has ended and that nobody has asked about isn't.
func running(t *testing.T, pid int) bool {
	t.Helper()
	for _, p := range processes(t) {
		if len(p) == 3 && p[0] == strconv.Itoa(pid) {
			return !strings.HasPrefix(p[2], "Z")
		}
	}
	return false
}

// ends waits for the end of a process, which must come soon.
func ends(t *testing.T, pid int) {
	t.Helper()
	at := time.Now()
	until(t, "the provider to end", func() bool { return !running(t, pid) })
	if took := time.Since(at); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}
