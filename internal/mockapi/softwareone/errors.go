package softwareone

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// problems are messages by member, such as externalId or address.country.
type problems map[string][]string

func (p problems) add(member, format string, args ...any) {
	p[member] = append(p[member], fmt.Sprintf(format, args...))
}

// sections of RFC 9110 that the vendor links in its problem details.
var sections = map[int]string{400: "15.5.1", 401: "15.5.2", 403: "15.5.4", 404: "15.5.5", 405: "15.5.6", 409: "15.5.10", 415: "15.5.16"}

// refuse answers with problem details (RFC 9457).
func (m *Mock) refuse(w http.ResponseWriter, status int, detail string, p problems) {
	body := map[string]any{
		"type":  "https://tools.ietf.org/html/rfc9110#section-" + sections[status],
		"title": http.StatusText(status), "status": status,
		"traceId": fmt.Sprintf("00-%016x%016x-%016x-00", m.random.Uint64(), m.random.Uint64(), m.random.Uint64()),
	}
	if detail != "" {
		body["detail"] = detail
	}
	switch {
	case len(p) == 0:
	case m.options.ErrorsAsList:
		var list []map[string]any
		for _, member := range slices.Sorted(maps.Keys(p)) {
			for _, message := range p[member] {
				list = append(list, map[string]any{"message": message, "properties": []string{member}})
			}
		}
		body["errors"] = list
	default:
		body["errors"] = p
	}
	reply(w, status, body)
}

func (m *Mock) refuseFields(w http.ResponseWriter, p problems) {
	m.refuse(w, http.StatusBadRequest, "One or more validation errors occurred.", p)
}

// refuseQuery answers to a query that can't be read.
func (m *Mock) refuseQuery(w http.ResponseWriter, err error) {
	m.refuseFields(w, problems{"mistake": {err.Error()}})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(encode(body))
}
