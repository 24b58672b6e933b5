//go:build unix

package reliability_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cloud-accounts/terraform-provider-accounts/internal/acctest"
	"github.com/cloud-accounts/terraform-provider-accounts/internal/mockapi/mockserver"
)

// run is a terraform command under way, with provider and core logging to log.
type run struct {
	cmd    *exec.Cmd
	output *safeBuffer
	log    string
	done   chan error
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// cli returns a folder with an account of this configuration, and the path of Terraform's log.
func (w *world) cli(t *testing.T, s subject, config Values) (*acctest.CLI, string) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log")
	env := acctest.Environment{"TF_LOG_CORE": "DEBUG", "TF_LOG_PROVIDER": "TRACE", "TF_LOG_PATH": log}
	maps.Copy(env, w.env)
	c := acctest.NewCLI(t, env)
	document, err := json.Marshal(Values{"resource": Values{s.typeName: Values{"x": acctest.With(config, Values{"provider": "accounts"})}}})
	if err != nil {
		t.Fatal(err)
	}
	c.Write("main.tf.json", string(document))
	return c, log
}

// apply starts terraform apply in a process group of its own, as a shell does.
func apply(t *testing.T, c *acctest.CLI, log string) *run {
	t.Helper()
	r := &run{cmd: c.Command("apply", "-auto-approve"), output: &safeBuffer{}, log: log, done: make(chan error, 1)}
	r.cmd.Stdout, r.cmd.Stderr = r.output, r.output
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	return r
}

// until waits for something that another process does.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still waiting for %s", what)
		}
	}
}

// logged reports whether the log holds text.
func (r *run) logged(text string) bool {
	raw, err := os.ReadFile(r.log)
	return err == nil && bytes.Contains(raw, []byte(text))
}

var pluginStarted = regexp.MustCompile(`plugin started: path=\S*terraform-provider-accounts pid=(\d+)`)

// kill ends the provider that terraform has started last, without a warning.
func (r *run) kill(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile(r.log)
	if err != nil {
		t.Fatal(err)
	}
	started := pluginStarted.FindAllSubmatch(raw, -1)
	if len(started) == 0 {
		t.Fatal("the log names no process of the provider")
	}
	pid, err := strconv.Atoi(string(started[len(started)-1][1]))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// Ctrl-C while a create is under way cuts nothing off: what it makes reaches the state. Nothing new begins; the next
// apply does what is left.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if s.member {
			return // as without a reseller's view
		}
		w := s.open(t, 0)
		c, log := w.cli(t, s, s.called("acme", s.followUp))
		arrived, goOn := make(chan struct{}), make(chan struct{})
		w.server.Inject(mockserver.Fault{On: s.post, Times: 1, Before: func() { close(arrived); <-goOn }})
		r := apply(t, c, log)
		release := sync.OnceFunc(func() { close(goOn) })
		defer release()
		select {
		case <-arrived:
		case err := <-r.done:
			t.Fatalf("%v\n%s", err, r.output)
		}
		// A terminal sends the signal to the whole group.
		if err := syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		until(t, "the provider to be told", func() bool { return r.logged("tf_rpc=StopProvider") })
		release()
		t.Logf("Terraform ended: %v", <-r.done) // with a failure or without one: it says that it was interrupted

		state := c.State(s.typeName + ".x")
		if ids := w.named("acme"); state == nil || state.Tainted || len(ids) != 1 || state.AttributeValues["id"] != ids[0] {
			t.Fatalf("the vendor has %v, the state %+v\n%s", w.named("acme"), state, r.output)
		}
		if s.step != "" && w.server.Count(s.step) > 0 {
			t.Errorf("%d requests followed\n%s", w.server.Count(s.step), r.output)
		}
		c.OK("apply", "-auto-approve")
		if s.step != "" && w.server.Count(s.step) == 0 {
			t.Error("the next apply did not finish it")
		}
		w.posts(t, s, 1, 1)
	})
}

// A provider that is killed between request and answer saves nothing. The next apply makes no second account, and names
// the first.
func TestKill(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if s.member {
			return
		}
		w := s.open(t, 0)
		c, log := w.cli(t, s, s.called("acme"))
		w.server.Inject(mockserver.Fault{On: s.post, Times: 1, Effect: true, Delay: time.Hour})
		r := apply(t, c, log)
		until(t, "the create", func() bool { return len(w.named("acme")) > 0 })
		r.kill(t)
		if err := <-r.done; err == nil {
			t.Errorf("the apply went well:\n%s", r.output)
		}
		made := w.named("acme")
		said := c.Run("apply", "-auto-approve").String()
		said = strings.ReplaceAll(strings.ReplaceAll(said, "│ ", ""), "│", "")
		if !strings.Contains(said, "exists already") || !strings.Contains(said, importBlock(s.typeName, made[0])) {
			t.Errorf("the next apply says:\n%s", said)
		}
		if now := w.named("acme"); len(now) != 1 {
			t.Errorf("the vendor has %v", now)
		}
	})
}

// Terraform itself takes a create whose last step failed for a success: exit code 0, nothing tainted, and the rest done
// in place.
func TestIncompleteApply(t *testing.T) {
	t.Parallel()
	each(t, func(s subject) {
		t := s.T
		if s.step == "" {
			return // nothing follows
		}
		w := s.open(t, 0)
		c, _ := w.cli(t, s, s.called("acme", s.followUp))
		w.server.Inject(mockserver.Fault{On: s.step, Status: 403, Body: `{"message":"not today"}`})
		if said := c.OK("apply", "-auto-approve").String(); !strings.Contains(said, "is incomplete") || !strings.Contains(said, "not today") {
			t.Errorf("apply says:\n%s", said)
		}
		state := c.State(s.typeName + ".x")
		if ids := w.named("acme"); state == nil || state.Tainted || len(ids) != 1 || state.AttributeValues["id"] != ids[0] {
			t.Fatalf("the vendor has %v, the state %+v", w.named("acme"), state)
		}
		w.server.ClearFaults()
		if said := c.OK("plan").String(); !strings.Contains(said, "0 to add, 1 to change, 0 to destroy") {
			t.Errorf("the next plan says:\n%s", said)
		}
		c.OK("apply", "-auto-approve")
		if said := c.OK("plan").String(); !strings.Contains(said, "No changes") {
			t.Errorf("in the end:\n%s", said)
		}
		w.posts(t, s, 1, 1)
	})
}
