package transport

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// RequestLog is a file to which each attempt of a request appends one line of JSON. Several clients, and several
// processes, may share a file: a line is one write in append mode.
type RequestLog struct {
	path string
	warn func(ctx context.Context, message string)

	mu     sync.Mutex
	file   *os.File
	warned bool // a line could not be written
}

// NewRequestLog returns a log that opens the file at path before the first request. Where that fails, the request is not
// sent. warn is called once if a later line can't be written; it may be nil.
func NewRequestLog(path string, warn func(ctx context.Context, message string)) *RequestLog {
	return &RequestLog{path: path, warn: warn}
}

// open opens the file unless it is open. A nil log needs none.
func (l *RequestLog) open() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		return nil
	}
	// A named pipe would block until somebody reads it.
	if info, err := os.Stat(l.path); err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeCharDevice == 0 {
		return fmt.Errorf("the request log (request_log or ACCOUNTS_REQUEST_LOG) can't be written: %s is not a file", l.path)
	}
	const onlyOwner = 0o600
	file, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, onlyOwner)
	if err != nil {
		return fmt.Errorf("the request log (request_log or ACCOUNTS_REQUEST_LOG) can't be written: %w", err)
	}
	l.file = file
	return nil
}

// Close closes the file, if it is open. The next request opens it again.
func (l *RequestLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}

// logLine is one attempt. It has no query values, bodies or headers.
type logLine struct {
	Time       string `json:"time"` // when it began, UTC
	Vendor     string `json:"vendor"`
	Caller     string `json:"caller,omitempty"`
	Operation  string `json:"operation"`
	ResourceID string `json:"resource_id,omitempty"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	Status     int    `json:"status,omitempty"` // none where no reply came
	Duration   int64  `json:"duration_ms"`
	Attempt    int    `json:"attempt"`
	RequestID  string `json:"request_id,omitempty"` // the vendor's request or trace id
}

// write appends a line. It never fails the request: a create that has been sent is a fact.
func (l *RequestLog) write(ctx context.Context, line logLine) {
	if l == nil {
		return
	}
	raw, err := json.Marshal(line)
	l.mu.Lock()
	if err == nil && l.file != nil {
		_, err = l.file.Write(append(raw, '\n'))
	}
	tell := err != nil && !l.warned && l.warn != nil
	l.warned = l.warned || err != nil
	l.mu.Unlock()
	if tell {
		l.warn(ctx, fmt.Sprintf("the request log is incomplete: %v", err))
	}
}

// line describes one attempt for the request log.
func (c *Client) line(r Request, attempt, status int, requestID string, began time.Time, took time.Duration) logLine {
	line := logLine{
		Time: began.UTC().Format("2006-01-02T15:04:05.000Z07:00"), Vendor: c.Vendor, Operation: r.Operation, Method: r.Method,
		Path: c.Scrubber.plain(r.Path), ResourceID: c.Scrubber.plain(r.ResourceID), Status: status,
		Duration: took.Milliseconds(), Attempt: attempt, RequestID: requestID,
	}
	if c.Caller != nil {
		line.Caller = c.Scrubber.plain(c.Caller())
	}
	return line
}
