package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type key struct{}

// TestRequestContext: it is the request's context until the answer, and lets go of it then.
func TestRequestContext(t *testing.T) {
	t.Parallel()
	parent, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "value"), time.Hour)
	defer cancel()
	deadline, _ := parent.Deadline()
	var kept context.Context
	_, err := answer(parent, 7, func(ctx context.Context, req int) (string, error) {
		derived, stop := context.WithCancel(ctx)
		defer stop()
		if got, ok := ctx.Deadline(); req != 7 || ctx.Value(key{}) != "value" || !ok || !got.Equal(deadline) || ctx.Err() != nil {
			t.Errorf("the context is not the request's: %v, %v", ctx.Value(key{}), ctx.Err())
		}
		cancel()
		<-derived.Done()
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("after a cancel: %v", ctx.Err())
		}
		kept = ctx //nolint:fatcontext // what it holds afterwards is the question
		return "", context.Canceled
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	<-kept.Done()
	if _, ok := kept.Deadline(); kept.Value(key{}) != nil || ok || kept.Err() == nil {
		t.Error("the context still holds the request's")
	}
}

// TestServerKeepsNothing: what a request's context holds is free once it is answered, though the framework keeps contexts.
func TestServerKeepsNothing(t *testing.T) {
	t.Parallel()
	s := Server("test", WithEnvironment(func(string) string { return "" }))()
	if _, ok := s.(server); !ok {
		t.Fatalf("the server is a %T: the framework has left out an interface", s)
	}
	freed := make(chan bool, 1)
	func() {
		held := &struct{ bytes [1 << 10]byte }{}
		runtime.AddCleanup(held, func(freed chan bool) { freed <- true }, freed)
		ctx := context.WithValue(t.Context(), key{}, held)
		if _, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
			TypeName: "gcore_account", RawState: &tfprotov6.RawState{JSON: []byte(`{"id":"7"}`)},
		}); err != nil {
			t.Fatal(err)
		}
	}()
	for range 100 {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Error("the context of an answered request is still held")
	runtime.KeepAlive(s)
}
