package transport

import (
	"bytes"
	"io"
	"net/http"
)

func responseOf(status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
}
