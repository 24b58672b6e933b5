package transport

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
)

func responseOf(status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
}

func mustParse(address string) *url.URL {
	u, err := ParseBaseURL(address)
	if err != nil {
		panic(err)
	}
	return u
}
